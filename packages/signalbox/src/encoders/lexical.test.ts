import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, row } from '../math/matrix.ts';
import { isInterruption, queriesOf, testContext, texts } from './contract.ts';
import { lsa } from './lsa.ts';
import { stacked } from './stacked.ts';
import { surface } from './surface.ts';
import { surfaceCounts, surfaceNames } from './surface-counts.ts';
import { termsOf, wordsOf } from './terms.ts';
import { tfidf } from './tfidf.ts';

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a, (value, j) => value * b[j]!).reduce((sum, value) => sum + value, 0);
}

test('words are lower case and NFKC; terms are the word and its n-grams within bounds', () => {
  assert.deepEqual(wordsOf('The ＣＡＴ, x_1 = 3.5;\tÉté'), ['the', 'cat', 'x_1', '3', '5', 'été']);
  assert.deepEqual(termsOf('cat'), ['=cat', ' ca', 'cat', 'at ', ' cat', 'cat ']);
  assert.deepEqual(termsOf('a'), ['=a']);
  assert.deepEqual(termsOf('历史题ab'), [
    '=历',
    '=历史',
    '历史题',
    '=史',
    '=史题',
    '=题',
    '=ab',
    ' ab',
    'ab ',
  ]);
  assert.ok(termsOf('x'.repeat(5000)).length < 130);
});

test('tf-idf is (1 + ln count) x (ln((1 + n) / (1 + df)) + 1), of length 1', async () => {
  // Words of two letters or fewer have no n-gram of their own but the padded one, so that columns are few.
  const queries = queriesOf(['1 1 2', '1 3', '2 3 3']);
  const encoder = tfidf();
  const state = await encoder.fit(queries, testContext());
  assert.deepEqual(state.terms.split('\n'), ['=1', '=2', '=3']);
  const idf = Math.log(4 / 3) + 1;
  for (const value of state.idf) assert.ok(Math.abs(value - idf) < 1e-6);
  const rows = await encoder.encode(queriesOf(['1 1 2', 'unknown']), state, testContext());
  const twice = 1 + Math.log(2);
  const length = Math.hypot(twice, 1);
  assert.ok(Math.abs(at(rows, 0, 0) - twice / length) < 1e-6);
  assert.ok(Math.abs(at(rows, 0, 1) - 1 / length) < 1e-6);
  assert.deepEqual([...row(rows, 1)], [0, 0, 0]);
});

test('half of the columns are words, half n-grams; what one kind leaves the other takes', async () => {
  const queries = queriesOf(['alpha beta', 'alpha beta', 'alpha']);
  const kinds = async (maxFeatures: number): Promise<boolean[]> => {
    const { terms } = await tfidf({ maxFeatures }).fit(queries, testContext());
    return terms.split('\n').map((term) => term.startsWith('='));
  };
  assert.deepEqual(await kinds(2), [true, false]);
  assert.deepEqual(await kinds(8), [true, true, ...Array<boolean>(6).fill(false)]);
});

test('LSA puts texts of one kind near each other, in scripts without spaces too', async () => {
  const train = [
    ...Array.from(
      { length: 20 },
      (_, i) => `A train travels ${i} miles in ${i + 2} hours. How fast does it go?`,
    ),
    ...Array.from({ length: 20 }, (_, i) => `Which king ruled the old empire in the year ${1000 + i}?`),
    ...Array.from({ length: 20 }, (_, i) => `以下是关于历史的单项选择题，第${i}题`),
  ];
  const encoder = lsa({ width: 16 });
  const state = await encoder.fit(queriesOf(train), testContext());
  const asked = [
    'A bus travels 7 miles in 3 hours',
    'How fast does the train go?',
    '关于历史的选择题',
    '单项选择题',
  ];
  const rows = await encoder.encode(queriesOf([...asked, 'zzzz']), state, testContext());
  const near = (a: number, b: number): number => dot(row(rows, a), row(rows, b));
  assert.ok(near(0, 1) > 0.7);
  assert.ok(near(2, 3) > 0.7);
  assert.ok(Math.abs(near(0, 2)) < 0.2);
  assert.ok(row(rows, 4).every((value) => value === 0));
  for (let i = 0; i < 4; i++) assert.ok(Math.abs(near(i, i) - 1) < 1e-6);
});

