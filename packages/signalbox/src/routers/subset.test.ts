import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, column } from '../math/matrix.ts';
import { mean } from '../math/order.ts';
import { rng } from '../math/rng.ts';
import { quietContext, world } from './contract.ts';
import { subset } from './subset.ts';

type Law = (x: number) => number;
const laws: Readonly<Record<'platt' | 'isotonic', Law>> = {
  platt: (x) => 1 / (1 + Math.exp(-1.5 * x)),
  isotonic: (x) => (x > 0 ? 0.9 : 0.2),
};

/** Rows by a law: how probable it is that model 0 is right, by the first feature. */
function rowsBy(law: Law, rows: number) {
  const train = world({ rows, models: 2, width: 3 });
  const random = rng(`rows/${rows}`);
  const truth = Float64Array.from({ length: rows }, (_, i) => {
    const x = random.normal();
    train.features.data[i * 3] = x;
    train.table.quality.data[i * 2] = random.next() < law(x) ? 1 : 0;
    train.table.quality.data[i * 2 + 1] = random.next() < 0.6 ? 1 : 0;
    return law(x);
  });
  return { train, truth };
}

for (const [calibration, law] of Object.entries(laws)) {
  test(`confidences are the true probabilities, on rows that no fit has seen: ${calibration}`, async () => {
    const context = quietContext(0);
    const params = subset.params.parse({ calibration });
    const state = await subset.fit(rowsBy(law, 1500).train, params, context);
    const { train: fresh, truth } = rowsBy(law, 700);
    const { quality, capable } = await subset.predict(fresh, state, params, context);
    const [p, able] = [column(quality, 0), column(capable!, 0)];
    const off = mean(p.map((value, i) => Math.abs(value - truth[i]!)));
    assert.ok(off < 0.07, `${off}`);
    assert.ok(mean(column(quality, 1).map((value) => Math.abs(value - 0.6))) < 0.07);
    assert.ok(p.every((value, i) => (value >= 0.5 ? 1 : 0) === able[i]));
  });
}

test('a score that rises never lowers the confidence, and a model never right is never trusted', async () => {
  const context = quietContext(0);
  const { train } = rowsBy(laws.platt, 600);
  for (let i = 0; i < 600; i++) train.table.quality.data[i * 2 + 1] = 0;
  for (const kind of ['platt', 'isotonic']) {
    const params = subset.params.parse({ calibration: kind });
    const state = await subset.fit(train, params, context);
    const line = { ...train, queries: train.queries.slice(0, 40) };
    const features = { rows: 40, cols: 3, data: new Float32Array(120) };
    for (let i = 0; i < 40; i++) features.data[i * 3] = (i - 20) / 5;
    const { quality } = await subset.predict({ ...line, features }, state, params, context);
    for (let i = 1; i < 40; i++) assert.ok(at(quality, i, 0) >= at(quality, i - 1, 0) - 1e-12);
    assert.ok(column(quality, 1).every((p) => p < 0.05));
  }
});
