import { columnMeans, multiply } from './linear.ts';
import { type Matrix, matrix, selectCols } from './matrix.ts';
import { dualProblem } from './ridge-dual.ts';
import { primalProblem } from './ridge-primal.ts';
import type { FoldGrams, HeldOut, RidgeGroup } from './ridge-problem.ts';

export { chooseRidgeByLoo } from './ridge-loo.ts';

/** For the fits on one x and one numbering of folds. */
export const foldGrams = (): FoldGrams => [];

export interface RidgeInput {
  /** n x p. */
  readonly x: Matrix;
  /** n x m; NaN = missing. */
  readonly y: Matrix;
  /** Inner fold of each row; any integers. */
  readonly folds: Int32Array;
  /** Candidates, each at least 0. */
  readonly penalties: readonly number[];
  /** Of each row; 1 where absent. */
  readonly weights?: Float64Array | undefined;
  /** One array for all fits on the same x and folds: what depends on these alone is computed once. */
  readonly grams?: FoldGrams | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RidgeState {
  /** p x m. */
  readonly coefficients: Matrix;
  /** NaN for a target that was never observed. */
  readonly intercept: Float64Array;
}

export interface RidgeFit extends RidgeState {
  /** The penalty chosen for each target. */
  readonly penalty: Float64Array;
  /**
   * n x m: each row, observed or not, predicted by the fit that did not see its fold, at the chosen penalty.
   * NaN where the other folds hold no observation of the target.
   */
  readonly outOfFold: Matrix;
}

/**
 * Ridge regression of each target on its observed rows, the intercept unpenalised: minimises
 * sum w (y - b0 - x b)^2 + penalty ||b||^2. Each target's penalty is the one of the least squared error over
 * the folds (the largest among equals, or where there is nothing to compare).
 * @throws the signal's reason when it is aborted
 */
export function fitRidge(input: RidgeInput): RidgeFit {
  const { x, y } = input;
  const m = y.cols;
  if (x.rows !== y.rows || input.folds.length !== x.rows) {
    throw new RangeError(`x has ${x.rows} rows, y has ${y.rows}, folds ${input.folds.length}`);
  }
  const penalties = [...new Set(input.penalties)].sort((a, b) => b - a);
  if (penalties.length === 0 || !penalties.every((l) => l >= 0)) {
    throw new RangeError(`penalties [${input.penalties.join(', ')}]: expected one or more numbers from 0 up`);
  }
  const shift = columnMeans(x);
  const { folds, count: foldCount } = renumbered(input.folds);
  const fit = {
    coefficients: matrix(x.cols, m),
    intercept: new Float64Array(m).fill(Number.NaN),
    penalty: new Float64Array(m).fill(penalties[0]!),
    outOfFold: matrix(x.rows, m, Number.NaN),
  };
  for (const { targets, observed } of patterns(y, input.weights)) {
    if (observed.length === 0) continue;
    const part = y.cols === targets.length ? y : selectCols(y, targets);
    const group = {
      x,
      shift,
      y: part,
      observed,
      folds,
      foldCount,
      weights: input.weights,
      grams: input.grams,
    };
    fitGroup(group, targets, { penalties, fit, signal: input.signal });
  }
  return fit;
}

interface GroupWork {
  readonly penalties: readonly number[];
  readonly fit: { readonly [K in keyof RidgeFit]: RidgeFit[K] };
  readonly signal: AbortSignal | undefined;
}

function fitGroup(
  group: RidgeGroup,
  targets: readonly number[],
  { penalties, fit, signal }: GroupWork,
): void {
  const { x, y, observed } = group;
  const m = targets.length;
  const problem = observed.length < x.cols ? dualProblem(group) : primalProblem(group);
  const held: { rows: Int32Array; fits: HeldOut }[] = [];
  const errors = new Float64Array(penalties.length * m);
  for (let fold = 0; fold < group.foldCount; fold++) {
    signal?.throwIfAborted();
    const rows = rowsOf(group.folds, fold);
    const fits = problem.heldOut(fold, rows, penalties);
    if (fits === undefined) continue;
    held.push({ rows, fits });
    addErrors(errors, group, rows, fits.every());
  }
  const chosen = targets.map((_, j) => leastOf(errors, j, m));
  const means = columnMeans(y, { rows: observed, weights: group.weights });
  const centre = columnMeans(x, { rows: observed, weights: group.weights, shift: group.shift });
  for (const l of new Set(chosen)) {
    signal?.throwIfAborted();
    const coefficients = problem.all(penalties[l]!);
    chosen.forEach((own, j) => {
      if (own !== l) return;
      const target = targets[j]!;
      let intercept = means[j]!;
      for (let c = 0; c < x.cols; c++) {
        const value = coefficients.data[c * m + j]!;
        fit.coefficients.data[c * fit.coefficients.cols + target] = value;
        intercept -= (centre[c]! + group.shift[c]!) * value;
      }
      fit.intercept[target] = intercept;
      fit.penalty[target] = penalties[l]!;
    });
  }
  const columns = chosen.map((l, j) => l * m + j);
  for (const { rows, fits } of held) {
    const predicted = fits.some(columns);
    rows.forEach((row, i) => {
      targets.forEach((target, j) => {
        fit.outOfFold.data[row * fit.outOfFold.cols + target] = predicted.data[i * m + j]!;
      });
    });
  }
}

function addErrors(errors: Float64Array, group: RidgeGroup, rows: Int32Array, predicted: Matrix): void {
  const { y, weights } = group;
  const m = y.cols;
  rows.forEach((row, i) => {
    const weight = weights === undefined ? 1 : weights[row]!;
    if (weight === 0) return;
    for (let c = 0; c < errors.length; c++) {
      const error = predicted.data[i * predicted.cols + c]! - y.data[row * m + (c % m)]!;
      if (!Number.isNaN(error)) errors[c]! += weight * error * error;
    }
  });
}

/** The first penalty (they descend) of the least error, within rounding. */
function leastOf(errors: Float64Array, target: number, m: number): number {
  let best = 0;
  for (let l = 1; l * m < errors.length; l++) {
    if (errors[l * m + target]! < errors[best * m + target]! * (1 - 1e-12)) best = l;
  }
  return best;
}

/** Targets grouped by the rows on which they are observed; a row of weight 0 is not. */
function patterns(
  y: Matrix,
  weights: Float64Array | undefined,
): { targets: number[]; observed: Int32Array }[] {
  const groups = new Map<string, { targets: number[]; observed: Int32Array }>();
  for (let j = 0; j < y.cols; j++) {
    const rows: number[] = [];
    const missing: number[] = [];
    for (let i = 0; i < y.rows; i++) {
      if (Number.isNaN(y.data[i * y.cols + j]!) || weights?.[i] === 0) missing.push(i);
      else rows.push(i);
    }
    const key = missing.join(' ');
    const known = groups.get(key);
    if (known !== undefined) known.targets.push(j);
    else groups.set(key, { targets: [j], observed: Int32Array.from(rows) });
  }
  return [...groups.values()];
}

function renumbered(folds: Int32Array): { folds: Int32Array; count: number } {
  const numbers = new Map<number, number>();
  for (const fold of folds) if (!numbers.has(fold)) numbers.set(fold, numbers.size);
  return { folds: folds.map((fold) => numbers.get(fold)!), count: numbers.size };
}

function rowsOf(folds: Int32Array, fold: number): Int32Array {
  const rows: number[] = [];
  for (let i = 0; i < folds.length; i++) if (folds[i] === fold) rows.push(i);
  return Int32Array.from(rows);
}

/** n x m: intercept + x coefficients. */
export function predictRidge({ coefficients, intercept }: RidgeState, x: Matrix): Matrix {
  const out = multiply(x, coefficients);
  for (let i = 0, c = 0; i < out.rows; i++)
    for (let j = 0; j < out.cols; j++, c++) out.data[c]! += intercept[j]!;
  return out;
}
