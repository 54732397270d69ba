import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows, type Matrix, matrix, matrix32, selectCols, selectRows } from './matrix.ts';
import { close, fixture, gaussian, table } from './reference.fixture.ts';
import { chooseRidgeByLoo, fitRidge, foldGrams, predictRidge } from './ridge.ts';
import { rng } from './rng.ts';

type Cells = (number | null)[][];
interface Case {
  x: Cells;
  y: Cells;
  folds: number[];
  weights: number[];
  penalties: number[];
  coefficients: Cells;
  intercept: number[];
  penalty: number[];
  outOfFold: Cells;
}

for (const [name, given] of Object.entries(fixture<Record<string, Case>>('ridge'))) {
  test(`ridge by folds, ${name}, agrees with scikit-learn`, () => {
    const fit = fitRidge({
      x: table(given.x),
      y: table(given.y),
      folds: Int32Array.from(given.folds),
      penalties: given.penalties,
      weights: Float64Array.from(given.weights),
    });
    close(fit.penalty, given.penalty, 0);
    close(fit.coefficients.data, table(given.coefficients).data, 1e-9);
    close(fit.intercept, given.intercept, 1e-9);
    close(fit.outOfFold.data, table(given.outOfFold).data, 1e-9);
  });
}

interface LooCase {
  x: Cells;
  y: number[];
  penalties: number[];
  coefficients: number[];
  intercept: number;
  penalty: number;
  errors: number[];
}

for (const [name, given] of Object.entries(fixture<Record<string, LooCase>>('ridge-loo'))) {
  test(`ridge by leave-one-out, ${name}, agrees with RidgeCV and with leaving out by hand`, () => {
    const x = table(given.x);
    const y = Float64Array.from(given.y);
    const fit = chooseRidgeByLoo({ x, y, penalties: given.penalties });
    close(fit.errors, given.errors, 1e-9);
    close(fit.coefficients, given.coefficients, 1e-9);
    close([fit.intercept, fit.penalty], [given.intercept, given.penalty], 1e-9);
    close(
      fit.errors,
      given.penalties.map((penalty) => byHand(x, y, penalty)),
      1e-9,
    );
  });
}

function byHand(x: Matrix, y: Float64Array, penalty: number): number {
  let sum = 0;
  for (let i = 0; i < x.rows; i++) {
    const rest = Array.from({ length: x.rows }, (_, r) => r).filter((r) => r !== i);
    const part = {
      x: selectRows(x, rest),
      y: { rows: rest.length, cols: 1, data: Float64Array.from(rest, (r) => y[r]!) },
    };
    const fit = fitRidge({ ...part, folds: new Int32Array(rest.length), penalties: [penalty] });
    sum += (predictRidge(fit, selectRows(x, [i])).data[0]! - y[i]!) ** 2;
  }
  return sum / x.rows;
}

test('columns and rows give the same fit where both can', () => {
  const random = rng(1);
  const x = gaussian(30, 29, random);
  const y = gaussian(30, 2, random);
  const folds = Int32Array.from({ length: 30 }, (_, i) => i % 3);
  const tall = fitRidge({ x, y, folds, penalties: [0.5] });
  // Two columns of zeros make it wide without changing anything.
  const padded = matrix(30, 31);
  for (let i = 0; i < 30; i++) padded.data.set(x.data.subarray(i * 29, (i + 1) * 29), i * 31);
  const wide = fitRidge({ x: padded, y, folds, penalties: [0.5] });
  close(wide.outOfFold.data, tall.outOfFold.data, 1e-9);
  close(wide.coefficients.data.subarray(0, 58), tall.coefficients.data, 1e-9);
  close(wide.coefficients.data.subarray(58), [0, 0, 0, 0], 1e-12);
});

test('a large mean costs no digits', () => {
  const random = rng(2);
  const x = gaussian(50, 3, random);
  const y = gaussian(50, 1, random);
  const folds = Int32Array.from({ length: 50 }, (_, i) => i % 5);
  const far = { ...x, data: x.data.map((value) => value + 1e6) };
  const near = fitRidge({ x, y, folds, penalties: [1] });
  const moved = fitRidge({ x: far, y, folds, penalties: [1] });
  close(moved.outOfFold.data, near.outOfFold.data, 1e-7);
});

