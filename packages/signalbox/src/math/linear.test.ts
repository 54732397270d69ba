import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applyScale,
  cholesky,
  choleskySolve,
  columnScale,
  crossProduct,
  gram,
  multiply,
  multiplyTransposed,
  normaliseRows,
} from './linear.ts';
import { at, fromRows, type Matrix, matrix, matrix32 } from './matrix.ts';
import { close, gaussian } from './reference.fixture.ts';
import { rng } from './rng.ts';

/** By the definition. */
function product(
  n: number,
  m: number,
  depth: number,
  cell: (i: number, j: number, t: number) => number,
): Float64Array {
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) for (let t = 0; t < depth; t++) out[i * m + j]! += cell(i, j, t);
  }
  return out;
}

/** Sizes around the edges of tiles, blocks and runs. */
const size = fc.constantFrom(0, 1, 2, 3, 4, 5, 7, 8, 63, 64, 65, 70);
const depth = fc.constantFrom(0, 1, 3, 4, 17, 255, 256, 257, 300);

test('products agree with their definition at every size', () => {
  fc.assert(
    fc.property(size, size, depth, fc.integer(), (n, m, t, seed) => {
      const random = rng(seed);
      const a = gaussian(n, t, random);
      const b = gaussian(m, t, random);
      const c = gaussian(t, m, random);
      close(
        multiplyTransposed(a, b).data,
        product(n, m, t, (i, j, k) => at(a, i, k) * at(b, j, k)),
        1e-10,
      );
      close(
        multiply(a, c).data,
        product(n, m, t, (i, j, k) => at(a, i, k) * at(c, k, j)),
        1e-10,
      );
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('Gram and cross products over named rows with weights', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 5, 66, 130),
      fc.constantFrom(1, 3, 9),
      depth,
      fc.boolean(),
      (p, m, n, narrow) => {
        const random = rng(`${p} ${m} ${n}`);
        const wide = gaussian(n + 1, p, random);
        const x: Matrix = narrow ? { ...wide, data: Float32Array.from(wide.data) } : wide;
        const y = gaussian(n + 1, m, random);
        y.data[0] = Number.NaN;
        const weights = Float64Array.from({ length: n + 1 }, () => random.next());
        const rows = Int32Array.from({ length: n }, () => random.int(n + 1));
        const w = (t: number): number => weights[rows[t]!]!;
        const g = gram(x, { rows, weights });
        close(
          g.data,
          product(p, p, n, (i, j, t) => w(t) * at(x, rows[t]!, i) * at(x, rows[t]!, j)),
          1e-10,
        );
        const cell = (t: number, j: number): number => (rows[t] === 0 && j === 0 ? 0 : at(y, rows[t]!, j));
        const c = crossProduct(x, y, { rows, weights });
        close(
          c.data,
          product(p, m, n, (i, j, t) => w(t) * at(x, rows[t]!, i) * cell(t, j)),
          1e-10,
        );
      },
    ),
    { numRuns: 40, seed: 2 },
  );
});

test('a row gives the same bits alone and among others', () => {
  const random = rng(3);
  const a = gaussian(70, 300, random);
  const b = gaussian(67, 300, random);
  const together = multiplyTransposed(a, b);
  const alone = multiplyTransposed({ rows: 1, cols: 300, data: a.data.subarray(69 * 300) }, b);
  assert.deepEqual([...alone.data], [...together.data.subarray(69 * 67)]);
});

test('Cholesky factors and solves, across blocks', () => {
  for (const p of [1, 2, 63, 64, 65, 150]) {
    const random = rng(p);
    const x = gaussian(p + 5, p, random);
    const a = gram(x);
    const l = cholesky(a);
    assert.ok(l);
    close(multiplyTransposed(l, l).data, a.data, 1e-10);
    assert.ok(p === 1 || at(l, 0, 1) === 0);
    const truth = gaussian(p, 3, random);
    close(choleskySolve(l, multiply(a, truth)).data, truth.data, 1e-5);
  }
});

test('Cholesky says no to what is not positive definite', () => {
  assert.equal(
    cholesky(
      fromRows([
        [1, 2],
        [2, 1],
      ]),
    ),
    undefined,
  );
  assert.equal(cholesky(matrix(3, 3)), undefined);
  assert.equal(cholesky(fromRows([[Number.NaN]])), undefined);
});

test('rows of length 1; a row of zeros stays', () => {
  close(
    normaliseRows(
      fromRows([
        [3, 4],
        [0, 0],
      ]),
    ).data,
    [0.6, 0.8, 0, 0],
    1e-7,
  );
});

test('columns of mean 0 and spread 1; a constant column is only centred', () => {
  const x = fromRows([
    [1, 0.1, 1e8],
    [3, 0.1, 1e8 + 2],
    [5, 0.1, 1e8 + 4],
  ]);
  const scale = columnScale(x);
  close(scale.mean, [3, 0.1, 1e8 + 2], 1e-15);
  close(scale.scale, [Math.sqrt(8 / 3), 1, Math.sqrt(8 / 3)], 1e-12);
  const out = applyScale(x, scale);
  assert.ok(out.data instanceof Float32Array);
  const edge = Math.sqrt(1.5);
  close(out.data, [-edge, 0, -edge, 0, 0, 0, edge, 0, edge], 1e-6);
});

test('sizes that do not fit are named', () => {
  assert.throws(() => multiply(matrix(2, 3), matrix(2, 3)), /3 columns times 2 rows/);
  assert.throws(() => multiplyTransposed(matrix(2, 3), matrix(2, 4)), /3 cells times rows of 4/);
  assert.throws(() => crossProduct(matrix32(2, 3), matrix(3, 4)), /x has 2 rows, y has 3/);
});
