import { type Matrix, matrix } from './matrix.ts';
import { addProduct, type Operand } from './product.ts';

/** Wide enough for `addProduct`, narrow enough that the panels, done cell by cell, stay a small part. */
const BLOCK = 32;

type Factor = Matrix & { readonly data: Float64Array };

/**
 * L with L L' = A + shift I, lower (zeros above), of a symmetric matrix of which the lower half is read; undefined if
 * it is not positive definite. Left-looking by blocks: most of the work is in `addProduct`.
 * @param out takes the factor where many are made, one after the other; new where absent
 */
export function cholesky(a: Matrix, shift = 0, out: Factor = matrix(a.rows, a.rows)): Factor | undefined {
  const p = a.rows;
  if (a.cols !== p) throw new RangeError(`${p} x ${a.cols} is not square`);
  const l = out.data;
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < i; j++) l[i * p + j] = a.data[i * p + j]!;
    l[i * p + i] = a.data[i * p + i]! + shift;
  }
  const taken = new Float64Array(p * Math.min(BLOCK, p));
  for (let j = 0; j < p; j += BLOCK) {
    const width = Math.min(BLOCK, p - j);
    if (j > 0) subtractEarlier(l, p, { j, width, taken: taken.subarray(0, (p - j) * width) });
    if (!factorPanel(l, p, { j, width })) return undefined;
  }
  for (let i = 0; i < p; i++) l.fill(0, i * p + i + 1, (i + 1) * p);
  return out;
}

interface Panel {
  readonly j: number;
  readonly width: number;
}

/** Takes from rows j.. of the panel what the columns before it explain. */
function subtractEarlier(
  l: Float64Array,
  p: number,
  { j, width, taken }: Panel & { readonly taken: Float64Array },
): void {
  const below: Operand = { data: l.subarray(j * p), stride: p, rows: p - j, transposed: false };
  taken.fill(0);
  addProduct(below, { ...below, rows: width }, { data: taken, depth: j });
  for (let i = j; i < p; i++) {
    const from = (i - j) * width;
    for (let c = 0; c < width; c++) l[i * p + j + c]! -= taken[from + c]!;
  }
}

function factorPanel(l: Float64Array, p: number, { j, width }: Panel): boolean {
  for (let i = j; i < j + width; i++) if (!factorRow(l, p, { j, i })) return false;
  let i = j + width;
  for (; i + 4 <= p; i += 4) factorFour(l, p, { j, width, i });
  for (; i < p; i++) belowDiagonal(l, p, { j, last: j + width - 1, i });
  return true;
}

/** The row i of the panel's own square. */
function factorRow(
  l: Float64Array,
  p: number,
  { j, i }: { readonly j: number; readonly i: number },
): boolean {
  belowDiagonal(l, p, { j, last: i - 1, i });
  const diagonal = i * p + i;
  let sum = l[diagonal]!;
  for (let t = i * p + j; t < diagonal; t++) sum -= l[t]! * l[t]!;
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY)) return false;
  l[diagonal] = Math.sqrt(sum);
  return true;
}

/** Cells j to `last` of the row i. */
function belowDiagonal(
  l: Float64Array,
  p: number,
  { j, last, i }: { readonly j: number; readonly last: number; readonly i: number },
): void {
  const row = i * p;
  for (let c = j; c <= last; c++) {
    const other = c * p;
    let sum = l[row + c]!;
    for (let t = j; t < c; t++) sum -= l[row + t]! * l[other + t]!;
    l[row + c] = sum / l[other + c]!;
  }
}

/** The panel's cells of four rows below its square, at once: one sum waits for itself at each step. */
function factorFour(l: Float64Array, p: number, { j, width, i }: Panel & { readonly i: number }): void {
  const start = i * p;
  for (let c = j; c < j + width; c++) {
    const other = c * p;
    let sum0 = l[start + c]!;
    let sum1 = l[start + p + c]!;
    let sum2 = l[start + 2 * p + c]!;
    let sum3 = l[start + 3 * p + c]!;
    for (let t = j, at = start + j; t < c; t++, at++) {
      const factor = l[other + t]!;
      sum0 -= l[at]! * factor;
      sum1 -= l[at + p]! * factor;
      sum2 -= l[at + 2 * p]! * factor;
      sum3 -= l[at + 3 * p]! * factor;
    }
    const pivot = l[other + c]!;
    l[start + c] = sum0 / pivot;
    l[start + p + c] = sum1 / pivot;
    l[start + 2 * p + c] = sum2 / pivot;
    l[start + 3 * p + c] = sum3 / pivot;
  }
}

