import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows, matrix } from '../../math/matrix.ts';
import { argmax } from '../../math/order.ts';
import { rng } from '../../math/rng.ts';
import { earnedMargin, gains, holdBack, meanGain, never } from './held-back.ts';

test('only what stands above the reference by no more than the bar is held back, in its order', () => {
  const quality = fromRows([[0.5, 0.52, 0.54, 0.7, 0.3]]);
  holdBack(quality, 0, () => 0.1);
  const [reference, low, high, far, below] = Array.from(quality.data);
  assert.deepEqual([reference, far, below], [0.5, 0.7, 0.3]);
  assert.ok(low! < high! && high! < 0.5 && low! > 0.49999);
});

test('a bar of nothing changes nothing; `never` leaves the reference on top', () => {
  const quality = fromRows([[0.1, 0.9, 1.2]]);
  assert.deepEqual(Array.from(holdBack(quality, 0, () => 0).data), [0.1, 0.9, 1.2]);
  assert.equal(argmax(holdBack(quality, 0, () => never).data), 0);
});

test('gains are paired, weighed, and 0 where either outcome is missing', () => {
  const forecasts = fromRows([
    [0.5, 0.6],
    [0.5, 0.52],
    [0.5, 0.9],
  ]);
  const quality = fromRows([
    [0, 1],
    [0, 1],
    [Number.NaN, 1],
  ]);
  const seen = { forecasts, quality, reference: 0, weights: Float64Array.of(2, 1, 1) };
  assert.deepEqual(Array.from(gains(seen)), [2, 1, 0]);
  assert.deepEqual(Array.from(gains(seen, 0.05)), [2, 0, 0]);
  assert.deepEqual(meanGain(Float64Array.of(2, 1, 0)), { mean: 1, error: Math.sqrt(1 / 3) });
});

test('a margin is earned where small gains are noise and large ones are true', () => {
  const [forecasts, quality] = [matrix(600, 2), matrix(600, 2)];
  for (let i = 0; i < 600; i++) {
    const large = i % 2 === 0;
    forecasts.data.set([0.5, large ? 0.8 : 0.54], 2 * i);
    // A small gain is predicted where one answer in four is lost; the large one holds.
    quality.data.set(large ? [0, 1] : [i % 8 === 1 ? 1 : 0, 0], 2 * i);
  }
  const seen = { forecasts, quality, reference: 0, weights: new Float64Array(600).fill(1) };
  assert.equal(earnedMargin(seen), 0.2);
});

test('where nothing is gained beyond one standard error the reference is never left', () => {
  const random = rng('nothing');
  const [forecasts, quality] = [matrix(600, 2), matrix(600, 2)];
  for (let i = 0; i < 600; i++) {
    forecasts.data.set([0.5, 0.4 + 0.3 * random.next()], 2 * i);
    quality.data.set([random.next() < 0.7 ? 1 : 0, random.next() < 0.5 ? 1 : 0], 2 * i);
  }
  const seen = { forecasts, quality, reference: 0, weights: new Float64Array(600).fill(1) };
  assert.equal(earnedMargin(seen), never);
});
