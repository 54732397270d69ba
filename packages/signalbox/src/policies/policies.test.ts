import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ranking, shares } from '../core/choice.ts';
import { fromRows } from '../math/matrix.ts';
import { argmax } from './argmax.ts';
import { forecasts, policyContract } from './contract.ts';
import { threshold } from './threshold.ts';
import { utility } from './utility.ts';

for (const policy of [argmax, utility, threshold]) policyContract(policy);

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
