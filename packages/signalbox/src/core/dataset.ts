import type { Matrix } from '../math/matrix.ts';
import type { Model, ModelId } from './model.ts';
import type { Example } from './query.ts';

/** Why a call gave no ordinary answer; never folded into the score. */
export const statuses = ['ok', 'error', 'refused', 'truncated', 'unparsed'] as const;
export type Status = (typeof statuses)[number];

export const scoreKinds = ['binary', 'mean', 'graded', 'preference'] as const;
export type ScoreKind = (typeof scoreKinds)[number];

/** What a model answered, where it is recorded. */
export interface Recorded {
  readonly answer?: string;
  readonly status: Status;
}

/** One call of a model on a query, as it was recorded; absent = unknown. */
export interface Call {
  /** In [0, 1]; absent = not observed. */
  readonly score?: number | undefined;
  /** Number of the repeat; one cell never holds the same number twice. */
  readonly sample?: number | undefined;
  /** Samples behind the score. */
  readonly k?: number | undefined;
  readonly rawScore?: number | undefined;
  readonly cost?: number | undefined;
  readonly tokensIn?: number | undefined;
  readonly tokensOut?: number | undefined;
  readonly latencyMs?: number | undefined;
  readonly propensity?: number | undefined;
  readonly answer?: string | undefined;
  readonly status?: Status | undefined;
  readonly kind?: ScoreKind | undefined;
}

/**
 * An outcome table: how well each model did on each query, and at what cost. Rows are examples, columns
 * models. All matrices are examples x models; NaN = never observed (in `k`: 0). Rows are never merged.
 */
export interface Dataset {
  readonly name: string;
  /** The format it was read from. */
  readonly format: string;
  readonly examples: readonly Example[];
  readonly models: readonly Model[];
  /** In [0, 1]; the mean over repeats where there are several. */
  readonly quality: Matrix;
  /** US dollars a call, mean over repeats; absent = nowhere recorded. */
  readonly cost?: Matrix;
  /** Samples behind a cell. */
  readonly k: Matrix;
  /** Single repeats where they are recorded: matrix s holds sample s. */
  readonly samples?: readonly Matrix[];
  /** The score before a format's rule or clipping. */
  readonly rawScore?: Matrix;
  readonly tokensIn?: Matrix;
  readonly tokensOut?: Matrix;
  readonly latencyMs?: Matrix;
  /** The probability with which the policy of a log chose this model. */
  readonly propensity?: Matrix;
  readonly scoreKind?: ScoreKind;
  readonly completion?: (example: number, model: number) => Recorded | undefined;
  /** Every call of a cell that has several, none of another; absent = no cell has: the matrices say all there is. */
  readonly calls?: (example: number, model: number) => readonly Call[];
  /** Which average chooses the best single model and is compared. */
  readonly primary: 'quality' | 'macro';
  readonly weak?: ModelId;
  readonly strong?: ModelId;
  /** Rows of the source that are not here, by reason. */
  readonly rowsDropped: Readonly<Record<string, number>>;
  /** What the reader saw and the user should know (clipped scores, repeated ids, columns skipped), in sentences. */
  readonly notes: readonly string[];
  /** SHA-256 of each file read, by path as given. */
  readonly digests: Readonly<Record<string, string>>;
}
