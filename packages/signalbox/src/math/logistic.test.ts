import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitLogistic, fitLogisticMany, predictLogistic, predictLogisticMany } from './logistic.ts';
import { column, fromRows, matrix } from './matrix.ts';
import { close, fixture, gaussian, table } from './reference.fixture.ts';
import { rng } from './rng.ts';

interface Case {
  x: number[][];
  y: number[];
  weights: number[];
  penalty: number;
  coefficients: number[];
  intercept: number;
}

fixture<Case[]>('logistic').forEach((given, i) => {
  test(`logistic regression ${i} agrees with scikit-learn`, () => {
    const fit = fitLogistic({
      x: table(given.x),
      y: Float64Array.from(given.y),
      weights: Float64Array.from(given.weights),
      penalty: given.penalty,
      tolerance: 1e-10,
    });
    close(fit.coefficients, given.coefficients, 1e-6);
    close([fit.intercept], [given.intercept], 1e-6);
  });
});

test('many targets at once are the same as one by one, missing cells left out', () => {
  const random = rng(4);
  const x = gaussian(80, 6, random);
  const y = matrix(80, 5);
  for (let c = 0; c < y.data.length; c++) y.data[c] = c % 7 === 3 ? Number.NaN : Number(random.next() < 0.4);
  const penalty = Float64Array.of(0.1, 1, 10, 1, 1);
  const together = fitLogisticMany({ x, y, penalty, tolerance: 1e-10 });
  for (let j = 0; j < 5; j++) {
    const alone = fitLogistic({ x, y: column(y, j), penalty: penalty[j]!, tolerance: 1e-10 });
    close(column(together.coefficients, j), alone.coefficients, 1e-7);
    const rows = Array.from({ length: 80 }, (_, i) => i).filter((i) => !Number.isNaN(y.data[i * 5 + j]!));
    const kept = fromRows(rows.map((i) => [...x.data.subarray(i * 6, (i + 1) * 6)]));
    const without = fitLogistic({
      x: kept,
      y: Float64Array.from(rows, (i) => y.data[i * 5 + j]!),
      penalty: penalty[j]!,
      tolerance: 1e-10,
    });
    close(without.coefficients, alone.coefficients, 1e-7);
    close(column(predictLogisticMany(together, x), j), predictLogistic(alone, x), 1e-7);
  }
});

test('weights of cells are the weights of rows of each target', () => {
  const random = rng(8);
  const x = gaussian(70, 4, random);
  const y = matrix(70, 3);
  const weights = matrix(70, 3);
  for (let c = 0; c < y.data.length; c++) {
    y.data[c] = c % 11 === 5 ? Number.NaN : Number(random.next() < 0.3);
    weights.data[c] = c % 6 === 1 ? 0 : 2 * random.next();
  }
  const together = fitLogisticMany({ x, y, weights, penalty: 1, tolerance: 1e-10 });
  for (let j = 0; j < 3; j++) {
    const own = { x, y: column(y, j), penalty: 1, tolerance: 1e-10 };
    const alone = fitLogistic({ ...own, weights: column(weights, j) });
    close(column(together.coefficients, j), alone.coefficients, 1e-7);
    close([together.intercept[j]!], [alone.intercept], 1e-7);
    const even = fitLogistic(own);
    assert.ok(Math.abs(even.intercept - alone.intercept) > 1e-3);
  }
  assert.throws(
    () => fitLogisticMany({ x, y, weights: matrix(70, 2), penalty: 1 }),
    /weights have 140 cells/,
  );
});

test('32-bit rows, one pass in chunks or by products, end at the same place', () => {
  const random = rng(7);
  const wide = gaussian(301, 250, random);
  const x = { ...wide, data: Float32Array.from(wide.data) };
  const y = matrix(301, 5);
  for (let c = 0; c < y.data.length; c++) y.data[c] = c % 9 === 1 ? Number.NaN : Number(random.next() < 0.4);
  const exact = { ...x, data: Float64Array.from(x.data) };
  for (const cols of [y, { rows: 301, cols: 1, data: column(y, 2) }]) {
    const chunks = fitLogisticMany({ x, y: cols, penalty: 1, tolerance: 1e-10 });
    const products = fitLogisticMany({ x: exact, y: cols, penalty: 1, tolerance: 1e-10 });
    close(chunks.coefficients.data, products.coefficients.data, 1e-7);
    close(chunks.intercept, products.intercept, 1e-7);
  }
});

test('at the end the gradient is below the tolerance', () => {
  const random = rng(5);
  const x = gaussian(200, 8, random);
  const y = Float64Array.from({ length: 200 }, (_, i) => Number(x.data[i * 8]! + random.normal() > 0));
  const fit = fitLogistic({ x, y, penalty: 0.5, tolerance: 1e-6 / 200 });
  const p = predictLogistic(fit, x);
  let slope = 0;
  const gradient = fit.coefficients.map((w) => 0.5 * w);
  for (let i = 0; i < 200; i++) {
    slope += p[i]! - y[i]!;
    for (let j = 0; j < 8; j++) gradient[j]! += (p[i]! - y[i]!) * x.data[i * 8 + j]!;
  }
  close([slope, ...gradient], new Float64Array(9), 1e-6);
});

test('a start near the end ends at the same place', () => {
  const x = gaussian(40, 3, rng(6));
  const y = Float64Array.from({ length: 40 }, (_, i) => (i % 10) / 9);
  const first = fitLogistic({ x, y, penalty: 1, tolerance: 1e-10 });
  const again = fitLogistic({ x, y, penalty: 1, tolerance: 1e-10, start: first });
  close(again.coefficients, first.coefficients, 1e-8);
});

test('constant labels, separable labels, nothing observed, one row, no columns', () => {
  const x = fromRows([[1], [2], [3]]);
  const ones = fitLogistic({ x, y: Float64Array.of(1, 1, 1), penalty: 1 });
  assert.deepEqual([...ones.coefficients], [0]);
  close([ones.intercept], [Math.log(7)], 1e-12);
  const zeros = fitLogistic({ x, y: Float64Array.of(0, 0, 0), penalty: 1 });
  close([zeros.intercept], [-Math.log(7)], 1e-12);
  const share = fitLogistic({ x, y: Float64Array.of(0.25, 0.25, 0.25), penalty: 1 });
  close([share.coefficients[0]!, share.intercept], [0, Math.log(1 / 3)], 1e-6);
  const none = fitLogistic({ x, y: new Float64Array(3).fill(Number.NaN), penalty: 1 });
  assert.deepEqual([none.coefficients[0], Number.isNaN(none.intercept)], [0, true]);
  const apart = fitLogistic({ x, y: Float64Array.of(0, 0, 1), penalty: 0 });
  assert.ok(Number.isFinite(apart.coefficients[0]) && apart.coefficients[0]! > 1);
  const single = fitLogistic({ x: fromRows([[5, 1]]), y: Float64Array.of(0.5), penalty: 1 });
  close(single.coefficients, [0, 0], 1e-6);
  const bare = fitLogistic({ x: matrix(4, 0), y: Float64Array.of(1, 0, 0, 0), penalty: 1 });
  close([bare.intercept], [Math.log(1 / 3)], 1e-6);
});

test('large scores overflow nowhere', () => {
  const state = { coefficients: Float64Array.of(1000), intercept: 0 };
  assert.deepEqual([...predictLogistic(state, fromRows([[1], [-1], [0]]))], [1, 0, 0.5]);
});
