import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Matrix, matrix } from '../math/matrix.ts';
import { type Rng, rng } from '../math/rng.ts';
import { near } from './outcomes.fixture.ts';
import { compareFeatures, effectiveSampleSize, weightedMean } from './shift.ts';

/** Normal features, the first about `centre`. */
function draw(rows: number, centre: number, random: Rng): Matrix {
  const out = matrix(rows, 6);
  for (let i = 0; i < out.data.length; i++) out.data[i] = random.normal() + (i % 6 === 0 ? centre : 0);
  return out;
}

test('alike: the interval of the AUC holds .5 in about 95 % of draws, and the weights are about 1', () => {
  const random = rng('alike');
  let holds = 0;
  for (let seed = 0; seed < 60; seed++) {
    const { auc } = compareFeatures({ table: draw(250, 0, random), live: draw(150, 0, random), seed });
    if (auc.low <= 0.5 && auc.high >= 0.5) holds++;
  }
  assert.ok(holds >= 52, `${holds} of 60`);
  const found = compareFeatures({ table: draw(3000, 0, random), live: draw(1000, 0, random), seed: 0 });
  near(found.weights.reduce((a, b) => a + b) / 3000, 1, 0.03);
  assert.ok(found.effectiveSampleSize > 2800 && !found.refused);
});

test('shifted: the AUC is what two normals give, and weighing moves the mean to live traffic', () => {
  const random = rng('shifted');
  const table = draw(3000, 0, random);
  const { auc, weights, refused } = compareFeatures({ table, live: draw(2000, 1, random), seed: 1 });
  // P(N(1, 1) > N(0, 1)) is the normal distribution function at 1 / root 2.
  assert.ok(auc.low < 0.7602 && auc.high > 0.7602 && auc.high - auc.low < 0.06, `${auc.low} ${auc.high}`);
  assert.equal(auc.n, 5000);
  assert.ok(!refused);
  const first = Float64Array.from({ length: 3000 }, (_, i) => table.data[6 * i]!);
  const moved = weightedMean(first, weights);
  near(moved.value, 1, 0.15);
  assert.ok(moved.low < moved.value && moved.high > moved.value);
});

test('far apart: refused', () => {
  const random = rng('far');
  const found = compareFeatures({ table: draw(800, 0, random), live: draw(800, 4, random), seed: 0 });
  assert.ok(found.auc.low > 0.98 && found.refused);
  assert.ok(
    compareFeatures({ table: draw(150, 0, random), live: draw(150, 0, random), seed: 0 }).refused,
    'fewer than 200',
  );
});

test('repeated rows share a fold: what was seen in training is not asked about', () => {
  const random = rng('repeated');
  const wide = (rows: number): Matrix => {
    const base = matrix(rows / 10, 40);
    for (let i = 0; i < base.data.length; i++) base.data[i] = random.normal();
    const out = matrix(rows, 40);
    for (let i = 0; i < rows; i++)
      out.data.set(base.data.subarray((i % (rows / 10)) * 40, ((i % (rows / 10)) + 1) * 40), i * 40);
    return out;
  };
  const [table, live] = [wide(400), wide(400)];
  const clusters = {
    table: Int32Array.from({ length: 400 }, (_, i) => i % 40),
    live: Int32Array.from({ length: 400 }, (_, i) => 40 + (i % 40)),
  };
  assert.ok(compareFeatures({ table, live, seed: 0 }).auc.value > 0.9);
  near(compareFeatures({ table, live, clusters, seed: 0 }).auc.value, 0.5, 0.2);
});

test('effective sample size: equal weights count fully, one heavy row counts alone', () => {
  near(effectiveSampleSize(new Float64Array(50).fill(3)), 50, 1e-9);
  near(effectiveSampleSize(Float64Array.of(1000, 1, 1)), 1.004, 1e-3);
  assert.equal(effectiveSampleSize(new Float64Array(3)), 0);
});

test('the same seed gives the same; widths must agree', () => {
  const [table, live] = [draw(60, 0, rng(1)), draw(60, 1, rng(2))];
  assert.deepEqual(compareFeatures({ table, live, seed: 4 }), compareFeatures({ table, live, seed: 4 }));
  assert.throws(() => compareFeatures({ table, live: matrix(9, 5), seed: 0 }), /6 features, live rows 5/);
});
