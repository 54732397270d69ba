import { columnMeans, gram, multiply } from './linear.ts';
import { at, type Matrix, matrix } from './matrix.ts';
import { descending } from './order.ts';
import type { Rng } from './rng.ts';
import { orthonormal, symmetricEigen } from './svd.ts';

/** The directions in which rows spread most, and where they lie. */
export type PrincipalComponents = {
  readonly mean: Float64Array;
  /** Columns of x, at most `width` wide; no columns where all rows are alike. */
  readonly components: Matrix;
  /** Standard deviation (over n) of the rows along each, descending. */
  readonly deviations: Float64Array;
};

/** Passes over the covariance; what matters is the space of the leading directions, which a few already settle. */
const passes = 8;
const oversample = 8;
/** Below this share of the greatest deviation rounding is all there is. */
const negligible = 1e-6;

/** Principal components of the rows of x by subspace iteration on their covariance; fewer than `width` where the rank is lower. */
export function principalComponents(
  x: Matrix,
  { width, random }: { readonly width: number; readonly random: Rng },
): PrincipalComponents {
  const mean = columnMeans(x);
  const none = { mean, components: matrix(x.cols, 0), deviations: new Float64Array(0) };
  if (x.rows === 0 || x.cols === 0) return none;
  const covariance = gram(x, { shift: mean });
  const start = matrix(x.cols, Math.min(width + oversample, x.cols));
  for (let c = 0; c < start.data.length; c++) start.data[c] = random.normal();
  let basis = orthonormal(start);
  for (let pass = 0; pass < passes; pass++) {
    basis = orthonormal(multiply(covariance, basis));
    if (basis.cols === 0) return none;
  }
  const turned = matrix(basis.cols, basis.rows);
  for (let i = 0; i < basis.rows; i++)
    for (let j = 0; j < basis.cols; j++) turned.data[j * basis.rows + i] = at(basis, i, j);
  const { vectors, values } = symmetricEigen(multiply(turned, multiply(covariance, basis)));
  const deviation = (j: number): number => Math.sqrt(Math.max(values[j]!, 0) / x.rows);
  const order = descending(values).slice(0, width);
  const size = Math.max(1e-12, ...mean.map(Math.abs));
  const least = negligible * Math.max(deviation(order[0]!), negligible * size);
  const kept = order.filter((j) => deviation(j) > least);
  const chosen = matrix(vectors.rows, kept.length);
  kept.forEach((j, to) => {
    for (let i = 0; i < vectors.rows; i++) chosen.data[i * kept.length + to] = at(vectors, i, j);
  });
  return { mean, components: multiply(basis, chosen), deviations: Float64Array.from(kept, deviation) };
}

/** Rows along each component, in units of its deviation. */
export function alongComponents({ mean, components, deviations }: PrincipalComponents, x: Matrix): Matrix {
  const { cols } = components;
  const out = matrix(x.rows, cols);
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < x.cols; j++) {
      const away = x.data[i * x.cols + j]! - mean[j]!;
      for (let k = 0; k < cols; k++) out.data[i * cols + k]! += away * components.data[j * cols + k]!;
    }
    for (let k = 0; k < cols; k++) out.data[i * cols + k]! /= deviations[k]!;
  }
  return out;
}
