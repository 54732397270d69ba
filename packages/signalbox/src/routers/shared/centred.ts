import { type Matrix, matrix, row } from '../../math/matrix.ts';

/**
 * What routing depends on is how models differ on a query, not how hard it is: each row less its mean over
 * the cells observed in `like` (FEASIBILITY, C7). NaN stays NaN.
 */
export function centre(values: Matrix, like: Matrix = values): { centred: Matrix; common: Float64Array } {
  const centred = matrix(values.rows, values.cols);
  const common = new Float64Array(values.rows);
  for (let i = 0; i < values.rows; i++) {
    const from = row(values, i);
    common[i] = commonOf(from, row(like, i));
    for (let m = 0; m < from.length; m++) centred.data[i * values.cols + m] = from[m]! - common[i]!;
  }
  return { centred, common };
}

/** Mean squared error of predicted differences between models, over observed cells. */
export function centredError(observed: Matrix, predicted: Matrix): number {
  const errors = centredErrors(observed);
  for (let i = 0; i < observed.rows; i++) errors.add(i, row(predicted, i));
  return errors.mean();
}

/** The same, row by row, for predictions too many to be held at once. */
export function centredErrors(observed: Matrix): {
  add(i: number, predicted: ArrayLike<number>): void;
  mean(): number;
} {
  let sum = 0;
  let n = 0;
  return {
    add: (i, predicted) => {
      const seen = row(observed, i);
      const [level, guessed] = [commonOf(seen, seen), commonOf(predicted, seen)];
      for (let m = 0; m < seen.length; m++) {
        const error = seen[m]! - level - (predicted[m]! - guessed);
        if (Number.isNaN(error)) continue;
        sum += error * error;
        n++;
      }
    },
    mean: () => sum / Math.max(n, 1),
  };
}

/** Mean over the cells observed in `seen`. */
function commonOf(values: ArrayLike<number>, seen: ArrayLike<number>): number {
  let sum = 0;
  let n = 0;
  for (let m = 0; m < values.length; m++) {
    if (Number.isNaN(seen[m]!) || Number.isNaN(values[m]!)) continue;
    sum += values[m]!;
    n++;
  }
  return sum / n;
}
