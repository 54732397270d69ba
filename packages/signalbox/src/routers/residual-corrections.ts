import type { Context } from '../core/context.ts';
import type { Training } from '../core/router.ts';
import { hstack, type Matrix, matrix } from '../math/matrix.ts';
import { fitRidge, predictRidge } from '../math/ridge.ts';
import { centre } from './centred.ts';
import { neighbours, outOfFoldNeighbours, sumOver } from './neighbours.ts';

/** What is learned from what the base leaves over: how hard a query is (common to all models) and how models differ on it. */
export type Corrections = {
  readonly coefficients: Matrix;
  readonly intercept: Float64Array;
  /** Training rows and their residuals, for neighbours; columns: common, then one per model. */
  readonly features: Matrix;
  readonly residuals: Matrix;
  readonly k: number;
  /** Weights earned in cross-validation by ridge and neighbours. */
  readonly common: readonly [number, number];
  readonly special: readonly [number, number];
};

/** Rows' worth of belief that a neighbourhood leaves nothing over. */
const kappa = 10;

export function fitCorrections(
  train: Training,
  outOfFoldBase: Matrix,
  args: { readonly penalties: readonly number[]; readonly candidates: readonly number[] },
  context: Context,
): Corrections {
  const residuals = split(subtract(train.table.quality, outOfFoldBase));
  const { features, folds } = train;
  const ridge = fitRidge({
    x: features,
    y: residuals,
    folds,
    penalties: args.penalties,
    ...(context.signal && { signal: context.signal }),
  });
  const near = outOfFoldNeighbours(features, folds, Math.max(...args.candidates), context);
  let best: { k: number; special: Earned; guess: Matrix } | undefined;
  for (const k of args.candidates) {
    const guess = shrunken(sumOver(near, residuals, k));
    const special = earn({
      residuals,
      ridge: ridge.outOfFold,
      near: guess,
      folds,
      from: 1,
      to: residuals.cols,
    });
    if (best === undefined || special.error < best.special.error) best = { k, special, guess };
  }
  const common = earn({ residuals, ridge: ridge.outOfFold, near: best!.guess, folds, from: 0, to: 1 });
  return {
    coefficients: ridge.coefficients,
    intercept: ridge.intercept,
    features,
    residuals,
    k: best!.k,
    common: common.weights,
    special: best!.special.weights,
  };
}

/** Adds the corrections to the base, in place. */
export function correct(
  base: Matrix,
  features: Matrix,
  state: Corrections & { readonly width: number },
  context: Context,
): Matrix {
  const used = [...state.common, ...state.special];
  if (used.every((weight) => weight === 0)) return base;
  const linear = predictRidge(state, features);
  const near =
    state.common[1] + state.special[1] === 0
      ? matrix(features.rows, linear.cols)
      : shrunken(
          sumOver(neighbours(features, state.features, state.width, context), state.residuals, state.k),
        );
  for (let i = 0; i < base.rows; i++) {
    const from = i * linear.cols;
    const shift = state.common[0] * finite(linear.data[from]!) + state.common[1] * near.data[from]!;
    for (let m = 0; m < base.cols; m++) {
      const cell = from + 1 + m;
      base.data[i * base.cols + m]! +=
        shift + state.special[0] * finite(linear.data[cell]!) + state.special[1] * near.data[cell]!;
    }
  }
  return base;
}

const finite = (x: number): number => (Number.isFinite(x) ? x : 0);

interface Earned {
  readonly weights: readonly [number, number];
  readonly error: number;
}

/**
 * Non-negative least squares of residuals on the two out-of-fold predictions, for the columns from..to. The
 * weights are kept only if they lower the squared error by more than one standard error over inner folds.
 */
function earn(args: {
  readonly residuals: Matrix;
  readonly ridge: Matrix;
  readonly near: Matrix;
  readonly folds: Int32Array;
  readonly from: number;
  readonly to: number;
}): Earned {
  const { residuals, ridge, near, folds, from, to } = args;
  const each = (visit: (i: number, r: number, a: number, b: number) => void): void => {
    for (let i = 0; i < residuals.rows; i++) {
      for (let j = from; j < to; j++) {
        const cell = i * residuals.cols + j;
        const r = residuals.data[cell]!;
        if (!Number.isNaN(r)) visit(i, r, finite(ridge.data[cell]!), near.data[cell]!);
      }
    }
  };
  let [aa, ab, bb, ar, br, n] = [0, 0, 0, 0, 0, 0];
  each((_, r, a, b) => {
    aa += a * a;
    ab += a * b;
    bb += b * b;
    ar += a * r;
    br += b * r;
    n++;
  });
  const weights = nonNegative({ aa, ab, bb, ar, br });
  const gains = new Map<number, { sum: number; n: number }>();
  let error = 0;
  each((i, r, a, b) => {
    const left = r - weights[0] * a - weights[1] * b;
    error += left * left;
    const fold = gains.get(folds[i]!) ?? { sum: 0, n: 0 };
    gains.set(folds[i]!, { sum: fold.sum + r * r - left * left, n: fold.n + 1 });
  });
  const means = [...gains.values()].map((gain) => gain.sum / gain.n);
  const mean = means.reduce((sum, x) => sum + x, 0) / Math.max(means.length, 1);
  const spread = Math.sqrt(
    means.reduce((sum, x) => sum + (x - mean) ** 2, 0) /
      Math.max(means.length - 1, 1) /
      Math.max(means.length, 1),
  );
  return mean > spread && means.length > 1
    ? { weights, error: error / n }
    : { weights: [0, 0], error: Number.POSITIVE_INFINITY };
}

function nonNegative(s: { aa: number; ab: number; bb: number; ar: number; br: number }): [number, number] {
  const determinant = s.aa * s.bb - s.ab * s.ab;
  if (determinant > 1e-12 * s.aa * s.bb) {
    const a = (s.ar * s.bb - s.br * s.ab) / determinant;
    const b = (s.br * s.aa - s.ar * s.ab) / determinant;
    if (a >= 0 && b >= 0) return [Math.min(a, 1), Math.min(b, 1.5)];
  }
  const alone = (numerator: number, denominator: number, cap: number): number =>
    denominator > 0 ? Math.min(Math.max(numerator / denominator, 0), cap) : 0;
  const [a, b] = [alone(s.ar, s.aa, 1), alone(s.br, s.bb, 1.5)];
  return a * s.ar >= b * s.br ? [a, 0] : [0, b];
}

/** Columns: the row's mean residual, then each model's residual less that mean. */
function split(residuals: Matrix): Matrix {
  const { centred, common } = centre(residuals);
  return hstack([{ rows: residuals.rows, cols: 1, data: common }, centred]);
}

function subtract(a: Matrix, b: Matrix): Matrix {
  const out = matrix(a.rows, a.cols);
  for (let i = 0; i < out.data.length; i++) out.data[i] = a.data[i]! - b.data[i]!;
  return out;
}

function shrunken({ sums, counts }: { readonly sums: Matrix; readonly counts: Matrix }): Matrix {
  const out = matrix(sums.rows, sums.cols);
  for (let i = 0; i < out.data.length; i++) out.data[i] = sums.data[i]! / (counts.data[i]! + kappa);
  return out;
}
