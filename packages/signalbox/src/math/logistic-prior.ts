import { choleskyShifted, choleskySolve } from './cholesky.ts';
import { gram } from './linear.ts';
import { sigmoid } from './logistic.ts';
import { type Matrix, row } from './matrix.ts';

export interface LogisticPriorInput {
  /** n x p. */
  readonly x: Matrix;
  /** Labels in [0, 1], fractions allowed. */
  readonly y: Float64Array;
  /** What is added to the log odds of each row. */
  readonly offset: Float64Array;
  /** Of the normal prior of each coefficient, whose mean is 0; above 0. */
  readonly precision: Float64Array;
}

/**
 * The most likely coefficients of a logistic regression whose coefficients have a normal prior: minimises
 * sum loss + sum precision b^2 / 2 by Newton's method with halved steps (Nocedal and Wright, chapter 3). The prior
 * keeps it finite where all labels are alike, and answers for what the rows leave open. Without rows it is 0.
 */
export function fitLogisticPrior({ x, y, offset, precision }: LogisticPriorInput): Float64Array {
  if (x.rows !== y.length || x.rows !== offset.length || x.cols !== precision.length)
    throw new RangeError(
      `x is ${x.rows} x ${x.cols}, y has ${y.length} rows, offset ${offset.length}, precision ${precision.length}`,
    );
  let at = new Float64Array(x.cols);
  let loss = lossAt(at, { x, y, offset, precision });
  for (let step = 0; step < 50; step++) {
    const { gradient, weights } = slopesAt(at, { x, y, offset, precision });
    if (gradient.every((g) => Math.abs(g) < 1e-9)) break;
    const curvature = gram(x, { weights });
    precision.forEach((p, c) => {
      curvature.data[c * x.cols + c]! += p;
    });
    const { data } = choleskySolve(choleskyShifted(curvature, 0), {
      rows: x.cols,
      cols: 1,
      data: gradient,
    });
    const found = halved(at, data, (point) => lossAt(point, { x, y, offset, precision }), loss);
    if (found === undefined) break;
    at = found.point;
    const gain = loss - found.loss;
    loss = found.loss;
    if (gain < 1e-12 * (1 + loss)) break;
  }
  return at;
}

function halved(
  from: Float64Array,
  direction: ArrayLike<number>,
  loss: (point: Float64Array) => number,
  before: number,
): { point: Float64Array<ArrayBuffer>; loss: number } | undefined {
  for (let size = 1; size > 1e-6; size /= 2) {
    const point = Float64Array.from(from, (value, c) => value - size * direction[c]!);
    const after = loss(point);
    if (after < before) return { point, loss: after };
  }
  return undefined;
}

function scoreOf(x: Matrix, i: number, at: Float64Array): number {
  const own = row(x, i);
  let score = 0;
  for (let c = 0; c < at.length; c++) score += own[c]! * at[c]!;
  return score;
}

function lossAt(at: Float64Array, { x, y, offset, precision }: LogisticPriorInput): number {
  let loss = 0;
  for (let i = 0; i < x.rows; i++) {
    const z = offset[i]! + scoreOf(x, i, at);
    loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y[i]! * z;
  }
  for (let c = 0; c < at.length; c++) loss += (precision[c]! * at[c]! * at[c]!) / 2;
  return loss;
}

function slopesAt(
  at: Float64Array,
  { x, y, offset, precision }: LogisticPriorInput,
): { gradient: Float64Array; weights: Float64Array } {
  const gradient = Float64Array.from(at, (value, c) => precision[c]! * value);
  const weights = new Float64Array(x.rows);
  for (let i = 0; i < x.rows; i++) {
    const p = sigmoid(offset[i]! + scoreOf(x, i, at));
    weights[i] = p * (1 - p);
    const own = row(x, i);
    for (let c = 0; c < at.length; c++) gradient[c]! += (p - y[i]!) * own[c]!;
  }
  return { gradient, weights };
}
