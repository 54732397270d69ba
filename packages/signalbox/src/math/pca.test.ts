import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnMeans, gram } from './linear.ts';
import { at, fromRows, matrix, matrix32 } from './matrix.ts';
import { alongComponents, principalComponents } from './pca.ts';
import { close } from './reference.fixture.ts';
import { rng } from './rng.ts';

test('principal components: a plane in ten dimensions is found, its spread and nothing beside it', () => {
  const random = rng('plane');
  const x = matrix32(300, 10);
  for (let i = 0; i < 300; i++) {
    const [a, b] = [3 * random.normal(), random.normal()];
    for (let j = 0; j < 10; j++) x.data[i * 10 + j] = 5 + (j % 2 === 0 ? a : b) / Math.sqrt(5);
  }
  const found = principalComponents(x, { width: 4, random: rng(1) });
  assert.equal(found.components.cols, 2);
  const [first, second] = found.deviations;
  assert.ok(Math.abs(first! - 3) < 0.3 && Math.abs(second! - 1) < 0.1);
  // Along the components rows have mean 0, deviation 1 and no correlation.
  const scores = alongComponents(found, x);
  close(columnMeans(scores), [0, 0], 1e-5);
  close(
    gram(scores).data.map((value) => value / 300),
    [1, 0, 0, 1],
    1e-4,
  );
});

test('principal components: known values, by hand', () => {
  const x = fromRows([
    [2, 0],
    [-2, 0],
    [0, 1],
    [0, -1],
  ]);
  const { components, deviations } = principalComponents(x, { width: 2, random: rng(1) });
  close(deviations, [Math.SQRT2, Math.SQRT1_2], 1e-9);
  close([Math.abs(at(components, 0, 0)), Math.abs(at(components, 1, 1))], [1, 1], 1e-9);
});

test('principal components: rows all alike, one row, no rows, no columns', () => {
  for (const x of [
    matrix(5, 3, 0.5),
    matrix(1, 3, 2),
    matrix(0, 3),
    matrix(4, 0),
    { rows: 60, cols: 2, data: new Float32Array(120).fill(0.1) },
  ]) {
    const found = principalComponents(x, { width: 4, random: rng(1) });
    assert.equal(found.components.cols, 0);
    assert.equal(alongComponents(found, x).cols, 0);
  }
});
