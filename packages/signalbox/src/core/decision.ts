import type { ModelId } from './model.ts';
import type { Query } from './query.ts';
import type { VerdictResult } from './results-evidence.ts';

/** What is expected of one model on one query. */
export interface Candidate {
  readonly model: ModelId;
  /** Expected quality in [0, 1]. */
  readonly quality: number;
  /** Expected US dollars; absent = unknown. */
  readonly cost?: number;
  /** Probability that the policy chooses it first: 1, or the share of a tie. */
  readonly share: number;
}

/** The choice for one query, best first, and what it rests on. */
export interface Decision {
  readonly candidates: readonly Candidate[];
  readonly router: string;
  readonly policy: string;
  /** The best single model of the training rows: what one would use without routing. */
  readonly bestSingle: ModelId;
  /** In words. */
  readonly reasons: readonly string[];
}

/** A trained router, opened: it decides. */
export interface Chooser {
  /** The models that it may choose: those of its training table and those admitted since, without the retired ones. */
  readonly models: readonly ModelId[];
  readonly encoder: string;
  readonly router: string;
  readonly policy: string;
  readonly bestSingle: ModelId;
  /** What its training found of whether routing pays; absent where it was not asked. */
  readonly verdict?: VerdictResult;
  /** In a sentence, how the pool changed since: the verdict is of the pool before. Absent where it did not. */
  readonly changed?: string;
  /** @param allowed the models that may be chosen; all of `models` where absent. At least one of them must be known to the router. */
  decide(query: Query, allowed?: ReadonlySet<ModelId>): Promise<Decision>;
  close(): Promise<void>;
}