test('the width of LSA shrinks with the texts; a seed of its own goes before the context', async () => {
  const few = queriesOf(['one two three', 'two three four', 'one four five']);
  const { components } = await lsa().fit(few, testContext());
  assert.ok(components.cols <= 3);
  const seeded = lsa({ width: 4, seed: 5 });
  const one = await seeded.fit(queriesOf(texts), testContext({ seed: 1 }));
  assert.deepEqual(await seeded.fit(queriesOf(texts), testContext({ seed: 2 })), one);
  const controller = new AbortController();
  controller.abort();
  await assert.rejects(lsa().fit(few, testContext({ signal: controller.signal })), isInterruption);
});

test('surface counts what is seen', () => {
  const of = (text: string, name: string): number => surfaceCounts(text)[surfaceNames.indexOf(name)]!;
  const code = 'def f(x):\n    return {x: [1]};\n';
  assert.equal(of('Pick one.\nA) x\nB) y\n(C) z', 'log options'), Math.log1p(3));
  assert.equal(of('Pick one.\nA. x\nB. y', 'log options'), Math.log1p(2));
  assert.equal(of(code, 'log codeWords'), Math.log1p(2));
  assert.equal(of(code, 'log braces'), Math.log1p(4));
  assert.equal(of('$\\frac{1}{2}$', 'log commands'), Math.log1p(1));
  assert.equal(of('3.5 and 12', 'log numbers'), Math.log1p(2));
  assert.equal(of('ab史', 'share han'), 1 / 3);
  assert.equal(of('Где?', 'share cyrillic'), 3 / 4);
  assert.equal(of('ABc!', 'share upper'), 1 / 2);
  assert.equal(of('Is it? ', 'ends with question'), 1);
  assert.equal(of('x'.repeat(1e6), 'log characters'), Math.log1p(1e6));
  assert.ok(surfaceNames.length === surfaceCounts('').length && surfaceCounts('').every(Number.isFinite));
  assert.equal(new Set(surfaceNames).size, surfaceNames.length);
});

test('surface is centred and scaled by training, cut off at 4 deviations, 0 where nothing differed', async () => {
  const encoder = surface();
  const queries = queriesOf(texts);
  const state = await encoder.fit(queries, testContext());
  const rows = await encoder.encode([...queries, ...queriesOf(['?'.repeat(5000)])], state, testContext());
  for (let j = 0; j < rows.cols; j++) {
    const column = texts.map((_, i) => at(rows, i, j));
    const most = Math.max(...column.map(Math.abs));
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    if (most < 4) assert.ok(Math.abs(mean) < 1e-5);
    assert.ok(most <= 4);
  }
  assert.equal(at(rows, texts.length, surfaceNames.indexOf('log questions')), 4);
  const constant = await encoder.fit(queriesOf(['same', 'same']), testContext());
  const flat = await encoder.encode(queriesOf(['same', 'another one']), constant, testContext());
  assert.ok(flat.data.every((value) => value === 0));
});

test('blocks of a stack weigh the same: mean squared row length 1 on the training queries', async () => {
  const children = [surface(), tfidf({ maxFeatures: 64 })];
  const encoder = stacked(children);
  assert.equal(encoder.name, 'surface+tfidf');
  const queries = queriesOf(texts);
  const state = await encoder.fit(queries, testContext());
  const rows = await encoder.encode(queries, state, testContext());
  let from = 0;
  for (const [i, child] of children.entries()) {
    const to = from + child.width(state.states[i] as never);
    const squares = queries.map((_, q) => row(rows, q).slice(from, to)).map((block) => dot(block, block));
    const mean = squares.reduce((sum, value) => sum + value, 0) / squares.length;
    assert.ok(Math.abs(mean - 1) < 1e-5);
    from = to;
  }
  assert.equal(from, encoder.width(state));
});
