/** The thread of the sentence encoder: one session, orders in turn. */
import { parentPort, workerData } from 'node:worker_threads';
import { SignalboxError } from '../../core/errors.ts';
import type { Answer, Order } from './messages.ts';
import { type Embedder, openSession } from './session.ts';

const port = parentPort!;
const { folder } = workerData as { readonly folder?: string };
const cancelled = new Map<number, AbortController>();
let session: Promise<Embedder> | undefined;
/** The end of the order before. */
let last: Promise<void> = Promise.resolve();

port.on('message', (order: Order) => {
  if (order.kind === 'cancel') {
    cancelled.get(order.id)?.abort();
    return;
  }
  const controller = new AbortController();
  cancelled.set(order.id, controller);
  last = last.then(() => carryOut(order, controller.signal)).finally(() => cancelled.delete(order.id));
});

async function carryOut({ id, texts }: Order & { kind: 'embed' }, signal: AbortSignal): Promise<void> {
  try {
    session ??= openSession({ folder });
    const embedder = await session;
    const done = (count: number): void => answer({ kind: 'done', id, count });
    const rows = (await embedder.embed(texts, { signal, done })) as Float32Array<ArrayBuffer>;
    answer({ kind: 'rows', id, rows }, [rows.buffer]);
  } catch (error) {
    const code = error instanceof SignalboxError ? { code: error.code } : {};
    answer({ kind: 'failed', id, ...code, message: (error as Error).message });
  }
}

function answer(message: Answer, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
