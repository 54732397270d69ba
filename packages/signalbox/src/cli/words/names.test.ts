import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shorter } from './names.ts';

test('what all long names share is left out, at separators alone', () => {
  const names = ['organisation/mistral-7b-instruct', 'organisation/mixtral-8x7b-instruct'];
  assert.deepEqual(names.map(shorter(names)), ['…mistral-7b…', '…mixtral-8x7b…']);
  assert.deepEqual(['a-x', 'a-y'].map(shorter(['a-x', 'a-y'])), ['a-x', 'a-y']);
  const lone = 'organisation/one-very-long-name-of-a-model';
  assert.equal(shorter([lone])(lone), lone);
  assert.equal(shorter(names)('another'), 'another');
});

test('different names stay different', () => {
  const word = fc.stringMatching(/^[a-c]{0,3}$/);
  const name = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join('-'));
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 6 }), (names) => {
      assert.equal(new Set(names.map(shorter(names))).size, names.length);
    }),
  );
});
