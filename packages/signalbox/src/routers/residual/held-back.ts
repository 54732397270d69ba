import type { Matrix } from '../../math/matrix.ts';

/** How far below the reference a model comes that is held back: enough for no tie, nothing to a forecast. */
const step = 1e-6;

/** A gain that nothing predicts, so that no model is left the reference for. */
export const never = 2;

/**
 * A model predicted above the reference by no more than `least(row, model)` comes just below it, in place; the
 * order among those held back stays, and so does all that is predicted below the reference. Choices for quality
 * alone then leave the reference only for a gain that counts, and a curve over prices is what it was.
 */
export function holdBack(
  quality: Matrix,
  reference: number,
  least: (row: number, model: number) => number,
): Matrix {
  for (let i = 0; i < quality.rows; i++) {
    const from = i * quality.cols;
    const level = quality.data[from + reference]!;
    for (let m = 0; m < quality.cols; m++) {
      const gain = quality.data[from + m]! - level;
      const bar = least(i, m);
      if (gain > 0 && gain <= bar) quality.data[from + m] = level - step * (2 - gain / bar);
    }
  }
  return quality;
}

/** Rows with forecasts by a fit that had not seen them, and what came of each. */
export interface Seen {
  readonly forecasts: Matrix;
  readonly quality: Matrix;
  /** Column of the best single model. */
  readonly reference: number;
  /** Of each row in the average that is compared. */
  readonly weights: Float64Array;
}

/**
 * What choosing by forecasts brings over the reference on each row, where it is left only for a predicted gain
 * above `least`; 0 where either outcome was not observed.
 */
export function gains({ forecasts, quality, reference, weights }: Seen, least = 0): Float64Array {
  return Float64Array.from({ length: forecasts.rows }, (_, i) => {
    const from = i * forecasts.cols;
    let best = reference;
    let most = forecasts.data[from + reference]! + least;
    for (let m = 0; m < forecasts.cols; m++) {
      const value = forecasts.data[from + m]!;
      if (m !== reference && value > most) [best, most] = [m, value];
    }
    const gain = weights[i]! * (quality.data[from + best]! - quality.data[from + reference]!);
    return Number.isNaN(gain) ? 0 : gain;
  });
}

/** Mean of paired gains, and its standard error. */
export function meanGain(values: Float64Array): { readonly mean: number; readonly error: number } {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / Math.max(n - 1, 1) / n) };
}

const margins = [0.3, 0.2, 0.15, 0.1, 0.075, 0.05, 0.03, 0.02, 0.01, 0];

/**
 * The predicted gain above which leaving the reference gained most on rows that the fit had not seen, the
 * greatest of equals; `never` where even that gained no more than one standard error.
 */
export function earnedMargin(seen: Seen): number {
  let best = { margin: never, mean: 0, error: 0 };
  for (const margin of margins) {
    const gain = meanGain(gains(seen, margin));
    if (gain.mean > best.mean) best = { margin, ...gain };
  }
  return best.mean > best.error ? best.margin : never;
}
