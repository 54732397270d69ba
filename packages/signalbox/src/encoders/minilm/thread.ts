import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SignalboxError } from '../../core/errors.ts';
import type { Answer, Order } from './messages.ts';
import type { Embedder, EmbedOptions } from './session.ts';

interface Waiting extends EmbedOptions {
  resolve(rows: Float32Array): void;
  reject(error: Error): void;
}

/** The same file's neighbour, whether this runs from sources (.ts) or from what was built (.js). */
const source = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/**
 * The sentence encoder in a thread of its own, so that embedding does not hold up requests. The thread does not
 * keep the process alive while nothing waits for it; if it dies, what waits fails and the next call starts another.
 */
export function openThread(options: { readonly folder?: string | undefined } = {}): Embedder {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let orders = 0;
  const settle = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker?.unref();
    return found;
  };
  const lost = (gone: Worker, cause?: unknown): void => {
    if (worker !== gone) return;
    worker = undefined;
    for (const id of [...waiting.keys()]) {
      settle(id)?.reject(
        new SignalboxError('encoder', 'The thread of the sentence encoder ended before it answered.', {
          cause,
        }),
      );
    }
  };
  const heard = (answer: Answer): void => {
    if (answer.kind === 'done') waiting.get(answer.id)?.done?.(answer.count);
    else if (answer.kind === 'rows') settle(answer.id)?.resolve(answer.rows);
    else settle(answer.id)?.reject(failure(answer));
  };
  const running = (): Worker => {
    if (worker) return worker;
    const started = new Worker(source, { workerData: { folder: options.folder } });
    started.on('message', heard);
    started.on('error', (error) => lost(started, error));
    started.on('exit', () => lost(started));
    worker = started;
    return started;
  };
  return {
    embed(texts, { signal, done }) {
      if (signal?.aborted) return Promise.reject(interrupted());
      const id = orders++;
      const thread = running();
      thread.ref();
      const say = (order: Order): void => thread.postMessage(order);
      const cancel = (): void => {
        say({ kind: 'cancel', id });
        settle(id)?.reject(interrupted());
      };
      signal?.addEventListener('abort', cancel, { once: true });
      return new Promise<Float32Array>((resolve, reject) => {
        waiting.set(id, { resolve, reject, done });
        say({ kind: 'embed', id, texts });
      }).finally(() => signal?.removeEventListener('abort', cancel));
    },
    async close() {
      const gone = worker;
      if (gone) lost(gone);
      await gone?.terminate();
    },
  };
}

function interrupted(): SignalboxError {
  return new SignalboxError('interrupted', 'Embedding was interrupted.');
}

function failure({ code, message }: Answer & { kind: 'failed' }): Error {
  return code === undefined ? new Error(message) : new SignalboxError(code, message);
}
