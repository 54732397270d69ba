import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Context } from '../core/context.ts';

/** Lets signals and timers in between two long computations, and stops where asked. */
export async function turn({ signal }: Context): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}

/** In bytes of the process, and of the matrices of this thread: of less nothing is worth looking for. */
const [large, many] = [400 * 2 ** 20, 150 * 2 ** 20];

let collector: (() => void) | undefined;

/**
 * Takes memory back between two long computations: V8 knows the names of matrices alone and looks late for what lies
 * behind them, so that those of the step before stand beside those of the next one.
 */
export function collect(): void {
  if (process.memoryUsage.rss() < large || process.memoryUsage().arrayBuffers < many) return;
  if (collector === undefined) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
  }
  collector();
}
