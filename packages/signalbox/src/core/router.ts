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
  /** 1 where the router's own threshold says that the model can answer the query, else 0; for policies that ask. */
  readonly capable?: Matrix;
}

/** What a router needs; where a table or an encoder lacks it, the router is not compared. */
export interface Needs {
  /** Encoded text; `optional`: it makes use of it, and does without. */
  readonly features: boolean | 'optional';
  /** Whether it sees the group of the query it predicts. */
  readonly group: boolean;
  /** A training table with several groups. */
  readonly groups?: boolean;
  /** A table with costs, or with a weak and a strong model. */
  readonly cost?: boolean;
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
  readonly needs: Needs;
  /** Parameters by the words of a variant: `multi-label:mlp,balanced`. Beside them `name=value` sets any parameter. */
  readonly variants?: Readonly<Record<string, Partial<P>>>;
  /** A baseline stands in every comparison and is not counted among routers. */
  readonly baseline?: boolean;
  fit(train: Training, params: P, context: Context): S | Promise<S>;
  predict(input: Encoded, state: S, params: P, context: Context): Prediction | Promise<Prediction>;
  /** In words, why this query is predicted as it is; for `route`. */
  explain?(input: Encoded, state: S, params: P, models: readonly ModelId[]): readonly string[];
}
