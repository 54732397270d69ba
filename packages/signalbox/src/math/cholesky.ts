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
  for (let i = j; i < p; i++) {
    const row = i * p;
    const last = Math.min(i, j + width - 1);
    for (let c = j; c <= last; c++) {
      const other = c * p;
      let sum = l[row + c]!;
      for (let t = j; t < c; t++) sum -= l[row + t]! * l[other + t]!;
      if (c < i) l[row + c] = sum / l[other + c]!;
      else if (sum > 0 && sum < Number.POSITIVE_INFINITY) l[row + c] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** X with L L' X = B, for every column of b. */
export function choleskySolve(l: Matrix, b: Matrix): Matrix {
  return solve(l, b, (factor, x) => {
    forward(factor, x);
    backward(factor, x);
  });
}

/** X with L X = B. */
export function forwardSolve(l: Matrix, b: Matrix): Matrix & { readonly data: Float64Array } {
  return solve(l, b, forward);
}

type Four = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

/** Four columns at a time, each laid out by itself: a row of L is then read once for the four. */
function solve(
  l: Matrix,
  b: Matrix,
  step: (l: Matrix, x: Four) => void,
): Matrix & { readonly data: Float64Array } {
  const p = l.rows;
  const m = b.cols;
  if (b.rows !== p) throw new RangeError(`${b.rows} rows on the right, ${p} in the factor`);
  const out = matrix(p, m);
  const x: Four = [new Float64Array(p), new Float64Array(p), new Float64Array(p), new Float64Array(p)];
  for (let j = 0; j < m; j += 4) {
    const used = Math.min(4, m - j);
    for (let i = 0; i < p; i++) for (let c = 0; c < used; c++) x[c]![i] = b.data[i * m + j + c]!;
    for (let c = used; c < 4; c++) x[c]!.fill(0);
    step(l, x);
    for (let i = 0; i < p; i++) for (let c = 0; c < used; c++) out.data[i * m + j + c] = x[c]![i]!;
  }
  return out;
}

function forward({ rows: p, data: l }: Matrix, [x0, x1, x2, x3]: Four): void {
  for (let i = 0, start = 0; i < p; i++, start += p) {
    let [s0, s1, s2, s3] = [x0[i]!, x1[i]!, x2[i]!, x3[i]!];
    for (let t = 0; t < i; t++) {
      const factor = l[start + t]!;
      s0 -= factor * x0[t]!;
      s1 -= factor * x1[t]!;
      s2 -= factor * x2[t]!;
      s3 -= factor * x3[t]!;
    }
    const inverse = 1 / l[start + i]!;
    x0[i] = s0 * inverse;
    x1[i] = s1 * inverse;
    x2[i] = s2 * inverse;
    x3[i] = s3 * inverse;
  }
}

/** L' X = B, by rows of L: what is solved is taken from all above it. */
function backward({ rows: p, data: l }: Matrix, [x0, x1, x2, x3]: Four): void {
  for (let i = p - 1, start = i * p; i >= 0; i--, start -= p) {
    const inverse = 1 / l[start + i]!;
    const v0 = x0[i]! * inverse;
    const v1 = x1[i]! * inverse;
    const v2 = x2[i]! * inverse;
    const v3 = x3[i]! * inverse;
    for (let t = 0; t < i; t++) {
      const factor = l[start + t]!;
      x0[t]! -= factor * v0;
      x1[t]! -= factor * v1;
      x2[t]! -= factor * v2;
      x3[t]! -= factor * v3;
    }
    x0[i] = v0;
    x1[i] = v1;
    x2[i] = v2;
    x3[i] = v3;
  }
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
