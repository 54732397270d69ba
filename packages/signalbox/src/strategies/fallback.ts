import { z } from 'zod';
import { UpstreamError } from '../core/completion.ts';
import type { Execution, Strategy } from '../core/strategy.ts';
import { begin, goOn } from './attempt.ts';

const params = z.strictObject({
  attempts: z.int().min(1).max(20).default(3).describe('models tried at most, the first included'),
});

/**
 * The first choice, and the next one where it fails before its first content has gone out; after it a
 * failure is the caller's to tell. A request that is itself at fault is not tried again.
 */
export const fallback: Strategy<z.infer<typeof params>> = {
  name: 'fallback',
  summary: 'calls the chosen model, and the next one where it fails before its first content',
  params,
  requires: [],
  async *run(execution, { attempts }) {
    let last: unknown;
    for (const provider of execution.choices.slice(0, attempts)) {
      const begun = await begin(execution, provider);
      if (!('failure' in begun)) return yield* goOn(begun);
      last = begun.failure;
      if (!mayFallBack(last, execution)) break;
    }
    throw last;
  },
};

function mayFallBack(failure: unknown, { signal }: Execution): boolean {
  return failure instanceof UpstreamError && !failure.requestAtFault && !signal.aborted;
}