/** X with L L' X = B, for every column of b: each has the same bits alone and among others. */
export function choleskySolve(l: Matrix, b: Matrix): Matrix {
  const x = forwardSolve(l, b);
  backward(l, x);
  return x;
}

/** X with L X = B. By blocks of rows: what those before explain is one product, so most of the work is there. */
export function forwardSolve(l: Matrix, b: Matrix): Factor {
  const p = l.rows;
  if (b.rows !== p) throw new RangeError(`${b.rows} rows on the right, ${p} in the factor`);
  const x = matrix(p, b.cols);
  x.data.set(b.data);
  const taken = blockOf(x);
  for (let j = 0; j < p; j += BLOCK) {
    const end = Math.min(p, j + BLOCK);
    const before: Operand = { data: l.data.subarray(j * p), stride: p, rows: end - j, transposed: false };
    subtract(x, { from: 0, depth: j, to: j, taken }, before);
    for (let i = j; i < end; i++) {
      for (let t = j; t < i; t++) takeRow(x, i, t, l.data[i * p + t]!);
      divideRow(x, i, l.data[i * p + i]!);
    }
  }
  return x;
}

/** X with L' X = B, in the place of B. */
function backward(l: Matrix, x: Factor): void {
  const p = l.rows;
  const taken = blockOf(x);
  for (let j = p - 1 - ((p - 1) % BLOCK); j >= 0; j -= BLOCK) {
    const end = Math.min(p, j + BLOCK);
    const after: Operand = { data: l.data.subarray(end * p + j), stride: p, rows: end - j, transposed: true };
    subtract(x, { from: end, depth: p - end, to: j, taken }, after);
    for (let i = end - 1; i >= j; i--) {
      for (let t = i + 1; t < end; t++) takeRow(x, i, t, l.data[t * p + i]!);
      divideRow(x, i, l.data[i * p + i]!);
    }
  }
}

const blockOf = (x: Matrix): Float64Array => new Float64Array(Math.min(BLOCK, x.rows) * x.cols);

/** Takes from rows `to`.. the factors' product with the rows from `from` on, `depth` of them. */
function subtract(
  x: Factor,
  { from, depth, to, taken }: { from: number; depth: number; to: number; taken: Float64Array },
  factors: Operand,
): void {
  if (depth === 0) return;
  const { data, cols } = x;
  taken.fill(0);
  const solved: Operand = { data: data.subarray(from * cols), stride: cols, rows: cols, transposed: true };
  addProduct(factors, solved, { data: taken, depth });
  for (let c = 0, o = to * cols; c < factors.rows * cols; c++, o++) data[o]! -= taken[c]!;
}

function takeRow({ data, cols }: Factor, i: number, t: number, factor: number): void {
  for (let c = 0, o = i * cols, s = t * cols; c < cols; c++, o++, s++) data[o]! -= factor * data[s]!;
}

function divideRow({ data, cols }: Factor, i: number, by: number): void {
  const inverse = 1 / by;
  for (let o = i * cols; o < (i + 1) * cols; o++) data[o]! *= inverse;
}

/**
 * The factor of A + shift I for a positive semidefinite A. Where rounding or a shift of 0 leaves it indefinite,
 * the shift grows from 1e-12 of the greatest diagonal cell by tenfold until it is not.
 */
export function choleskyShifted(a: Matrix, shift: number, out?: Factor): Factor {
  const p = a.rows;
  let greatest = 0;
  for (let i = 0; i < p; i++) greatest = Math.max(greatest, Math.abs(a.data[i * p + i]!));
  let extra = 0;
  for (;;) {
    const factor = cholesky(a, shift + extra, out);
    if (factor !== undefined) return factor;
    if (!(extra <= greatest * 1e6) || greatest === Number.POSITIVE_INFINITY)
      throw new RangeError('a matrix of equations holds NaN or infinite cells');
    extra = extra === 0 ? Math.max(greatest * 1e-12, 1e-300) : extra * 10;
  }
}
