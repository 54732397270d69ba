import type { Chunk, Completion } from '../core/completion.ts';
import { UpstreamError } from '../core/completion.ts';
import type { Provider } from '../core/provider.ts';
import type { Attempt, Execution, Outcome } from '../core/strategy.ts';

/** One call of one model, reported when it ends, however it ends. */
export async function* attempt(execution: Execution, provider: Provider): AsyncGenerator<Chunk, Outcome> {
  const { request, signal } = execution;
  const started = execution.now();
  let reported = false;
  const report = (how: Omit<Attempt, 'model' | 'latencyMs'>): void => {
    reported = true;
    execution.attempted({ model: provider.name, ...how, latencyMs: execution.now() - started });
  };
  const chunks = provider.complete(request, { signal });
  try {
    for (;;) {
      const step: IteratorResult<Chunk, Completion> = await chunks.next();
      if (step.done) {
        report({ result: 'ok' });
        return { ...step.value, served: provider.name };
      }
      yield step.value;
    }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const retryAfter = Number(error.refusal?.headers['retry-after'] ?? Number.NaN);
    report({
      result: error.reason,
      ...(error.refusal && { status: error.refusal.status }),
      ...(retryAfter >= 0 && { retryAfter }),
    });
    throw error;
  } finally {
    if (!reported) {
      await chunks.return({ status: 'truncated' });
      report({ result: 'cancelled' });
    }
  }
}

/** A call that has come as far as its first content, or failed before it. */
export type Begun =
  | { readonly failure: unknown }
  | {
      /** What came before the first content, and it. */
      readonly held: readonly Chunk[];
      readonly rest: AsyncGenerator<Chunk, Outcome>;
      /** Where the answer was over by then. */
      readonly outcome?: Outcome;
    };

/** Steps to the first content. Roles and keepalives that come before it are held back: until it, nothing is promised. */
export async function begin(execution: Execution, provider: Provider): Promise<Begun> {
  const rest = attempt(execution, provider);
  const held: Chunk[] = [];
  try {
    for (;;) {
      const step = await rest.next();
      if (step.done) return { held, rest, outcome: step.value };
      held.push(step.value);
      if (step.value.content) return { held, rest };
    }
  } catch (failure) {
    return { failure };
  }
}

/** Lets an answer that has begun go on to its end. */
export async function* goOn(begun: Exclude<Begun, { failure: unknown }>): AsyncGenerator<Chunk, Outcome> {
  const { held, rest, outcome } = begun;
  let ended = false;
  try {
    for (const chunk of held) yield chunk;
    let step: IteratorResult<Chunk, Outcome> | undefined = outcome && { done: true, value: outcome };
    while (step === undefined || !step.done) {
      if (step) yield step.value;
      step = await rest.next();
    }
    ended = true;
    return step.value;
  } finally {
    // The caller may leave between two chunks: the call must not outlive it.
    if (!ended) await rest.return({ status: 'truncated', served: '' });
  }
}
