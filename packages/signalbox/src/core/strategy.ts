import type { ZodType } from 'zod';
import type { Chunk, Completion, FailureReason } from './completion.ts';
import { SignalboxError } from './errors.ts';
import type { ModelId } from './model.ts';
import type { Capability, CompletionRequest, Provider } from './provider.ts';

/** One call of one model, as it went. */
export interface Attempt {
  readonly model: ModelId;
  readonly result: 'ok' | FailureReason;
  /** The upstream's HTTP status, where it refused. */
  readonly status?: number;
  /** Seconds that the upstream asked to wait. */
  readonly retryAfter?: number;
  readonly latencyMs: number;
}

/** What a strategy works with. */
export interface Execution {
  readonly request: CompletionRequest;
  /** Best first; at least one. */
  readonly choices: readonly Provider[];
  readonly signal: AbortSignal;
  /** Milliseconds; only differences matter. */
  now(): number;
  /** Called once for each call of a model, when it has ended. */
  attempted(attempt: Attempt): void;
}

export interface Outcome extends Completion {
  readonly served: ModelId;
}

/** Carries a choice out: one call, several in turn, or several at once. */
export interface Strategy<P extends object = Record<string, unknown>> {
  readonly name: string;
  readonly summary: string;
  readonly paper?: string;
  readonly params: ZodType<P>;
  readonly requires: readonly Capability[];
  run(execution: Execution, params: P): AsyncGenerator<Chunk, Outcome>;
}

/** @throws SignalboxError naming both sides, where a provider lacks what the strategy needs; before the first call */
export function checkRequires(strategy: Pick<Strategy, 'name' | 'requires'>, pool: Iterable<Provider>): void {
  for (const { name, supports } of pool) {
    const lacking = strategy.requires.filter((need) => !supports.has(need));
    if (lacking.length > 0) {
      throw new SignalboxError(
        'requires',
        `the strategy "${strategy.name}" needs ${lacking.join(', ')}, which "${name}" does not offer; take another strategy or leave the model out`,
      );
    }
  }
}
