import type { Matrix } from './matrix.ts';

/** X'X of the rows of each fold about the means of all rows; filled by the first fit that needs them. */
export type FoldGrams = (Float64Array | undefined)[];

/** Targets observed on the same rows: they share every Gram matrix and factorisation. */
export interface RidgeGroup {
  readonly x: Matrix;
  /** Column means of x, taken off before anything else so that sums keep their digits. */
  readonly shift: Float64Array;
  /** n x m of the group's targets. */
  readonly y: Matrix;
  /** Rows on which they are observed. */
  readonly observed: Int32Array;
  /** Fold of each row, numbered from 0. */
  readonly folds: Int32Array;
  readonly foldCount: number;
  readonly weights: Float64Array | undefined;
  /** Of the rows of each fold, where another fit on the same rows has computed them. */
  readonly grams: FoldGrams | undefined;
}

/** Predictions, rows x (penalties * m): targets side by side for each penalty. Of thirty models all are as large as the features. */
export interface HeldOut {
  every(): Matrix;
  /** Of these columns alone, the same bits. */
  some(columns: readonly number[]): Matrix;
}

/** A group's equations, in the space of columns (primal) or of rows (dual). */
export interface RidgeProblem {
  /** Fits without `fold` by each penalty, asked about `rows`; undefined if nothing is left to learn from. */
  heldOut(fold: number, rows: Int32Array, penalties: readonly number[]): HeldOut | undefined;
  /** Coefficients (p x m) of the fit on all observed rows. */
  all(penalty: number): Matrix;
}
