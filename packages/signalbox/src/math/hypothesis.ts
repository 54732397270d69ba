import { logGamma, normalQuantile } from './distributions.ts';
import type { Matrix } from './matrix.ts';
import { quantile } from './order.ts';

export { normalCdf, normalQuantile, studentT, studentTQuantile } from './distributions.ts';

/** Holm's step-down adjustment, in the order given: reject where the result is at most the level. */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const adjusted = new Array<number>(p.length).fill(1);
  let most = 0;
  order.forEach((i, place) => {
    most = Math.max(most, Math.min(1, (p.length - place) * p[i]!));
    adjusted[i] = most;
  });
  return adjusted;
}

export interface Simultaneous {
  /** The multiple of the standard error that covers all estimates at once. */
  readonly critical: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Two-sided, adjusted for all estimates (single step); never below 1 / (draws + 1). */
  readonly p: Float64Array;
}

/**
 * Simultaneous intervals by the distribution of the greatest |draw - estimate| / standard error (Westfall and
 * Young's max-t). `draws` is bootstrap draws x estimates, all estimates from the same resampling. An estimate
 * without spread (standard error 0 or NaN) has a point for an interval and takes no part in the maximum.
 */
export function maxT(input: {
  readonly estimates: ArrayLike<number>;
  readonly standardErrors: ArrayLike<number>;
  readonly draws: Matrix;
  readonly level?: number;
}): Simultaneous {
  const { estimates, standardErrors, draws, level = 0.95 } = input;
  const count = estimates.length;
  const greatest = new Float64Array(draws.rows);
  for (let b = 0; b < draws.rows; b++) {
    for (let k = 0; k < count; k++) {
      const t = Math.abs(draws.data[b * count + k]! - estimates[k]!) / standardErrors[k]!;
      if (standardErrors[k]! > 0 && t > greatest[b]!) greatest[b] = t;
    }
  }
  const sorted = greatest.slice().sort();
  const critical = draws.rows > 0 ? quantile(sorted, level) : normalQuantile(1 - (1 - level) / 2);
  const low = new Float64Array(count);
  const high = new Float64Array(count);
  const p = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const error = standardErrors[k]!;
    const reach = error > 0 ? critical * error : 0;
    low[k] = estimates[k]! - reach;
    high[k] = estimates[k]! + reach;
    p[k] =
      error > 0
        ? upperShare(sorted, Math.abs(estimates[k]!) / error)
        : estimates[k] === 0
          ? 1
          : 1 / (draws.rows + 1);
  }
  return { critical, low, high, p };
}

/** (1 + how many are at least `value`) / (1 + n), of numbers sorted ascending. */
function upperShare(sorted: Float64Array, value: number): number {
  let below = 0;
  let above = sorted.length;
  while (below < above) {
    const middle = (below + above) >> 1;
    if (sorted[middle]! < value) below = middle + 1;
    else above = middle;
  }
  return (1 + sorted.length - below) / (1 + sorted.length);
}

/**
 * Standard error of a cross-validated mean difference, corrected for the overlap of the training sets: the
 * variance is (1/J + n_test/n_train) s^2 over J folds (Nadeau and Bengio 2003, "Inference for the
 * generalization error"); for t with `df` = J - 1. NaN with fewer than two folds.
 */
export function nadeauBengio(input: {
  readonly differences: readonly number[];
  readonly testOverTrain: number;
}): { standardError: number; df: number } {
  const { differences, testOverTrain } = input;
  const n = differences.length;
  if (n < 2) return { standardError: Number.NaN, df: 0 };
  const mean = differences.reduce((sum, d) => sum + d, 0) / n;
  const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (n - 1);
  return { standardError: Math.sqrt((1 / n + testOverTrain) * variance), df: n - 1 };
}

/**
 * McNemar's test on paired yes-or-no outcomes that disagree `n10` times one way and `n01` the other: the exact
 * two-sided binomial p, and mid-p (Fagerland, Lydersen and Laake 2013), which counts the observed split half.
 */
export function mcnemar(n10: number, n01: number): { exact: number; mid: number } {
  const n = n10 + n01;
  if (n === 0) return { exact: 1, mid: 1 };
  const few = Math.min(n10, n01);
  let tail = 0;
  for (let i = 0; i <= few; i++) tail += binomialHalf(i, n);
  const exact = Math.min(1, 2 * tail);
  return { exact, mid: n10 === n01 ? 1 - 0.5 * binomialHalf(few, n) : 2 * tail - binomialHalf(few, n) };
}

function binomialHalf(k: number, n: number): number {
  return Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.LN2);
}