test('a target that is never observed has coefficients 0 and no intercept', () => {
  const x = gaussian(10, 2, rng(3));
  const y = matrix(10, 2, Number.NaN);
  for (let i = 0; i < 10; i++) y.data[i * 2] = i;
  const fit = fitRidge({ x, y, folds: Int32Array.from({ length: 10 }, (_, i) => i % 2), penalties: [1, 10] });
  assert.deepEqual([fit.coefficients.data[1], fit.coefficients.data[3]], [0, 0]);
  assert.ok(Number.isNaN(fit.intercept[1]));
  assert.ok(Number.isFinite(fit.intercept[0]));
  assert.ok(
    fit.outOfFold.data.every((value, c) => (c % 2 === 0 ? Number.isFinite(value) : Number.isNaN(value))),
  );
});

test('one row, one column, a constant column, no penalty', () => {
  const single = fitRidge({
    x: fromRows([[3]]),
    y: fromRows([[0.7]]),
    folds: Int32Array.of(0),
    penalties: [1, 5],
  });
  assert.deepEqual([...single.coefficients.data], [0]);
  close(single.intercept, [0.7], 1e-15);
  assert.equal(single.penalty[0], 5);
  assert.ok(Number.isNaN(single.outOfFold.data[0]));

  const constant = fitRidge({
    x: fromRows([[1], [1], [1]]),
    y: fromRows([[1], [2], [6]]),
    folds: Int32Array.of(0, 1, 2),
    penalties: [0],
  });
  close(constant.coefficients.data, [0], 1e-12);
  close(constant.outOfFold.data, [4, 3.5, 1.5], 1e-12);

  const many = fitRidge({
    x: matrix32(4, 3),
    y: fromRows([[1], [0], [1], [0]]),
    folds: Int32Array.of(0, 0, 1, 1),
    penalties: [1],
  });
  close(many.outOfFold.data, [0.5, 0.5, 0.5, 0.5], 1e-12);
  assert.deepEqual(chooseRidgeByLoo({ x: fromRows([[2]]), y: Float64Array.of(3), penalties: [1, 4] }), {
    coefficients: Float64Array.of(0),
    intercept: 3,
    penalty: 4,
    errors: Float64Array.of(Number.NaN, Number.NaN),
  });
});

test('no columns: the mean', () => {
  const fit = fitRidge({
    x: matrix(3, 0),
    y: fromRows([[1], [2], [6]]),
    folds: Int32Array.of(0, 1, 2),
    penalties: [1],
  });
  close(fit.intercept, [3], 1e-12);
  close(fit.outOfFold.data, [4, 3.5, 1.5], 1e-12);
  close(predictRidge(fit, matrix(2, 0)).data, [3, 3], 1e-12);
});

test('what cannot be fitted is refused', () => {
  const x = fromRows([[1], [2]]);
  const folds = Int32Array.of(0, 1);
  assert.throws(() => fitRidge({ x, y: fromRows([[1]]), folds, penalties: [1] }), /2 rows, y has 1/);
  assert.throws(() => fitRidge({ x, y: x, folds, penalties: [-1] }), /penalties \[-1\]/);
  assert.throws(() => fitRidge({ x: fromRows([[Number.NaN], [1]]), y: x, folds, penalties: [1] }), /NaN/);
  const infinite = fromRows([[Number.POSITIVE_INFINITY], [1]]);
  assert.throws(() => fitRidge({ x: infinite, y: x, folds, penalties: [1] }), /infinite/);
  assert.throws(() => fitRidge({ x, y: x, folds, penalties: [1], signal: AbortSignal.abort() }), /abort/i);
});

test('fits on the same rows share what depends on these alone, and come to the same bits', () => {
  const x = gaussian(60, 5, rng(11));
  const folds = Int32Array.from({ length: 60 }, (_, i) => i % 5);
  const penalties = [1, 10];
  const [one, two] = [gaussian(60, 2, rng(12)), gaussian(60, 3, rng(13))];
  const grams = foldGrams();
  fitRidge({ x, y: one, folds, penalties, grams });
  assert.equal(grams.length, 5);
  assert.deepEqual(
    fitRidge({ x, y: two, folds, penalties, grams }),
    fitRidge({ x, y: two, folds, penalties }),
  );
  // A target with a gap, and weighted rows, have sums of their own.
  const gap = { ...two, data: two.data.slice() };
  gap.data[0] = Number.NaN;
  const weights = Float64Array.from(folds, (fold) => 1 + fold);
  grams.fill(new Float64Array(25));
  assert.deepEqual(
    fitRidge({ x, y: selectCols(gap, [0]), folds, penalties, grams }),
    fitRidge({ x, y: selectCols(gap, [0]), folds, penalties }),
  );
  assert.deepEqual(
    fitRidge({ x, y: two, folds, penalties, weights, grams }),
    fitRidge({ x, y: two, folds, penalties, weights }),
  );
});
