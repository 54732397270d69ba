import { type Matrix, matrix, type Numbers, row } from '../../math/matrix.ts';

/** Rows divided by their lengths, and these. */
export interface UnitRows {
  readonly unit: Matrix;
  readonly lengths: Float64Array;
}

/** A row of zeros stays so. */
export function unitRows(m: Matrix): UnitRows {
  const unit = matrix(m.rows, m.cols);
  const lengths = new Float64Array(m.rows);
  for (let i = 0; i < m.rows; i++) {
    const from = row(m, i);
    lengths[i] = Math.sqrt(dot(from, from));
    if (lengths[i]! > 0) addScaled(row(unit, i), from, 1 / lengths[i]!);
  }
  return { unit, lengths };
}

/** Slopes by unit rows to slopes by the rows before they were divided by their lengths. */
export function throughUnit(
  { unit, lengths }: UnitRows,
  slopes: Matrix,
): Matrix & { readonly data: Float64Array } {
  const out = matrix(slopes.rows, slopes.cols);
  for (let i = 0; i < slopes.rows; i++) {
    if (lengths[i] === 0) continue;
    const [u, slope, to] = [row(unit, i), row(slopes, i), row(out, i)];
    addScaled(to, slope, 1 / lengths[i]!);
    addScaled(to, u, -dot(u, slope) / lengths[i]!);
  }
  return out;
}

export function dot(a: Numbers, b: Numbers): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

export function addScaled(to: Numbers, from: Numbers, factor: number): void {
  for (let j = 0; j < to.length; j++) to[j]! += factor * from[j]!;
}
