import { lbfgs } from '../../math/lbfgs.ts';
import { multiplyTransposed } from '../../math/linear.ts';
import { type Matrix, matrix, row } from '../../math/matrix.ts';
import { addProduct } from '../../math/product.ts';

/** Share of each cluster in a query, queries x clusters: softmax of theta x; rows sum to 1. */
export function softMembership(theta: Matrix, x: Matrix): Matrix {
  const out = multiplyTransposed(x, theta);
  for (let i = 0; i < out.rows; i++) {
    const own = row(out, i);
    let most = Number.NEGATIVE_INFINITY;
    for (const score of own) most = Math.max(most, score);
    let total = 0;
    for (let k = 0; k < own.length; k++) {
      own[k] = Math.exp(own[k]! - most);
      total += own[k]!;
    }
    for (let k = 0; k < own.length; k++) own[k]! /= total;
  }
  return out;
}

export interface MapTraining {
  /** n x p. */
  readonly x: Matrix;
  /** n x models; NaN = not observed. */
  readonly quality: Matrix;
  /** Clusters x models in (0, 1), for each row the one that has not seen it: `tables[which[i]]`. */
  readonly tables: readonly Matrix[];
  readonly which: Int32Array;
}

/** Sum over observed cells of the log loss of the mixed cluster means, and its slope by theta (clusters x p). */
export function mapLoss(
  theta: Matrix,
  { x, quality, tables, which }: MapTraining,
): { loss: number; slopes: Float64Array } {
  const shares = softMembership(theta, x);
  const byScore = matrix(x.rows, theta.rows);
  const gains = new Float64Array(theta.rows);
  let loss = 0;
  for (let i = 0; i < x.rows; i++) {
    const [share, outcome, table] = [row(shares, i), row(quality, i), tables[which[i]!]!];
    gains.fill(0);
    for (let m = 0; m < outcome.length; m++) {
      const y = outcome[m]!;
      if (Number.isNaN(y)) continue;
      let p = 0;
      for (let k = 0; k < share.length; k++) p += share[k]! * table.data[k * table.cols + m]!;
      // Observed in this row's fold alone.
      if (Number.isNaN(p)) continue;
      loss -= y * Math.log(p) + (1 - y) * Math.log(1 - p);
      const slope = (p - y) / (p * (1 - p));
      for (let k = 0; k < share.length; k++) gains[k]! += slope * table.data[k * table.cols + m]!;
    }
    let usual = 0;
    for (let k = 0; k < share.length; k++) usual += share[k]! * gains[k]!;
    for (let k = 0; k < share.length; k++) byScore.data[i * theta.rows + k] = share[k]! * (gains[k]! - usual);
  }
  const slopes = new Float64Array(theta.data.length);
  addProduct(
    { data: byScore.data, stride: theta.rows, rows: theta.rows, transposed: true },
    { data: x.data, stride: x.cols, rows: x.cols, transposed: true },
    { data: slopes, depth: x.rows },
  );
  return { loss, slopes };
}

/** The map that lowers the log loss most, held to `start` by penalty / 2 x squared distance; not convex, so near `start`. */
export function learnMap(
  start: Matrix,
  work: MapTraining,
  options: {
    readonly penalty: number;
    readonly iterations: number;
    readonly signal?: AbortSignal | undefined;
  },
): Matrix {
  const { penalty, iterations, signal } = options;
  const origin = Float64Array.from(start.data);
  const search = lbfgs(origin, { tolerance: 1e-5 * Math.max(1, work.quality.data.length), iterations });
  let step = search.next();
  while (step.done !== true) {
    signal?.throwIfAborted();
    const point = step.value;
    const { loss, slopes } = mapLoss({ ...start, data: point }, work);
    let value = loss;
    for (let c = 0; c < point.length; c++) {
      const moved = point[c]! - origin[c]!;
      value += (penalty / 2) * moved * moved;
      slopes[c]! += penalty * moved;
    }
    step = search.next({ value, gradient: slopes });
  }
  return { ...start, data: step.value };
}
