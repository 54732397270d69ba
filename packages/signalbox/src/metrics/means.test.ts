import assert from 'node:assert/strict';
import { test } from 'node:test';
import { column, fromRows } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import type { Design } from './design.ts';
import { interval, minus } from './interval.ts';
import { averages } from './means.ts';
import { sampleStatistic } from './statistic.ts';

const random = rng('means');
const n = 120;
const values = fromRows(
  Array.from({ length: n }, () => [random.next() < 0.7 ? 1 : 0, random.next() < 0.5 ? 1 : 0]),
);
const groupOf = Int32Array.from({ length: n }, (_, i) => (i < 30 ? 0 : 1));
const design: Design = {
  rows: n,
  groupNames: ['small', 'large'],
  groupOf,
  clusters: Int32Array.from({ length: n }, (_, i) => i),
  testOverTrain: 0,
  draws: 400,
  seed: 1,
};
const crossed: Design = {
  ...design,
  folds: Int32Array.from({ length: n }, (_, i) => i % 5),
  testOverTrain: 0.25,
};

const meanOf = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;

test('averages: weighted, macro and per group', () => {
  const [first] = averages(design, values);
  const y = [...column(values, 0)];
  assert.ok(Math.abs(first!.weighted.value - meanOf(y)) < 1e-12);
  const groups = [meanOf(y.slice(0, 30)), meanOf(y.slice(30))];
  assert.ok(Math.abs(first!.macro.value - meanOf(groups)) < 1e-12);
  assert.deepEqual(
    first!.groups.map(({ n }) => n),
    [30, 90],
  );
});

test('averages: the draws are those of any statistic of the same design', () => {
  const [first] = averages(design, values);
  const y = column(values, 0);
  const [same] = sampleStatistic(design, (weights) => {
    let [sum, count] = [0, 0];
    weights.forEach((w, i) => {
      sum += w * y[i]!;
      count += w;
    });
    return [sum / count];
  });
  first!.weighted.draws.forEach((value, d) => {
    if (Math.abs(value - same!.draws[d]!) > 1e-12) assert.fail(`draw ${d}`);
  });
});

test('interval: a split gives the percentiles of the paired bootstrap', () => {
  const [a, b] = averages(design, values);
  const difference = interval(minus(a!.weighted, b!.weighted), design);
  assert.ok(difference.low < difference.value && difference.value < difference.high);
  assert.ok(difference.low > 0 && difference.p < 0.05, 'a gap of 20 points on 120 rows is beyond noise');
  const nothing = interval(minus(a!.weighted, a!.weighted), design);
  assert.deepEqual([nothing.value, nothing.low, nothing.high, nothing.p], [0, 0, 0, 1]);
});

test('interval: cross-validation is never narrower than the row bootstrap', () => {
  const [a, b] = averages(crossed, values);
  const difference = minus(a!.weighted, b!.weighted);
  const both = interval(difference, crossed);
  const rows = interval({ ...difference, folds: [] }, crossed);
  assert.ok(both.high - both.low >= rows.high - rows.low - 1e-12);
});

test('interval: Nadeau and Bengio by hand', () => {
  const folds = [0.1, 0.2, 0.3, 0.4, 0.5];
  const sampled = { value: 0.3, draws: new Float64Array(400).fill(0.3), folds, n: 100 };
  // s^2 = .025; se = sqrt((1/5 + 1/4) x .025); t(4 df, .975) = 2.776445.
  const se = Math.sqrt(0.45 * 0.025);
  const { low, high, p } = interval(sampled, crossed);
  assert.ok(Math.abs(high - 0.3 - 2.776445 * se) < 1e-5 && Math.abs(0.3 - low - 2.776445 * se) < 1e-5);
  assert.ok(Math.abs(p - 0.0473) < 5e-4, `p ${p}`);
});

test('rows of one cluster are drawn together', () => {
  const paired: Design = { ...design, clusters: Int32Array.from({ length: n }, (_, i) => Math.floor(i / 2)) };
  sampleStatistic(paired, (weights) => {
    for (let i = 0; i < n; i += 2) assert.equal(weights[i], weights[i + 1]);
    return [0];
  });
});
