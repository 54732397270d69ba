import { setImmediate as turn } from 'node:timers/promises';
import type { Context } from '../core/context.ts';
import { SignalboxError } from '../core/errors.ts';

/** The stage of work under which encoders that take long report. */
export const stage = 'embedding';

/** @throws SignalboxError `interrupted` once the user has asked to stop */
export function stopIfAborted(context: Context): void {
  if (context.signal?.aborted) throw new SignalboxError('interrupted', 'Embedding was interrupted.');
}

/**
 * Calls `work` with consecutive ranges of at most `size` items and between two of them lets other work have its
 * turn, so that an interruption is heard. Reports under `stage`, if it is given, how many are done.
 */
export async function inBatches(
  total: number,
  { size, context, stage }: { readonly size: number; readonly context: Context; readonly stage?: string },
  work: (from: number, to: number) => void | Promise<void>,
): Promise<void> {
  for (let from = 0; from < total; from += size) {
    stopIfAborted(context);
    const to = Math.min(from + size, total);
    await work(from, to);
    if (total > size) {
      if (stage !== undefined) context.progress(stage, to, total);
      await turn();
    }
  }
}
