import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pythonLiteral, pythonText } from './python-literal.ts';

// On the left what repr of Python 3 writes of the value on the right.
const pairs: readonly (readonly [string, unknown])[] = [
  [`['a', 'b']`, ['a', 'b']],
  [`["it's"]`, ["it's"]],
  [`['it\\'s "x"']`, ['it\'s "x"']],
  [`['a\\nb\\tc\\\\d']`, ['a\nb\tc\\d']],
  [`['\\x00\\x7f\\xa0\\u200b\\U000e0001']`, ['\u0000\u007f\u00a0\u200b\u{e0001}']],
  [`['é😀']`, ['é😀']],
  [`[]`, []],
  [`[[1, -2.5], None, True, False, 1e-05]`, [[1, -2.5], null, true, false, 1e-5]],
  [`('a', ['b'])`, ['a', ['b']]],
  [`('a',)`, ['a']],
];

test('literals as Python writes them', () => {
  for (const [literal, value] of pairs) assert.deepEqual(pythonLiteral(literal), value, literal);
});

test('literals that Python reads though it does not write them so', () => {
  assert.deepEqual(pythonLiteral(` [ 'a' "b" , '\\101\\q' ] `), ['ab', 'A\\q']);
  assert.deepEqual(pythonLiteral(`['a\\\nb']`), ['ab']);
});

test('what is no literal is undefined, and text stays as it is', () => {
  for (const text of [
    `['a'`,
    `['a]`,
    `['a'] b`,
    `[a]`,
    `['a' 1]`,
    `__import__('os')`,
    `{'a': 1}`,
    '',
    `['\\U00ffffff']`,
    '['.repeat(5000),
  ]) {
    assert.equal(pythonLiteral(text), undefined, text.slice(0, 40));
    assert.equal(pythonText(text), text);
  }
});

test('the text of a list is its strings, line by line', () => {
  assert.equal(pythonText(`['C\\n']`), 'C\n');
  assert.equal(pythonText(`['a', 'b']`), 'a\nb');
  assert.equal(pythonText(`['']`), '');
});
