import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { averages } from '../metrics/means.ts';
import { atLiveMix, chiSquareUpper, combineLeftOut, compareMix } from './group-mix.ts';
import { designOf, near } from './outcomes.fixture.ts';

test('chi-square: known upper tails', () => {
  for (const [x, df, p] of [
    [3.841459, 1, 0.05],
    [5.991465, 2, 0.05],
    [7.814728, 3, 0.05],
    [18.307038, 10, 0.05],
    [24.72497, 11, 0.01],
    [0, 4, 1],
    [0, 5, 1],
  ] as const)
    near(chiSquareUpper(x, df), p, 1e-6);
});

test('mix: the statistic by hand, small groups taken together, one group tells nothing', () => {
  const found = compareMix({ a: 60, b: 40 }, { a: 40, b: 60 });
  near(found.chiSquare, 8, 1e-12);
  near(found.p, 0.004678, 1e-5);
  const few = compareMix({ a: 60, b: 40, c: 2, d: 1 }, { a: 60, b: 40, e: 3 });
  near(few.chiSquare, 0, 1e-12);
  assert.deepEqual(compareMix({ a: 10 }, { a: 30 }), { chiSquare: 0, p: 1 });
  assert.deepEqual(compareMix({ a: 10 }, {}), { chiSquare: 0, p: 1 });
});

test('mix: equal mixes are told apart in about 5 % of draws', () => {
  const random = rng('mix');
  const draw = (n: number): Record<string, number> => {
    const counts: Record<string, number> = { a: 0, b: 0, c: 0, d: 0 };
    for (let i = 0; i < n; i++) counts['aabbbcd'[random.int(7)]!]!++;
    return counts;
  };
  let told = 0;
  for (let run = 0; run < 600; run++) if (compareMix(draw(300), draw(200)).p < 0.05) told++;
  near(told / 600, 0.05, 0.02);
});

test('live mix: groups weigh as in live traffic, unseen ones are told', () => {
  const names = Array.from({ length: 200 }, (_, i) => (i < 150 ? 'a' : 'b'));
  const design = designOf(names, 500);
  const values = matrix(200, 1);
  const random = rng('live');
  names.forEach((name, i) => {
    values.data[i] = (name === 'a' ? 0 : 0.1) + 0.1 * random.normal();
  });
  const [only] = averages(design, values);
  const groups = Object.fromEntries(design.groupNames.map((name, g) => [name, only!.groups[g]!]));
  const found = atLiveMix(groups, { a: 25, b: 75 }, design);
  near(found.value!.value, 0.25 * groups['a']!.value + 0.75 * groups['b']!.value, 1e-12);
  assert.ok(found.value!.low < 0.075 && found.value!.high > 0.075);
  // .75 of the mean of 50 rows dominates.
  near(found.value!.high - found.value!.low, 3.92 * Math.hypot(0.25 * 0.0082, 0.75 * 0.0141), 0.012);
  assert.equal(found.unseen, 0);
  assert.equal(atLiveMix(groups, { b: 30, c: 10 }, design).unseen, 0.25);
  near(atLiveMix(groups, { b: 30, c: 10 }, design).value!.value, groups['b']!.value, 1e-12);
  assert.deepEqual(atLiveMix(groups, { c: 10 }, design), { value: null, unseen: 1 });
});

test('left-out groups: by rows or alike, errors in squares, the worst by name', () => {
  const groups = {
    a: { value: 0.02, low: 0, high: 0.04, n: 300 },
    b: { value: -0.06, low: -0.1, high: -0.02, n: 100 },
  };
  const found = combineLeftOut(groups, 'quality')!;
  near(found.lift.value, 0, 1e-12);
  near(found.lift.high, Math.hypot(0.75 * 0.02, 0.25 * 0.04), 1e-12);
  assert.deepEqual([found.worst, found.lift.n], ['b', 400]);
  near(combineLeftOut(groups, 'macro')!.lift.value, -0.02, 1e-12);
  assert.equal(combineLeftOut({}, 'macro'), null);
});
