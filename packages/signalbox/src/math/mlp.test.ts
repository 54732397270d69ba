import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Matrix, matrix } from './matrix.ts';
import { fitMlp, type MlpInput, mlpGradients, mlpLoss, predictMlp } from './mlp.ts';
import { close, gaussian } from './reference.fixture.ts';
import { rng } from './rng.ts';

const settings = { hidden: 6, epochs: 1, rate: 0.01, batch: 16, decay: 0, loss: 'logistic' } as const;

function labels(rows: number, cols: number, seed: number): Matrix {
  const random = rng(seed);
  const y = matrix(rows, cols);
  for (let c = 0; c < y.data.length; c++) y.data[c] = c % 5 === 2 ? Number.NaN : random.next();
  return y;
}

function cellWeights(rows: number, cols: number): Matrix {
  const weights = matrix(rows, cols);
  for (let c = 0; c < weights.data.length; c++) weights.data[c] = [0, 0.5, 1, 3][c % 4]!;
  return weights;
}

for (const [loss, weighted] of [
  ['logistic', false],
  ['squared', false],
  ['logistic', true],
  ['squared', true],
] as const) {
  test(`gradients of the ${loss} loss agree with finite differences${weighted ? ', cells weighted' : ''}`, () => {
    const x = gaussian(9, 4, rng(1));
    const y = labels(9, 3, 2);
    const weights = weighted ? cellWeights(9, 3) : undefined;
    const rows = Int32Array.of(0, 2, 3, 5, 8, 8);
    const state = fitMlp({ ...settings, loss, x, y, rng: rng(3) });
    const found = mlpGradients(state, { x, y, weights, rows });
    const parts = { w1: state.w1.data, b1: state.b1, w2: state.w2.data, b2: state.b2 };
    for (const name of ['w1', 'b1', 'w2', 'b2'] as const) {
      const values = parts[name];
      const numeric = Float64Array.from(values, (kept, c) => {
        const loss = (value: number): number => {
          values[c] = value;
          return mlpLoss(state, { x, y, weights, rows });
        };
        const slope = (loss(kept + 1e-5) - loss(kept - 1e-5)) / 2e-5;
        values[c] = kept;
        return slope;
      });
      assert.ok(numeric.some((value) => Math.abs(value) > 1e-3));
      close(found[name], numeric, 1e-8);
    }
  });
}

test('a cell of weight 0 is as if it were missing, one of weight 2 as if its row stood twice', () => {
  const x = gaussian(24, 3, rng(21));
  const y = labels(24, 2, 22);
  const rows = Int32Array.from({ length: 24 }, (_, i) => i);
  const state = fitMlp({ ...settings, x, y, rng: rng(23) });
  const weights = matrix(24, 2, 1);
  const gone = { ...y, data: y.data.slice() };
  for (let c = 0; c < 48; c += 3) {
    weights.data[c] = 0;
    gone.data[c] = Number.NaN;
  }
  assert.equal(mlpLoss(state, { x, y, weights, rows }), mlpLoss(state, { x, y: gone, rows }));
  const twice = matrix(24, 2, 1);
  twice.data.fill(2, 0, 2);
  const repeated = Int32Array.of(0, ...rows);
  close(
    [mlpLoss(state, { x, y, weights: twice, rows }) * 24],
    [mlpLoss(state, { x, y, rows: repeated }) * 25],
    1e-12,
  );
  assert.deepEqual(
    fitMlp({ ...settings, x, y, weights, rng: rng(24) }),
    fitMlp({ ...settings, x, y: gone, rng: rng(24) }),
  );
  assert.throws(() => fitMlp({ ...settings, x, y, weights: matrix(24, 1), rng: rng(24) }), /weights have 24/);
});

test('it learns what no linear model can', () => {
  const random = rng(4);
  const x = gaussian(400, 2, random);
  const y = matrix(400, 1);
  for (let i = 0; i < 400; i++) y.data[i] = Number(x.data[2 * i]! * x.data[2 * i + 1]! > 0);
  const state = fitMlp({ ...settings, hidden: 16, epochs: 60, x, y, rng: random });
  const p = predictMlp(state, x).data;
  let right = 0;
  for (let i = 0; i < 400; i++) if (p[i]! > 0.5 === (y.data[i] === 1)) right++;
  assert.ok(right > 370, `${right} of 400`);
});

test('the same seed gives the same weights', () => {
  const x = gaussian(50, 3, rng(5));
  const y = labels(50, 2, 6);
  const input: MlpInput = { ...settings, epochs: 3, x, y, rng: rng(7) };
  assert.deepEqual(fitMlp(input), fitMlp({ ...input, rng: rng(7) }));
});

test('early stopping keeps the weights of the least validation loss', () => {
  const random = rng(8);
  const x = gaussian(60, 10, random);
  const y = matrix(60, 1);
  for (let i = 0; i < 60; i++) y.data[i] = Number(random.next() < 0.5);
  const validation = Int32Array.from({ length: 20 }, (_, i) => 40 + i);
  const seen: number[] = [];
  const state = fitMlp({
    ...settings,
    hidden: 32,
    epochs: 200,
    patience: 4,
    x,
    y,
    rng: random,
    validation,
    onEpoch: (_, loss) => seen.push(loss!),
  });
  const least = Math.min(...seen);
  assert.equal(mlpLoss(state, { x, y, rows: validation }), least);
  assert.equal(seen.length, seen.indexOf(least) + 5);
});

test('decay shrinks weights that no row moves', () => {
  const x = matrix(8, 2);
  const y = matrix(8, 1, 0.5);
  const still = fitMlp({ ...settings, epochs: 10, batch: 8, x, y, rng: rng(9) });
  const shrunk = fitMlp({ ...settings, epochs: 10, batch: 8, rate: 0.01, decay: 1, x, y, rng: rng(9) });
  close(
    shrunk.w1.data,
    still.w1.data.map((w) => w * 0.99 ** 10),
    1e-12,
  );
});

test('constant labels, all missing, one row', () => {
  const x = gaussian(20, 2, rng(10));
  const ones = fitMlp({ ...settings, x, y: matrix(20, 1, 1), rng: rng(11) });
  assert.ok(predictMlp(ones, x).data.every((p) => p > 0.5 && p < 1));
  const none = fitMlp({ ...settings, x, y: matrix(20, 1, Number.NaN), rng: rng(12) });
  assert.ok(predictMlp(none, x).data.every((p) => Number.isFinite(p)));
  const single = fitMlp({
    ...settings,
    loss: 'squared',
    x: gaussian(1, 2, rng(13)),
    y: matrix(1, 1, 0.3),
    rng: rng(14),
  });
  assert.ok(predictMlp(single, x).data.every((p) => Number.isFinite(p)));
});

test('it stops when it is aborted, and refuses empty batches', () => {
  const x = gaussian(4, 2, rng(15));
  const input = { ...settings, x, y: matrix(4, 1), rng: rng(16), signal: AbortSignal.abort() };
  assert.throws(() => fitMlp(input), /abort/i);
  assert.throws(() => fitMlp({ ...input, batch: 0 }), /batch of 0 rows/);
});
