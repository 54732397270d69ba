import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Context } from '../core/context.ts';

/** Lets signals and timers in between two long computations, and stops where asked. */
export async function turn({ signal }: Context): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}

/** In bytes of the process, and of the matrices of this thread: of less nothing is worth looking for. */
const [large, many] = [350 * 2 ** 20, 150 * 2 ** 20];

/** Of V8's `gc`: pages that its heap once had stay with the process, 70 MB after a table was read, but for the last resort. */
const thorough = { type: 'major', execution: 'sync', flavor: 'last-resort' } as const;

let collector: ((how: typeof thorough) => void) | undefined;

/**
 * Takes memory back between two long computations: V8 knows the names of matrices alone and looks late for what lies
 * behind them, so that those of the step before stand beside those of the next one.
 */
export function collect(): void {
  if (process.memoryUsage.rss() < large || process.memoryUsage().arrayBuffers < many) return;
  if (collector === undefined) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as (how: typeof thorough) => void;
  }
  collector(thorough);
}
