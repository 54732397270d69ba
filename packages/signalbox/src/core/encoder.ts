import type { Matrix } from '../math/matrix.ts';
import type { Context } from './context.ts';
import type { Plain } from './plain.ts';
import type { Query } from './query.ts';

/**
 * Turns queries into numbers. What it learns from training queries (a vocabulary, a scale) is plain state
 * apart from it, `null` where there is nothing to learn. The same query under the same state gives the same
 * row, whatever else is in the batch. An encoder reads the text alone, never the group.
 */
export interface Encoder<S extends Plain = Plain> {
  readonly name: string;
  /** Settings and versions of weights that the rows depend on; part of the cache's key and of the artifact. */
  readonly settings: Plain;
  /** Its rows do not come from text: it is used on tables without any. */
  readonly textless?: true;
  fit(queries: readonly Query[], context: Context): Promise<S>;
  /** queries.length x width(state), 32-bit floats, no NaN. */
  encode(queries: readonly Query[], state: S, context: Context): Promise<Matrix>;
  width(state: S): number;
  /** Frees threads and sessions. */
  close?(): Promise<void>;
}
