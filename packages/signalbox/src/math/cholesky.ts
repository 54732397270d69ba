import { type Matrix, matrix } from './matrix.ts';
import { addProduct, type Operand } from './product.ts';

const BLOCK = 64;

/**
 * L with L L' = A, lower (zeros above), of a symmetric matrix of which the lower half is read; undefined if
 * it is not positive definite. Left-looking by blocks: most of the work is in `addProduct`.
 */
export function cholesky(a: Matrix): Matrix | undefined {
  const p = a.rows;
  if (a.cols !== p) throw new RangeError(`${p} x ${a.cols} is not square`);
  const out = matrix(p, p);
  const l = out.data;
  for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) l[i * p + j] = a.data[i * p + j]!;
  for (let j = 0; j < p; j += BLOCK) {
    const width = Math.min(BLOCK, p - j);
    if (j > 0) subtractEarlier(l, p, { j, width });
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
function subtractEarlier(l: Float64Array, p: number, { j, width }: Panel): void {
  const below: Operand = { data: l.subarray(j * p), stride: p, rows: p - j, transposed: false };
  const taken = new Float64Array((p - j) * width);
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
  const x = forwardSolve(l, b);
  const p = l.rows;
  const m = b.cols;
  for (let i = p - 1; i >= 0; i--) {
    const own = i * m;
    const inverse = 1 / l.data[i * p + i]!;
    for (let c = 0; c < m; c++) x.data[own + c]! *= inverse;
    for (let t = 0; t < i; t++) {
      const factor = l.data[i * p + t]!;
      for (let c = 0, o = t * m; c < m; c++, o++) x.data[o]! -= factor * x.data[own + c]!;
    }
  }
  return x;
}

/** X with L X = B. */
export function forwardSolve(l: Matrix, b: Matrix): Matrix & { readonly data: Float64Array } {
  const p = l.rows;
  const m = b.cols;
  if (b.rows !== p) throw new RangeError(`${b.rows} rows on the right, ${p} in the factor`);
  const out = matrix(p, m);
  const x = out.data;
  x.set(b.data);
  for (let i = 0; i < p; i++) {
    const own = i * m;
    for (let t = 0; t < i; t++) {
      const factor = l.data[i * p + t]!;
      for (let c = 0, o = t * m; c < m; c++, o++) x[own + c]! -= factor * x[o]!;
    }
    const inverse = 1 / l.data[i * p + i]!;
    for (let c = 0; c < m; c++) x[own + c]! *= inverse;
  }
  return out;
}

/**
 * The factor of A + shift I for a positive semidefinite A. Where rounding or a shift of 0 leaves it indefinite,
 * the shift grows from 1e-12 of the greatest diagonal cell by tenfold until it is not.
 */
export function choleskyShifted(a: Matrix, shift: number): Matrix {
  const p = a.rows;
  const data = Float64Array.from(a.data);
  let greatest = 0;
  for (let i = 0; i < p; i++) greatest = Math.max(greatest, Math.abs(a.data[i * p + i]!));
  let extra = 0;
  for (;;) {
    for (let i = 0; i < p; i++) data[i * p + i] = a.data[i * p + i]! + shift + extra;
    const factor = cholesky({ rows: p, cols: p, data });
    if (factor !== undefined) return factor;
    if (!(extra <= greatest * 1e6)) throw new RangeError('a matrix of equations holds NaN or infinite cells');
    extra = extra === 0 ? Math.max(greatest * 1e-12, 1e-300) : extra * 10;
  }
}
