import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gram, multiply, multiplyTransposed } from './linear.ts';
import type { Sparse } from './matrix.ts';
import { at, fromRows, type Matrix, matrix } from './matrix.ts';
import { rng } from './rng.ts';
import { orthonormal, symmetricEigen, truncatedSvd } from './svd.ts';

function sparseOf({ rows, cols, data }: Matrix): Sparse {
  const start = Int32Array.from({ length: rows + 1 }, (_, i) => i * cols);
  const index = Int32Array.from({ length: rows * cols }, (_, c) => c % cols);
  return { rows, cols, start, index, value: Float32Array.from(data) };
}

function near(found: ArrayLike<number>, expected: ArrayLike<number>, within: number): void {
  assert.equal(found.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    assert.ok(Math.abs(found[i]! - expected[i]!) < within, `${found[i]} for ${expected[i]} at ${i}`);
  }
}

function identity(n: number): Matrix {
  const out = matrix(n, n);
  for (let i = 0; i < n; i++) out.data[i * n + i] = 1;
  return out;
}

/** size x rank, with orthonormal columns. */
function basis(size: number, rank: number, seed: number): Matrix {
  const draw = rng(seed);
  const out = matrix(size, rank);
  for (let c = 0; c < out.data.length; c++) out.data[c] = draw.normal();
  return orthonormal(out);
}

test('finds the singular values and vectors that a matrix was made of', () => {
  const values = [9, 5, 3, 1, 0.5, 0.1];
  const left = basis(60, 6, 1);
  const right = basis(40, 6, 2);
  const scaled = { ...left, data: left.data.map((value, c) => value * values[c % 6]!) };
  const { components, values: found } = truncatedSvd(sparseOf(multiplyTransposed(scaled, right)), {
    width: 4,
    random: rng(3),
  });
  near(found, values.slice(0, 4), 1e-5);
  assert.deepEqual([components.rows, components.cols], [40, 4]);
  near(gram(components).data, identity(4).data, 1e-5);
  for (let j = 0; j < 4; j++) {
    const cosine = Array.from({ length: 40 }, (_, i) => at(components, i, j) * at(right, i, j));
    assert.ok(Math.abs(Math.abs(cosine.reduce((sum, value) => sum + value, 0)) - 1) < 1e-5);
  }
});

test('the same seed gives the same bits; other seeds the same vectors', () => {
  const left = basis(30, 5, 4);
  const a = sparseOf({ ...left, data: left.data.map((value, c) => value * 2 ** -(c % 5)) });
  const one = truncatedSvd(a, { width: 3, random: rng(1) });
  assert.deepEqual(truncatedSvd(a, { width: 3, random: rng(1) }), one);
  near(truncatedSvd(a, { width: 3, random: rng(2) }).components.data, one.components.data, 1e-5);
});

test('a lower rank gives fewer components: equal rows, zeros, nothing', () => {
  const equal = fromRows(Array.from({ length: 5 }, () => [1, 2, 3]));
  assert.equal(truncatedSvd(sparseOf(equal), { width: 3, random: rng(1) }).components.cols, 1);
  assert.equal(truncatedSvd(sparseOf(matrix(4, 3)), { width: 3, random: rng(1) }).components.cols, 0);
  const none = truncatedSvd(sparseOf(matrix(0, 3)), { width: 2, random: rng(1) });
  assert.deepEqual([none.components.rows, none.components.cols], [3, 0]);
  assert.equal(truncatedSvd(sparseOf(matrix(2, 0)), { width: 2, random: rng(1) }).components.rows, 0);
});

test('eigenvectors of a symmetric matrix', () => {
  // Eigenvalues 1, 2 and 4 (characteristic polynomial by hand).
  const a = fromRows([
    [2, -1, 0],
    [-1, 3, -1],
    [0, -1, 2],
  ]);
  const { vectors, values } = symmetricEigen(a);
  near(Float64Array.from(values).sort(), [1, 2, 4], 1e-12);
  near(gram(vectors).data, identity(3).data, 1e-12);
  const image = multiply(a, vectors);
  for (let j = 0; j < 3; j++) {
    for (let i = 0; i < 3; i++) assert.ok(Math.abs(at(image, i, j) - values[j]! * at(vectors, i, j)) < 1e-12);
  }
});

test('a basis is orthonormal and leaves out what is dependent', () => {
  near(gram(basis(20, 6, 5)).data, identity(6).data, 1e-10);
  const dependent = fromRows([
    [1, 2, 0],
    [2, 4, 1],
    [3, 6, 0],
    [1, 2, 5],
  ]);
  const found = orthonormal(dependent);
  assert.equal(found.cols, 2);
  near(gram(found).data, identity(2).data, 1e-10);
});
