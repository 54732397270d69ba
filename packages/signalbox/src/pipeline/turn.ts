import type { Context } from '../core/context.ts';

/** Lets signals and timers in between two long computations, and stops where asked. */
export async function turn({ signal }: Context): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
