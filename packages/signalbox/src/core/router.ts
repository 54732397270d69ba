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

/** A model that joins a fitted router, known by its scores on some queries alone. */
export interface Newcomer extends Encoded {
  readonly model: ModelId;
  /** The models that are there already, in the order of predictions; the newcomer becomes the last. */
  readonly models: readonly ModelId[];
  /** Its score on each of the queries, 0 to 1; no gaps. */
  readonly quality: Float64Array;
}

/** One answer that was scored while serving. */
export interface Feedback {
  /** One query with its encoded row. */
  readonly input: Encoded;
  /** Position among the router's models of the one that answered. */
  readonly model: number;
  readonly quality: number;
  /** US dollars of the call, where known. */
  readonly cost?: number;
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
  /**
   * The state with a model more, which `predict` then gives as the last column, learned from its scores alone;
   * what the router says of the others does not change. Absent: a new model needs a new training.
   */
  admit?(newcomer: Newcomer, state: S, params: P, context: Context): S | Promise<S>;
  /** The state after one more scored answer; for a router that learns while it serves. `state` itself is left alone. */
  update?(feedback: Feedback, state: S, params: P): S;
  /** The probability with which a router that explores would choose each model: queries x models, rows sum to 1. */
  propensities?(input: Encoded, state: S, params: P, context: Context): Matrix;
  /** In words, why this query is predicted as it is; for `route`. */
  explain?(input: Encoded, state: S, params: P, models: readonly ModelId[]): readonly string[];
}
