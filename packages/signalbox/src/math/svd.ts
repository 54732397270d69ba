import { cholesky, forwardSolve } from './cholesky.ts';
import { gram, multiply } from './linear.ts';
import type { Sparse } from './matrix.ts';
import { type Matrix, matrix, transposed } from './matrix.ts';
import { descending } from './order.ts';
import type { Rng } from './rng.ts';
import { sparseProduct, transpose } from './sparse.ts';

export interface SvdOptions {
  /** Components wanted; fewer come back where the rank is lower. */
  readonly width: number;
  readonly random: Rng;
  /** Extra directions that are followed and dropped (8). */
  readonly oversample?: number;
  /** Passes that sharpen the subspace (2). */
  readonly powerIterations?: number;
}

/**
 * The leading right singular vectors of a sparse matrix, cols(a) x k with k <= width, and their singular
 * values, descending. Subspace iteration on A'A from a random start, then Rayleigh and Ritz: Halko, Martinsson
 * and Tropp, "Finding structure with randomness", algorithm 4.4, seen from the columns. One basis is made
 * orthonormal in each pass, not two: with a few passes rounding does not mind. Signs are fixed: the greatest
 * entry of each vector in absolute value is positive.
 */
export function truncatedSvd(a: Sparse, options: SvdOptions): { components: Matrix; values: Float64Array } {
  const { random, oversample = 8, powerIterations = 2 } = options;
  const followed = Math.min(options.width + oversample, a.rows, a.cols);
  const [timesA, timesTurned] = [sparseProduct(a), sparseProduct(transpose(a))];
  const start = matrix(a.rows, followed);
  for (let c = 0; c < start.data.length; c++) start.data[c] = random.normal();
  let basis = orthonormal(timesTurned(start));
  for (let pass = 0; pass < powerIterations; pass++) {
    basis = orthonormal(timesTurned(timesA(basis)));
  }
  const { vectors, values } = symmetricEigen(gram(timesA(basis)));
  const kept = keptOf(values).slice(0, options.width);
  const components = multiply(basis, columnsOf(vectors, kept));
  fixSigns(components);
  return { components, values: Float64Array.from(kept, (j) => Math.sqrt(values[j]!)) };
}

/**
 * An orthonormal basis of the columns of y; fewer columns where they are dependent. By the Cholesky factor of
 * the Gram matrix where that is safe, which then stands in the place of y, else by its eigenvectors.
 */
export function orthonormal(y: Matrix): Matrix {
  const products = gram(y);
  const triangle = cholesky(products);
  if (triangle !== undefined && wellConditioned(triangle)) {
    const inverse = forwardSolve(triangle, identity(y.cols));
    timesInPlace(y, transposed(inverse));
    return y;
  }
  const { vectors, values } = symmetricEigen(products);
  const kept = keptOf(values);
  return multiply(
    y,
    columnsOf(vectors, kept, (j) => 1 / Math.sqrt(values[j]!)),
  );
}

/** y times a square matrix, some rows at a time. */
function timesInPlace(y: Matrix, by: Matrix): void {
  const step = 1024;
  for (let i = 0; i < y.rows; i += step) {
    const some = y.data.subarray(i * y.cols, (i + step) * y.cols);
    y.data.set(multiply({ rows: some.length / y.cols, cols: y.cols, data: some }, by).data, i * y.cols);
  }
}

function wellConditioned({ rows, data }: Matrix): boolean {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < rows; i++) {
    const pivot = data[i * rows + i]!;
    least = Math.min(least, pivot);
    most = Math.max(most, pivot);
  }
  return least > 1e-5 * most;
}

function identity(n: number): Matrix {
  const out = matrix(n, n);
  for (let i = 0; i < n; i++) out.data[i * n + i] = 1;
  return out;
}

/** Below this share of the greatest eigenvalue of a Gram matrix rounding is all there is. */
const negligible = 1e-12;

function keptOf(values: Float64Array): number[] {
  const order = descending(values);
  const most = order.length === 0 ? 0 : values[order[0]!]!;
  return order.filter((j) => values[j]! > 0 && values[j]! > negligible * most);
}

/** The chosen columns, each times its factor. */
function columnsOf(m: Matrix, kept: readonly number[], factor: (j: number) => number = () => 1): Matrix {
  const out = matrix(m.rows, kept.length);
  kept.forEach((j, to) => {
    const times = factor(j);
    for (let i = 0; i < m.rows; i++) out.data[i * kept.length + to] = m.data[i * m.cols + j]! * times;
  });
  return out;
}

function fixSigns({ rows, cols, data }: Matrix): void {
  for (let j = 0; j < cols; j++) {
    let most = 0;
    for (let i = 0; i < rows; i++) {
      const value = data[i * cols + j]!;
      if (Math.abs(value) > Math.abs(most)) most = value;
    }
    if (most < 0) for (let i = 0; i < rows; i++) data[i * cols + j]! *= -1;
  }
}

/**
 * Eigenvectors (columns, orthonormal) and eigenvalues, in no particular order, of a symmetric matrix: cyclic Jacobi
 * rotations (Golub and Van Loan, "Matrix Computations", 8.5) until what is off the diagonal is rounding.
 */
export function symmetricEigen(symmetric: Matrix): { vectors: Matrix; values: Float64Array } {
  const n = symmetric.rows;
  const a = Float64Array.from(symmetric.data);
  // Rows of `turned` are eigenvectors while rotating: both rows of a rotation are then contiguous.
  const turned = new Float64Array(n * n);
  for (let i = 0; i < n; i++) turned[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    if (!rotateAll(a, turned, n)) break;
  }
  const vectors = matrix(n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) vectors.data[j * n + i] = turned[i * n + j]!;
  return { vectors, values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!) };
}

/** One sweep over all pairs; false if there was nothing left to rotate. */
function rotateAll(a: Float64Array, turned: Float64Array, n: number): boolean {
  let rotated = false;
  for (let p = 0; p < n - 1; p++) {
    for (let q = p + 1; q < n; q++) {
      const off = a[p * n + q]!;
      const app = a[p * n + p]!;
      const aqq = a[q * n + q]!;
      if (Math.abs(off) <= 1e-15 * Math.sqrt(Math.abs(app * aqq)) || Math.abs(off) < 1e-300) continue;
      rotated = true;
      const theta = (aqq - app) / (2 * off);
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
      const c = 1 / Math.hypot(t, 1);
      const s = t * c;
      rotateRows(a, n, { p, q, c, s });
      // The columns are the rows over again; only where both cross is there more to rotate.
      copyToColumn(a, n, p);
      copyToColumn(a, n, q);
      a[p * n + p] = app - t * off;
      a[q * n + q] = aqq + t * off;
      a[p * n + q] = 0;
      a[q * n + p] = 0;
      rotateRows(turned, n, { p, q, c, s });
    }
  }
  return rotated;
}

function copyToColumn(a: Float64Array, n: number, p: number): void {
  for (let k = 0, from = p * n, to = p; k < n; k++, from++, to += n) a[to] = a[from]!;
}

interface Rotation {
  readonly p: number;
  readonly q: number;
  readonly c: number;
  readonly s: number;
}

function rotateRows(data: Float64Array, n: number, { p, q, c, s }: Rotation): void {
  for (let k = 0, i = p * n, j = q * n; k < n; k++, i++, j++) {
    const x = data[i]!;
    const y = data[j]!;
    data[i] = c * x - s * y;
    data[j] = s * x + c * y;
  }
}
