import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ranking, shares } from '../core/choice.ts';
import type { Forecasts, PolicyTraining } from '../core/policy.ts';
import { at, fromRows, matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { argmax } from './argmax.ts';
import { forecasts, policyContract } from './contract.ts';
import { policies } from './index.ts';
import { prediction, sortedPrediction } from './prediction.ts';
import { randomCapable } from './random-capable.ts';
import { threshold } from './threshold.ts';
import { utility } from './utility.ts';

for (const [name, policy] of Object.entries(policies)) {
  policyContract(policy);
  test(`${name}: the register calls it by its own name`, () => assert.equal(policy.name, name));
}

const chosen = (m: ReturnType<typeof utility.utility>): number[] =>
  Array.from({ length: m.rows }, (_, i) => ranking(m, i)[0]!);

test('argmax: a tie is shared evenly', () => {
  assert.deepEqual([...shares(argmax.utility(forecasts, {})).data], [0, 1, 0.5, 0.5, 1, 0]);
});

test('utility: a dearer model must bring lambda for each dollar', () => {
  assert.deepEqual(chosen(utility.utility(forecasts, { lambda: 0 })), [1, 0, 0]);
  assert.deepEqual(chosen(utility.utility(forecasts, { lambda: 30 })), [1, 0, 0]);
  assert.deepEqual(chosen(utility.utility(forecasts, { lambda: 34 })), [0, 0, 0]);
});

test('utility: the sweep goes from quality alone to the cheapest everywhere', () => {
  const points = utility.sweep(forecasts, { lambda: 0 });
  assert.equal(points[0]!.lambda, 0);
  assert.deepEqual(chosen(utility.utility(forecasts, points.at(-1)!)), [0, 0, 0]);
});

test('utility: without costs there is one point', () => {
  const { cost: _, ...free } = forecasts;
  assert.deepEqual(utility.sweep(free, { lambda: 0 }), [{ lambda: 0 }]);
  assert.equal(utility.utility(free, { lambda: 3 }), free.quality);
});

test('threshold: the strong model from the threshold on', () => {
  assert.deepEqual(chosen(threshold.utility(forecasts, { threshold: 0.1 })), [1, 0, 0]);
  assert.deepEqual(chosen(threshold.utility(forecasts, { threshold: 0 })), [1, 1, 0]);
  assert.deepEqual(chosen(threshold.utility(forecasts, { threshold: -1 })), [1, 1, 1]);
});

test('threshold: other models follow as fallbacks, by predicted quality', () => {
  const three = {
    models: ['a', 'weak', 'strong', 'b'],
    quality: fromRows([[0.9, 0.5, 0.6, 0.95]]),
    weak: 1,
    strong: 2,
  };
  assert.deepEqual(ranking(threshold.utility(three, { threshold: 0 }), 0), [2, 1, 3, 0]);
});

test('threshold: without a pair it says what to give', () => {
  assert.throws(
    () => threshold.utility({ models: ['a', 'b'], quality: fromRows([[0, 1]]) }, { threshold: 0 }),
    /--weak MODEL/,
  );
});

test('random-capable: uniform over the capable, else the best; the router decides who is capable', () => {
  const quality = fromRows([
    [0.6, 0.9, 0.1],
    [0.2, 0.3, 0.4],
    [-1, 0.1, 0.2],
  ]);
  const models = ['a', 'b', 'c'];
  const given = { threshold: 0.5 };
  assert.deepEqual(
    [...shares(randomCapable.utility({ models, quality }, given)).data],
    [0.5, 0.5, 0, 0, 0, 1, 0, 0, 1],
  );
  const capable = fromRows([
    [0, 0, 1],
    [1, 1, 1],
    [1, 1, 1],
  ]);
  const utility = randomCapable.utility({ models, quality, capable }, given);
  const third = 1 / 3;
  assert.deepEqual([...shares(utility).data], [0, 0, 1, third, third, third, 0, 0.5, 0.5]);
  assert.deepEqual(ranking(utility, 0), [2, 1, 0]);
});

/** Confidences drawn at random; the second model is always right, the third on every other row, the first never. */
function learnable(rows: number): PolicyTraining {
  const random = rng('prediction');
  const quality = matrix(rows, 3);
  const right = matrix(rows, 3);
  for (let i = 0; i < rows; i++) {
    for (let m = 0; m < 3; m++) quality.data[i * 3 + m] = random.next();
    right.data[i * 3 + 1] = 1;
    if (i % 2 === 0) right.data[i * 3 + 2] = 1;
  }
  const forecasts: Forecasts = { models: ['a', 'b', 'c'], quality };
  return { forecasts, quality: right, means: Float64Array.of(0, 1, 0.5) };
}

test('prediction: aims at the confidence of the first right model', () => {
  const train = learnable(200);
  const state = prediction.fit!(train, {});
  // The second model is the first that is right, on every row: its confidence is learned exactly.
  assert.ok(Math.abs(at(state.coefficients, 1, 0) - 1) < 1e-3);
  assert.ok(chosen(prediction.utility(train.forecasts, {}, state)).every((m) => m === 1));
});

test('prediction: a missing model does not move the aim of the others', () => {
  const train = learnable(200);
  const state = prediction.fit!(train, {});
  const usual = state.usual[0]!;
  assert.ok(Math.abs(usual - 0.5) < 0.1);
  const { models } = train.forecasts;
  const missing = prediction.utility({ models, quality: fromRows([[-1, 0.3, 0.7]]) }, {}, state);
  const present = prediction.utility({ models, quality: fromRows([[usual, 0.3, 0.7]]) }, {}, state);
  assert.deepEqual([...missing.data.subarray(1)], [...present.data.subarray(1)]);
  // The one that is aimed at is missing: the nearest to where it usually stands.
  const others = prediction.utility({ models, quality: fromRows([[0.1, -1, 0.6]]) }, {}, state);
  assert.deepEqual(ranking(others, 0), [2, 0, 1]);
});

test('sorted-prediction: aims at the weakest right model', () => {
  const train = { ...learnable(200), means: Float64Array.of(0.9, 0.6, 0.1) };
  for (let i = 0; i < 200; i++) train.quality.data[i * 3 + 2] = 1;
  assert.ok(
    chosen(sortedPrediction.utility(train.forecasts, {}, sortedPrediction.fit!(train, {}))).every(
      (m) => m === 2,
    ),
  );
});

test('prediction: where none is right it aims at one half', () => {
  const train = { ...learnable(50), quality: matrix(50, 3) };
  const utility = prediction.utility(train.forecasts, {}, prediction.fit!(train, {}));
  utility.data.forEach((value, cell) => {
    assert.ok(Math.abs(value + Math.abs(train.forecasts.quality.data[cell]! - 0.5)) < 1e-9);
  });
});
