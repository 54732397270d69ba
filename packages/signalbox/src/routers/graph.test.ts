import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, column, type Matrix, matrix, selectRows } from '../math/matrix.ts';
import { mean } from '../math/order.ts';
import { rng } from '../math/rng.ts';
import { quietContext, world } from './contract.ts';
import { graph as router } from './graph.ts';
import {
  edgeLoss,
  type GraphWeights,
  graphGradients,
  type Masked,
  modelMessages,
  parts,
} from './graph-messages.ts';

const random = rng('graph');
const normal = (rows: number, cols: number): Matrix => {
  const out = matrix(rows, cols);
  for (let c = 0; c < out.data.length; c++) out.data[c] = random.normal();
  return out;
};
const outcomes = (rows: number): Matrix => {
  const out = matrix(rows, 3);
  for (let c = 0; c < out.data.length; c++) out.data[c] = random.next() < 0.2 ? Number.NaN : random.next();
  return out;
};

test('graph: gradients are those of finite differences', () => {
  const weights: GraphWeights = {
    text: normal(5, 4),
    task: normal(2, 5),
    message: normal(5, 5),
    edge: normal(2, 5),
    own: normal(3, 5),
    query: normal(6, 3),
    model: normal(6, 3),
  };
  const seen = outcomes(9);
  // A model of the pool without an edge.
  for (let i = 0; i < 9; i++) seen.data[i * 3 + 1] = Number.NaN;
  const masked: Masked = {
    seen: {
      features: normal(9, 4),
      tasks: Int32Array.of(0, 1, -1, 0, 1, 0, -1, 1, 1),
      outcomes: seen,
    },
    asked: {
      features: normal(4, 4),
      tasks: Int32Array.of(1, -1, 0, 0),
      outcomes: outcomes(4),
      weights: [1, 2, 0.5, 1],
    },
    shown: [1, 0, 1],
    gain: 3,
  };
  const { slopes } = graphGradients(weights, masked);
  for (const part of parts) {
    const { data } = weights[part];
    data.forEach((value, c) => {
      const losses = [1e-5, -1e-5].map((step) => {
        data[c] = value + step;
        return graphGradients(weights, masked).loss;
      });
      data[c] = value;
      const slope = (losses[0]! - losses[1]!) / 2e-5;
      assert.ok(Math.abs(slope - slopes[part][c]!) < 1e-7, `${part} ${c}: ${slope}, not ${slopes[part][c]}`);
    });
  }
});

test('graph: messages and the loss as computed by hand', () => {
  const one = (values: number[], cols: number): Matrix => ({
    rows: values.length / cols,
    cols,
    data: Float64Array.from(values),
  });
  const weights = {
    message: one([2], 1),
    edge: one([4, -1], 1),
  } as unknown as GraphWeights;
  // Sent 2 and 6; edges of the first model: 2 + 2 - 1 and 6 - 2 - 1, of the second the first alone: 2 - 2 - 1 < 0.
  const { means, counts } = modelMessages(weights, one([1, 3], 1), one([1, 0, 0, Number.NaN], 2));
  assert.deepEqual([...means.data], [3, 0]);
  assert.deepEqual([...counts], [2, 1]);
  const { loss } = edgeLoss(one([0, Math.log(3)], 2), one([1, 0.5], 2), [1]);
  assert.ok(Math.abs(loss - (Math.LN2 + (0.5 * Math.log(4) + 0.5 * Math.log(4 / 3))) / 2) < 1e-12);
});

test('graph: it learns which model does better where, by text alone and by the task alone', async () => {
  const params = router.params.parse({ steps: 700 });
  const gap = (quality: Matrix, group: number): number =>
    mean(column(quality, group).filter((_, i) => i % 2 === group)) -
    mean(column(quality, 1 - group).filter((_, i) => i % 2 === group));
  const whole = world({ rows: 600, models: 3 });
  const blind = { ...whole, features: { ...whole.features, data: new Float32Array(3600) } };
  for (const train of [whole, blind]) {
    const state = await router.fit(train, params, quietContext(0));
    const { quality } = await router.predict(train, state, params, quietContext(0));
    for (const group of [0, 1]) assert.ok(gap(quality, group) > 0.3, `${gap(quality, group)}`);
  }
  const state = await router.fit(whole, params, quietContext(0));
  const unknown = { ...whole, queries: whole.queries.map(({ id, messages }) => ({ id, messages })) };
  const { quality } = await router.predict(unknown, state, params, quietContext(0));
  for (const group of [0, 1]) assert.ok(gap(quality, group) > 0.2, `${gap(quality, group)}`);
});

test('graph: one decision needs no training row', async () => {
  const train = world({ rows: 300, models: 3 });
  const params = router.params.parse({ steps: 50 });
  const state = await router.fit(train, params, quietContext(0));
  const cells = (value: unknown): number =>
    ArrayBuffer.isView(value)
      ? (value as Float64Array).length
      : typeof value === 'object' && value !== null
        ? Object.values(value).reduce((sum: number, one) => sum + cells(one), 0)
        : 1;
  assert.equal(cells(state.weights) + cells(state.messages) < 300 * 64, true);
  const one = { queries: [train.queries[5]!], features: selectRows(train.features, [5]) };
  const alone = (await router.predict(one, state, params, quietContext(0))).quality;
  const all = (await router.predict(train, state, params, quietContext(0))).quality;
  for (let m = 0; m < 3; m++) assert.ok(Math.abs(at(alone, 0, m) - at(all, 5, m)) < 1e-12);
});
