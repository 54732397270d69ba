import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adam } from './adam.ts';

test('adam: the first step is the rate against the sign of the gradient, whatever its size', () => {
  const values = Float64Array.of(1, 1, 1);
  adam([{ values }], 0.1)([Float64Array.of(1000, -0.001, 0)]);
  const expected = [0.9, 1.1, 1];
  values.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) < 1e-5, `${value}`);
  });
});

test('adam: three steps as computed by hand from the paper', () => {
  const values = Float64Array.of(0.5);
  const step = adam([{ values, decay: 0.1 }], 0.01);
  let [theta, m, v] = [0.5, 0, 0];
  [2, -1, 0.5].forEach((g, i) => {
    step([Float64Array.of(g)]);
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g ** 2;
    const corrected = m / (1 - 0.9 ** (i + 1)) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
    theta = theta - 0.01 * 0.1 * theta - 0.01 * corrected;
  });
  assert.ok(Math.abs(values[0]! - theta) < 1e-12);
});

test('adam: several parts reach the bottom of a bowl', () => {
  const [a, b] = [Float64Array.of(3, -2), Float64Array.of(5)];
  const step = adam([{ values: a }, { values: b }], 0.05);
  for (let t = 0; t < 2000; t++) step([a.map((x, i) => (i + 1) * (x - 1)), b.map((x) => x + 1)]);
  for (const [value, goal] of [
    [a[0], 1],
    [a[1], 1],
    [b[0], -1],
  ] as const)
    assert.ok(Math.abs(value! - goal) < 1e-3, `${value}`);
});
