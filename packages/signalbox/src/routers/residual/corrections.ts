import type { Context } from '../../core/context.ts';
import type { Training } from '../../core/router.ts';
import { hstack, type Matrix, matrix } from '../../math/matrix.ts';
import { fitRidge, foldGrams, predictRidge } from '../../math/ridge.ts';
import { centre } from '../shared/centred.ts';
import { growingSums, neighbours, outOfFoldNeighbours } from '../shared/neighbours.ts';

/**
 * What text adds to the base: a ridge regression of outcomes, by how far it departs from the base, and what the base
 * left over on the nearest training rows; each apart for how hard a query is (common to all models) and for how
 * models differ on it.
 */
export type Corrections = {
  /** Of each model's outcomes on the encoded query. */
  readonly coefficients: Matrix;
  readonly intercept: Float64Array;
  /** Training rows and their residuals, for neighbours; columns: common, then one per model. */
  readonly features: Matrix;
  readonly residuals: Matrix;
  /** Numbers of neighbours that are asked. */
  readonly sizes: readonly number[];
  /** Weights earned in cross-validation by ridge, then by each number of neighbours. */
  readonly common: readonly number[];
  readonly special: readonly number[];
};

/** Rows' worth of belief that a neighbourhood leaves nothing over. */
const kappa = 10;

export function fitCorrections(
  train: Training,
  outOfFoldBase: Matrix,
  args: { readonly penalties: readonly number[]; readonly sizes: readonly number[] },
  context: Context,
): { corrections: Corrections; outOfFold: Matrix } {
  const { features, folds, table } = train;
  const residuals = split(subtract(table.quality, outOfFoldBase));
  const ridge = fitRidge({
    x: features,
    y: table.quality,
    folds,
    penalties: args.penalties,
    grams: context.once('fold grams', [features, folds], foldGrams),
    ...(context.signal && { signal: context.signal }),
  });
  const near = outOfFoldNeighbours(features, folds, Math.max(...args.sizes), context);
  const departure = split(subtract(ridge.outOfFold, outOfFoldBase), table.quality);
  const sumsOver = growingSums(near, residuals);
  const guesses = [departure, ...args.sizes.map((k) => shrunken(sumsOver(k)))];
  const corrections = {
    coefficients: ridge.coefficients,
    intercept: ridge.intercept,
    features,
    residuals,
    sizes: args.sizes,
    common: earn({ residuals, guesses, folds, from: 0, to: 1 }),
    special: earn({ residuals, guesses, folds, from: 1, to: residuals.cols }),
  };
  const outOfFold = copy(outOfFoldBase);
  for (const [g, guess] of guesses.entries()) addGuess(outOfFold, guess, corrections, g);
  return { corrections, outOfFold };
}

/** Adds the corrections to the base, in place: one guess after the other, and only those that earned a weight. */
export function correct(base: Matrix, features: Matrix, state: Corrections, context: Context): Matrix {
  const counts = (g: number): boolean => state.common[g] !== 0 || state.special[g] !== 0;
  if (counts(0)) addGuess(base, split(subtract(predictRidge(state, features), base)), state, 0);
  const sizes = state.sizes.flatMap((k, i) => (counts(i + 1) ? [{ k, g: i + 1 }] : []));
  if (sizes.length === 0) return base;
  const near = neighbours(features, state.features, Math.max(...state.sizes), context);
  const sumsOver = growingSums(near, state.residuals);
  for (const { k, g } of sizes) addGuess(base, shrunken(sumsOver(k)), state, g);
  return base;
}

/** Adds the guess of this place among the weights. */
function addGuess(
  base: Matrix,
  { data }: Matrix,
  { common, special }: Pick<Corrections, 'common' | 'special'>,
  g: number,
): void {
  const [shared, own] = [common[g]!, special[g]!];
  if (shared === 0 && own === 0) return;
  for (let i = 0; i < base.rows; i++) {
    const from = i * (base.cols + 1);
    const shift = shared * finite(data[from]!);
    for (let m = 0; m < base.cols; m++)
      base.data[i * base.cols + m]! += shift + own * finite(data[from + 1 + m]!);
  }
}

const copy = ({ rows, cols, data }: Matrix): Matrix => ({ rows, cols, data: data.slice() });

const finite = (x: number): number => (Number.isFinite(x) ? x : 0);

/**
 * Non-negative least squares of residuals on the out-of-fold guesses, for the columns from..to. The weights are
 * kept only if they lower the squared error by more than one standard error over inner folds, else they are 0.
 */
export function earn(args: {
  readonly residuals: Matrix;
  readonly guesses: readonly Matrix[];
  readonly folds: Int32Array;
  readonly from: number;
  readonly to: number;
}): number[] {
  const { residuals, guesses, folds, from, to } = args;
  const p = guesses.length;
  const none = new Array<number>(p).fill(0);
  const each = (visit: (row: number, left: number, x: Float64Array) => void): void => {
    const x = new Float64Array(p);
    for (let i = 0; i < residuals.rows; i++) {
      for (let j = from; j < to; j++) {
        const cell = i * residuals.cols + j;
        const left = residuals.data[cell]!;
        if (Number.isNaN(left)) continue;
        for (let g = 0; g < p; g++) x[g] = finite(guesses[g]!.data[cell]!);
        visit(i, left, x);
      }
    }
  };
  const [a, b] = [matrix(p, p), new Float64Array(p)];
  each((_, left, x) => {
    for (let g = 0; g < p; g++) {
      b[g]! += x[g]! * left;
      for (let h = 0; h < p; h++) a.data[g * p + h]! += x[g]! * x[h]!;
    }
  });
  const weights = nonNegative(a, b);
  const gains = new Map<number, { sum: number; n: number }>();
  each((i, left, x) => {
    const still = weights.reduce((rest, weight, g) => rest - weight * x[g]!, left);
    const fold = gains.get(folds[i]!) ?? { sum: 0, n: 0 };
    gains.set(folds[i]!, { sum: fold.sum + left * left - still * still, n: fold.n + 1 });
  });
  const means = [...gains.values()].map(({ sum, n }) => sum / n);
  if (means.length < 2) return none;
  const mean = means.reduce((sum, x) => sum + x, 0) / means.length;
  const squares = means.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return mean > Math.sqrt(squares / (means.length - 1) / means.length) ? weights : none;
}

/** Weights of at most 1.5 that minimise w' A w / 2 - b' w, one at a time until none moves. */
function nonNegative(a: Matrix, b: Float64Array): number[] {
  const p = b.length;
  const weights = new Array<number>(p).fill(0);
  for (let round = 0; round < 500; round++) {
    let moved = 0;
    for (let g = 0; g < p; g++) {
      const own = a.data[g * p + g]!;
      if (!(own > 0)) continue;
      let slope = b[g]!;
      for (let h = 0; h < p; h++) slope -= a.data[g * p + h]! * weights[h]!;
      const next = Math.min(Math.max(weights[g]! + slope / own, 0), 1.5);
      moved = Math.max(moved, Math.abs(next - weights[g]!));
      weights[g] = next;
    }
    if (moved < 1e-9) break;
  }
  return weights;
}

/** Columns: the row's mean over the cells observed in `like`, then each model's value less that mean. */
function split(values: Matrix, like: Matrix = values): Matrix {
  const { centred, common } = centre(values, like);
  return hstack([{ rows: values.rows, cols: 1, data: common }, centred]);
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
