import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { assignFolds, indexGroups } from './folds.ts';
import { asQuery, type Example, keyOf, textOf, userMessage } from './query.ts';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const example = (id: string, text: string, group = 'g'): Example => ({
  id,
  messages: userMessage(text),
  group,
});

test('folds: keys sorted by the hash of seed and key are dealt out within a group', () => {
  const texts = Array.from({ length: 23 }, (_, i) => `text ${i}`);
  const folds = assignFolds(
    texts.map((text, i) => example(`q${i}`, text)),
    5,
    0,
  );
  const order = texts.map(sha).sort((a, b) => (sha(`0:${a}`) < sha(`0:${b}`) ? -1 : 1));
  texts.forEach((text, i) => {
    assert.equal(folds[i], order.indexOf(sha(text)) % 5);
  });
});

test('folds: rows of one text share a fold, in whatever group they are; another seed deals otherwise', () => {
  const rows = Array.from({ length: 40 }, (_, i) => example(`q${i}`, `text ${i % 20}`, i < 20 ? 'a' : 'b'));
  const folds = assignFolds(rows, 5, 0);
  for (let i = 0; i < 20; i++) assert.equal(folds[i], folds[i + 20]);
  assert.notDeepEqual(folds, assignFolds(rows, 5, 1));
});

test('folds: rows of one cluster share a fold, and what else shares a text with one of them', () => {
  const rows = Array.from(
    { length: 60 },
    (_, i): Example => ({ ...example(`q${i}`, `text ${i === 59 ? 0 : i}`), cluster: `c${i % 15}` }),
  );
  const folds = assignFolds(rows, 5, 0);
  rows.forEach((row, i) => {
    rows.forEach((other, j) => {
      if (row.cluster === other.cluster) assert.equal(folds[i], folds[j]);
    });
  });
  assert.equal(folds[59], folds[0]);
  assert.equal(new Set(folds).size, 5);
});

test('key: of the NFC text, of the id where there is no text', () => {
  assert.equal(keyOf(example('q', 'e\u0301')), keyOf(example('other', '\u00e9')));
  assert.equal(keyOf({ id: 'q7', messages: [] }), sha('q7'));
});

test('a query is stripped of what only an example knows', () => {
  const whole: Example = { ...example('q', 'text'), reference: 'secret', split: 'test' };
  const stripped = asQuery(whole);
  assert.deepEqual(Object.keys(stripped).sort(), ['group', 'id', 'messages']);
});

test('text: the contents of all messages, parts included', () => {
  const messages = [
    { role: 'system', content: 'be short' },
    { role: 'user', content: [{ type: 'text', text: 'hello' }, { type: 'image_url' }] },
  ];
  assert.equal(textOf({ id: 'q', messages }), 'be short\nhello');
});

test('groups are numbered in the order of their first rows', () => {
  assert.deepEqual(indexGroups([{ group: 'b' }, { group: 'a' }, {}, { group: 'b' }]), {
    names: ['b', 'a', ''],
    of: Int32Array.of(0, 1, 2, 0),
  });
});
