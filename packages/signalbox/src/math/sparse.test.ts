import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { multiply } from './linear.ts';
import type { Sparse } from './matrix.ts';
import { fromRows, type Matrix, matrix } from './matrix.ts';
import { rng } from './rng.ts';
import { sparseTimesDense, transpose } from './sparse.ts';

/** A sparse matrix and the same cells as a dense one. */
function random(rows: number, cols: number, seed: number): { sparse: Sparse; dense: Matrix } {
  const draw = rng(seed);
  const dense = matrix(rows, cols);
  const start = [0];
  const index: number[] = [];
  const value: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      if (draw.next() > 0.3) continue;
      const cell = Math.fround(draw.normal());
      dense.data[i * cols + j] = cell;
      index.push(j);
      value.push(cell);
    }
    start.push(index.length);
  }
  const sparse = { rows, cols, start: Int32Array.from(start), index: Int32Array.from(index) };
  return { sparse: { ...sparse, value: Float32Array.from(value) }, dense };
}

test('the product is that of the dense matrix, and a row alone gives the same bits', () => {
  fc.assert(
    fc.property(fc.nat(12), fc.nat(12), fc.nat(20), fc.nat(), (rows, inner, cols, seed) => {
      const { sparse, dense } = random(rows, inner, seed);
      const other = random(inner, cols, seed + 1).dense;
      const product = sparseTimesDense(sparse, other);
      const expected = multiply(dense, other);
      product.data.forEach((value, c) => {
        assert.ok(Math.abs(value - expected.data[c]!) < 1e-12);
      });
      for (let i = 0; i < rows; i++) {
        const from = sparse.start[i]!;
        const to = sparse.start[i + 1]!;
        const one = {
          rows: 1,
          cols: inner,
          start: Int32Array.of(0, to - from),
          index: sparse.index.slice(from, to),
          value: sparse.value.slice(from, to),
        };
        assert.deepEqual(sparseTimesDense(one, other).data, product.data.slice(i * cols, (i + 1) * cols));
      }
    }),
    { numRuns: 50 },
  );
});

test('a strip that is copied first sums to the same bits', () => {
  // 200 rows over 10: many more cells than four times the rows of B, so the copy is made.
  const { sparse } = random(200, 10, 3);
  const other = random(10, 19, 4).dense;
  const all = sparseTimesDense(sparse, other);
  const first = { ...sparse, rows: 1, start: sparse.start.slice(0, 2) };
  assert.deepEqual(sparseTimesDense(first, other).data, all.data.slice(0, 19));
});

test('transposing twice gives the matrix back', () => {
  const { sparse } = random(7, 5, 1);
  assert.deepEqual(transpose(transpose(sparse)), sparse);
  const unit = fromRows([[1], [0], [0], [0], [0], [0], [0]]);
  const { dense } = random(7, 5, 1);
  assert.deepEqual(sparseTimesDense(transpose(sparse), unit).data, dense.data.slice(0, 5));
});

test('matrices that do not fit are refused', () => {
  assert.throws(() => sparseTimesDense(random(2, 3, 1).sparse, matrix(2, 2)), RangeError);
});
