import type { Context } from '../../core/context.ts';
import type { Prediction, Training } from '../../core/router.ts';
import { weightedF1 } from '../../math/f1.ts';
import { fitLogistic, sigmoid } from '../../math/logistic.ts';
import { fromRows, type Matrix, matrix, selectRows } from '../../math/matrix.ts';
import { passing } from './passing.ts';

/** Training rows in two: inner fold 0, held out to choose, calibrate and set thresholds on, and the others. */
export interface Parts {
  readonly held: Int32Array;
  readonly kept: Int32Array;
  readonly heldX: Matrix;
  readonly keptX: Matrix;
}

export function innerParts({ features, folds }: Training, context: Context): Parts {
  const make = (): Parts => {
    const rows = Int32Array.from(folds.keys());
    const [held, kept] = [rows.filter((i) => folds[i] === 0), rows.filter((i) => folds[i] !== 0)];
    return { held, kept, heldX: selectRows(features, held), keptX: selectRows(features, kept) };
  };
  return passing('held-out part', [features, folds], { ...context, make });
}

/** Whether classes count by their rows, or each as much as the other. */
export type ClassWeights = 'plain' | 'balanced';

/** Labels in [0, 1], NaN where unobserved, and what each counts; 1 where weights are absent. */
export interface Labels {
  readonly y: Float64Array;
  readonly weights?: Float64Array;
  /** Where an outcome of one half stands among y; .5 where absent. */
  readonly half?: number;
}

/**
 * Balanced, positives count n / (2 n_pos) and negatives n / (2 n_neg). A fractional label is a positive by its
 * fraction and a negative by the rest. Where there is one class alone nothing is weighted.
 */
export function withClassWeights(y: Float64Array, kind: ClassWeights): Labels {
  if (kind === 'plain') return { y };
  let n = 0;
  let positive = 0;
  for (const value of y) {
    if (Number.isNaN(value)) continue;
    n++;
    positive += value;
  }
  if (!(positive > 0 && positive < n)) return { y };
  const up = n / (2 * positive);
  const down = n / (2 * (n - positive));
  const weights = y.map((value) => (Number.isNaN(value) ? 0 : up * value + down * (1 - value)));
  return { y: y.map((value, i) => (up * value) / weights[i]!), weights, half: up / (up + down) };
}

/** The labels of the named rows, in that order. */
export function pick({ weights, ...labels }: Labels, rows: Int32Array): Labels {
  return {
    ...labels,
    y: Float64Array.from(rows, (i) => labels.y[i]!),
    ...(weights && { weights: Float64Array.from(rows, (i) => weights[i]!) }),
  };
}

/** From a score (log odds) to a probability, and from which probability on the model is held capable. */
export type Calibration = { readonly slope: number; readonly offset: number; readonly threshold: number };

/** What held-out rows cannot tell: the score as it is, and one half. */
export const uncalibrated: Calibration = { slope: 1, offset: 0, threshold: 0.5 };
/** Of a model never observed: no opinion. */
export const noOpinion: Calibration = { slope: 0, offset: Number.NaN, threshold: 0.5 };

/** Platt's scaling of held-out scores (Platt 1999), with the weights that the scores were learned by, and the threshold of the greatest weighted F1. */
export function calibrate(score: ArrayLike<number>, labels: Labels): Calibration {
  // A small pull to zero keeps the slope in place where held-out rows are few.
  const { y, weights, half = 0.5 } = labels;
  const x = fromRows(Array.from(score, (s) => [s]));
  const platt = fitLogistic({ x, y, weights, penalty: 1e-3 });
  const fitted = platt.coefficients[0] ?? 0;
  const [slope, offset] = fitted > 0 ? [fitted, platt.intercept] : [1, 0];
  const p = Float64Array.from(score, (s) => sigmoid(slope * s + offset));
  return {
    slope,
    offset,
    threshold: bestThreshold(
      p,
      y.map((value) => (Number.isNaN(value) ? value : Number(value > half))),
    ),
  };
}

/**
 * The probability from which on to call a label positive (1, not 0) for the greatest weighted F1, the paper's
 * criterion: F1 of the positives alone would call nearly all of them positive where they are many. Of equals the
 * nearest to .5, which also stands where the rows hold one class alone. Between two rows' probabilities it lies
 * half way.
 */
export function bestThreshold(p: Float64Array, y: Float64Array): number {
  const order = Array.from(p.keys())
    .filter((i) => !Number.isNaN(y[i]!) && !Number.isNaN(p[i]!))
    .sort((a, b) => p[b]! - p[a]!);
  const positives = order.filter((i) => y[i] === 1).length;
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return 0.5;
  let [best, threshold, tp] = [-1, 0.5, 0];
  for (const [before, i] of order.entries()) {
    if (y[i] === 1) tp++;
    const next = order[before + 1];
    if (next !== undefined && p[next] === p[i]) continue;
    const fp = before + 1 - tp;
    const f1 = weightedF1({ tp, fp, fn: positives - tp, tn: negatives - fp });
    const here = next === undefined ? p[i]! : (p[i]! + p[next]!) / 2;
    const nearer = Math.abs(here - 0.5) < Math.abs(threshold - 0.5);
    if (f1 > best || (f1 === best && nearer)) [best, threshold] = [f1, here];
  }
  return threshold;
}

/** Probabilities of calibrated scores, one array of scores for each model, and who is capable by their thresholds. */
export function calibrated(
  scores: readonly ArrayLike<number>[],
  calibrations: readonly Calibration[],
  rows: number,
): Prediction {
  const cols = calibrations.length;
  const quality = matrix(rows, cols);
  const capable = matrix(rows, cols);
  calibrations.forEach(({ slope, offset, threshold }, m) => {
    for (let i = 0; i < rows; i++) {
      const p = sigmoid(slope * scores[m]![i]! + offset);
      quality.data[i * cols + m] = p;
      capable.data[i * cols + m] = Number(p >= threshold);
    }
  });
  return { quality, capable };
}
