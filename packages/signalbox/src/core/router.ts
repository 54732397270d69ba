import type { ZodType } from 'zod';
import type { Matrix } from '../math/matrix.ts';
import type { Context } from './context.ts';
import type { Dataset } from './dataset.ts';
import type { ModelId } from './model.ts';
import type { Plain } from './plain.ts';
import type { Query } from './query.ts';

/** Queries and their encoded rows. `features` has as many rows as there are queries (no columns without an encoder). */
export interface Encoded {
  readonly queries: readonly Query[];
  readonly features: Matrix;
}

/** What a router learns from: the training rows, encoded. */
export interface Training extends Encoded {
  readonly table: Dataset;
  /** Inner fold of each row, 0 to 4: rows of one text share one. For whatever is tuned by cross-validation. */
  readonly folds: Int32Array;
}

/** What a router expects of each model on each query: queries x models of the training table. NaN = no opinion. */
export interface Prediction {
  readonly quality: Matrix;
  /** US dollars a call, where the router predicts it itself. */
  readonly cost?: Matrix;
}

/**
 * A router predicts; it neither decides nor executes. Two functions and the plain state between them;
 * hyper-parameters are inert.
 */
export interface Router<P extends object = object, S extends Plain = Plain> {
  readonly name: string;
  /** In one line. */
  readonly summary: string;
  readonly paper?: string;
  readonly params: ZodType<P>;
  /** What it needs to predict: encoded text, the query's group. */
  readonly needs: { readonly features: boolean; readonly group: boolean };
  /** A baseline stands in every comparison and is not counted among routers. */
  readonly baseline?: boolean;
  fit(train: Training, params: P, context: Context): S | Promise<S>;
  predict(input: Encoded, state: S, params: P, context: Context): Prediction | Promise<Prediction>;
  /** In words, why this query is predicted as it is; for `route`. */
  explain?(input: Encoded, state: S, params: P, models: readonly ModelId[]): readonly string[];
}
