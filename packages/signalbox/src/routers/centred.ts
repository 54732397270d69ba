import { type Matrix, matrix, row } from '../math/matrix.ts';

/**
 * What routing depends on is how models differ on a query, not how hard it is: each row less its mean over
 * the cells observed in `like` (FEASIBILITY, C7). NaN stays NaN.
 */
export function centre(values: Matrix, like: Matrix = values): { centred: Matrix; common: Float64Array } {
  const centred = matrix(values.rows, values.cols);
  const common = new Float64Array(values.rows);
  for (let i = 0; i < values.rows; i++) {
    const from = row(values, i);
    const seen = row(like, i);
    let sum = 0;
    let n = 0;
    for (let m = 0; m < from.length; m++) {
      if (Number.isNaN(seen[m]!) || Number.isNaN(from[m]!)) continue;
      sum += from[m]!;
      n++;
    }
    common[i] = sum / n;
    for (let m = 0; m < from.length; m++) centred.data[i * values.cols + m] = from[m]! - common[i]!;
  }
  return { centred, common };
}

/** Mean squared error of predicted differences between models, over observed cells. */
export function centredError(observed: Matrix, predicted: Matrix): number {
  const truth = centre(observed).centred;
  const guess = centre(predicted, observed).centred;
  let sum = 0;
  let n = 0;
  for (let i = 0; i < truth.data.length; i++) {
    const error = truth.data[i]! - guess.data[i]!;
    if (Number.isNaN(error)) continue;
    sum += error * error;
    n++;
  }
  return sum / Math.max(n, 1);
}
