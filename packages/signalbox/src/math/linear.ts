import { type Matrix, matrix, matrix32 } from './matrix.ts';
import { addProduct, type Operand } from './product.ts';

export { cholesky, choleskySolve } from './cholesky.ts';

/** Which rows count, and how much. */
export interface RowOptions {
  /** The rows that count, each as often as it is named; all where absent. */
  readonly rows?: Int32Array | undefined;
  /** A weight for each row of x (not for each place in `rows`); 1 where absent. */
  readonly weights?: Float64Array | undefined;
  /** Subtracted from each column of x first. */
  readonly shift?: Float64Array | undefined;
}

/** X' W X, p x p. Only one half is computed. */
export function gram(x: Matrix, options: RowOptions = {}): Matrix {
  const { rows, weights, shift } = options;
  const p = x.cols;
  const out = matrix(p, p);
  const plain: Operand = { data: x.data, stride: p, rows: p, transposed: true, pick: rows, shift };
  const depth = rows?.length ?? x.rows;
  addProduct({ ...plain, weights }, plain, { data: out.data, lower: true, depth });
  const { data } = out;
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) data[j * p + i] = data[i * p + j]!;
  return out;
}

/** X' W Y, p x m. Cells of y that are NaN count 0. `shift` is taken from x alone. */
export function crossProduct(x: Matrix, y: Matrix, options: RowOptions = {}): Matrix {
  const { rows: pick, weights, shift } = options;
  sameRows(x, y);
  const out = matrix(x.cols, y.cols);
  addProduct(
    { data: x.data, stride: x.cols, rows: x.cols, transposed: true, pick, shift },
    { data: y.data, stride: y.cols, rows: y.cols, transposed: true, pick, weights, skipNaN: true },
    { data: out.data, depth: pick?.length ?? x.rows },
  );
  return out;
}

/** A B, n x m. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.rows) throw new RangeError(`${a.cols} columns times ${b.rows} rows`);
  const out = matrix(a.rows, b.cols);
  addProduct(
    { data: a.data, stride: a.cols, rows: a.rows, transposed: false },
    { data: b.data, stride: b.cols, rows: b.cols, transposed: true },
    { data: out.data, depth: a.cols },
  );
  return out;
}

/** A B', n x m: the inner product of each row of a with each row of b. */
export function multiplyTransposed(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.cols) throw new RangeError(`rows of ${a.cols} cells times rows of ${b.cols}`);
  const out = matrix(a.rows, b.rows);
  addProduct(
    { data: a.data, stride: a.cols, rows: a.rows, transposed: false },
    { data: b.data, stride: b.cols, rows: b.rows, transposed: false },
    { data: out.data, depth: a.cols },
  );
  return out;
}

/** Each row divided by its Euclidean length, in 32-bit floats; a row of zeros stays so. */
export function normaliseRows(x: Matrix): Matrix {
  const out = matrix32(x.rows, x.cols);
  for (let i = 0; i < x.rows; i++) {
    const start = i * x.cols;
    const end = start + x.cols;
    let square = 0;
    for (let c = start; c < end; c++) square += x.data[c]! * x.data[c]!;
    if (square === 0) continue;
    const factor = 1 / Math.sqrt(square);
    for (let c = start; c < end; c++) out.data[c] = x.data[c]! * factor;
  }
  return out;
}

/** Mean and standard deviation (over n) of each column. */
export interface ColumnScale {
  readonly mean: Float64Array;
  /** 1 for a constant column. */
  readonly scale: Float64Array;
}

/** By two passes, so that a large mean does not drown a small spread. */
export function columnScale(x: Matrix): ColumnScale {
  const mean = columnMeans(x);
  const scale = new Float64Array(x.cols);
  for (let i = 0, c = 0; i < x.rows; i++) {
    for (let j = 0; j < x.cols; j++, c++) scale[j]! += (x.data[c]! - mean[j]!) ** 2;
  }
  for (let j = 0; j < x.cols; j++) {
    const spread = Math.sqrt(scale[j]! / x.rows);
    // What is left of a constant column is rounding of its mean.
    scale[j] = spread > 1e-12 * Math.abs(mean[j]!) ? spread : 1;
  }
  return { mean, scale };
}

/** (x - mean) / scale, in 32-bit floats. */
export function applyScale(x: Matrix, { mean, scale }: ColumnScale): Matrix {
  const out = matrix32(x.rows, x.cols);
  const factor = scale.map((s) => 1 / s);
  for (let i = 0, c = 0; i < x.rows; i++) {
    for (let j = 0; j < x.cols; j++, c++) out.data[c] = (x.data[c]! - mean[j]!) * factor[j]!;
  }
  return out;
}

/** Mean of each column over the named rows (all where absent), weighted; 0 where nothing counts. */
export function columnMeans(x: Matrix, { rows, weights, shift }: RowOptions = {}): Float64Array {
  const mean = new Float64Array(x.cols);
  const n = rows?.length ?? x.rows;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const at = rows === undefined ? i : rows[i]!;
    const weight = weights === undefined ? 1 : weights[at]!;
    total += weight;
    const start = at * x.cols;
    if (weights === undefined && shift !== undefined && x.data instanceof Float32Array)
      addShifted(mean, x.data, { start, shift });
    else if (weights !== undefined || shift !== undefined)
      for (let j = 0; j < x.cols; j++) mean[j]! += weight * (x.data[start + j]! - (shift?.[j] ?? 0));
    else if (x.data instanceof Float32Array) addSingles(mean, x.data, start);
    else for (let j = 0; j < x.cols; j++) mean[j]! += x.data[start + j]!;
  }
  if (total > 0) for (let j = 0; j < x.cols; j++) mean[j]! /= total;
  return mean;
}

/** The rows that are the most, in a loop that meets no other kind. */
function addSingles(to: Float64Array, from: Float32Array, start: number): void {
  for (let j = 0, at = start; j < to.length; j++, at++) to[j]! += from[at]!;
}

function addShifted(
  to: Float64Array,
  from: Float32Array,
  { start, shift }: { readonly start: number; readonly shift: Float64Array },
): void {
  for (let j = 0, at = start; j < to.length; j++, at++) to[j]! += from[at]! - shift[j]!;
}

function sameRows(x: Matrix, y: Matrix): void {
  if (x.rows !== y.rows) throw new RangeError(`x has ${x.rows} rows, y has ${y.rows}`);
}
