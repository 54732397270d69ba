import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitLogistic, sigmoid } from './logistic.ts';
import { fitLogisticPrior } from './logistic-prior.ts';
import { fromRows, hstack, matrix } from './matrix.ts';
import { close, gaussian } from './reference.fixture.ts';
import { rng } from './rng.ts';

const random = rng('logistic-prior');
const x = gaussian(80, 3, random);
const y = Float64Array.from({ length: 80 }, (_, i) =>
  Number(random.next() < sigmoid(2 * x.data[i * 3]! - 1)),
);

test('fitLogisticPrior: with a flat prior on a constant it is penalised logistic regression', () => {
  const ones = matrix(80, 1, 1);
  const found = fitLogisticPrior({
    x: hstack([x, ones]),
    y,
    offset: new Float64Array(80),
    precision: Float64Array.of(2, 2, 2, 1e-12),
  });
  const { coefficients, intercept } = fitLogistic({ x, y, penalty: 2, tolerance: 1e-10 });
  close(found, [...coefficients, intercept], 1e-6);
});

test('fitLogisticPrior: an offset is what the coefficients need not say again', () => {
  const truth = Float64Array.of(0.7, -0.4, 1.1);
  const offset = Float64Array.from({ length: 80 }, (_, i) =>
    truth.reduce((sum, b, c) => sum + b * x.data[i * 3 + c]!, 0),
  );
  const fair = offset.map(sigmoid);
  close(
    fitLogisticPrior({ x, y: fair, offset, precision: Float64Array.of(1, 1, 1) }),
    new Float64Array(3),
    1e-9,
  );
});

test('fitLogisticPrior: labels all alike stay finite, and no rows say nothing', () => {
  const alike = fitLogisticPrior({
    x: fromRows([[1], [1], [1]]),
    y: Float64Array.of(1, 1, 1),
    offset: new Float64Array(3),
    precision: Float64Array.of(1),
  });
  // The root of b = 3 (1 - sigmoid(b)).
  assert.ok(Math.abs(alike[0]! - 3 * (1 - sigmoid(alike[0]!))) < 1e-9);
  const none = fitLogisticPrior({
    x: matrix(0, 2),
    y: new Float64Array(0),
    offset: new Float64Array(0),
    precision: Float64Array.of(1, 1),
  });
  close(none, new Float64Array(2), 0);
});

test('fitLogisticPrior: a start far off, where full steps would overshoot, ends at the same place', () => {
  const wide = fromRows(Array.from({ length: 20 }, (_, i) => [i % 2 === 0 ? 30 : -30]));
  const labels = Float64Array.from({ length: 20 }, (_, i) => Number(i % 2 === 0));
  const b = fitLogisticPrior({
    x: wide,
    y: labels,
    offset: Float64Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? -40 : 40)),
    precision: Float64Array.of(1e-3),
  });
  let slope = 1e-3 * b[0]!;
  for (let i = 0; i < 20; i++)
    slope += wide.data[i]! * (sigmoid((i % 2 === 0 ? -40 : 40) + wide.data[i]! * b[0]!) - labels[i]!);
  assert.ok(Math.abs(slope) < 1e-6, `${slope}`);
});
