import { Worker } from 'node:worker_threads';
import { SignalboxError } from '../core/errors.ts';
import type { FeedbackRow, LogEntry, Order, Receipt } from './log-schema.ts';
import type { Logger } from './logger.ts';

/** The log of serving, written behind the answers: adding a row never waits and never fails. */
export interface RequestLog {
  add(entry: LogEntry): void;
  /** True where the request is in the log. @throws SignalboxError where the log cannot be written */
  feedback(row: FeedbackRow): Promise<boolean>;
  /** Rows written, and rows lost to a disk that is full, slow or gone. */
  counts(): { readonly written: number; readonly lost: number };
  /** Everything added so far is written, or lost. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface LogOptions {
  /** Absolute. */
  readonly file: string;
  readonly retentionDays: number;
  /** Milliseconds since 1970. */
  now(): number;
  readonly logger: Logger;
}

const batchRows = 512;
const batchMs = 100;
/** Rows and characters that may wait for the disk; what comes beyond is lost, and counted. */
const mostRows = 50_000;
const mostCharacters = 64 * 1024 * 1024;
const patienceMs = 10_000;
const hour = 3_600_000;

export function openLog({ file, retentionDays, now, logger }: LogOptions): RequestLog {
  const waiting: LogEntry[] = [];
  let characters = 0;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failing = false;
  let [written, lost] = [0, 0];
  const worker = writer(file);

  const lose = (rows: number, why: string): void => {
    lost += rows;
    if (failing) return;
    failing = true;
    logger.warn({ file, why }, 'the log cannot be written; requests are served all the same, and not logged');
  };

  const write = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (writing || waiting.length === 0) return;
    const entries = waiting.splice(0, batchRows);
    for (const { row } of entries) characters -= row.messages?.length ?? 0;
    writing = worker
      .order({ kind: 'rows', entries })
      .then((receipt) => {
        if (receipt.error !== undefined) return lose(entries.length, receipt.error);
        written += entries.length;
        failing = false;
      })
      .finally(() => {
        writing = undefined;
        if (waiting.length > 0) write();
      });
  };

  const flush = async (): Promise<void> => {
    write();
    while (writing) await writing;
    await retained;
  };

  const retain = async (): Promise<void> => {
    const before = new Date(now() - retentionDays * 24 * hour).toISOString();
    const { error } = await worker.order({ kind: 'retain', before });
    if (error !== undefined) lose(0, error);
  };
  const retention = setInterval(() => {
    retained = retain();
  }, hour).unref();
  let retained = retain();

  return {
    add(entry) {
      const size = entry.row.messages?.length ?? 0;
      if (waiting.length >= mostRows || characters + size > mostCharacters)
        return lose(1, 'the disk is too slow');
      waiting.push(entry);
      characters += size;
      if (waiting.length >= batchRows) write();
      else timer ??= setTimeout(write, batchMs).unref();
    },
    async feedback(row) {
      await within(patienceMs, flush());
      const receipt = await within(patienceMs, worker.order({ kind: 'feedback', feedback: row }));
      const error = receipt === undefined ? 'it does not answer' : receipt.error;
      if (error !== undefined) {
        throw new SignalboxError(
          'file',
          'the log cannot be written at the moment; send the feedback again later',
          {
            cause: new Error(error),
          },
        );
      }
      return receipt?.found === true;
    },
    counts: () => ({ written, lost }),
    flush,
    async close() {
      clearInterval(retention);
      await within(patienceMs, flush());
      await within(patienceMs, worker.order({ kind: 'close' }));
      await worker.end();
    },
  };
}

interface Writer {
  order(order: OrderWithoutId): Promise<Receipt>;
  end(): Promise<void>;
}
type OrderWithoutId = Order extends infer O ? (O extends Order ? Omit<O, 'id'> : never) : never;

/** The thread that writes. Where it dies, what it was asked is answered with an error, and the next order starts another. */
function writer(file: string): Writer {
  const open = new Map<number, (receipt: Receipt) => void>();
  let id = 0;
  let thread: Worker | undefined;
  // The sources run as they are; what is published holds only the built file.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const start = (): Worker => {
    const made = new Worker(new URL(`./log-worker.${extension}`, import.meta.url), { workerData: { file } });
    made.on('message', (receipt: Receipt) => {
      open.get(receipt.id)?.(receipt);
      open.delete(receipt.id);
    });
    const died = (why: string): void => {
      if (thread === made) thread = undefined;
      for (const [of, settle] of open) settle({ id: of, error: why });
      open.clear();
    };
    made.on('error', (error) => died(error instanceof Error ? error.message : String(error)));
    made.on('exit', () => died('its thread has ended'));
    // After the listeners: listening for messages holds the process again.
    made.unref();
    return made;
  };
  return {
    order: (order) =>
      new Promise((resolve) => {
        id++;
        open.set(id, resolve);
        thread ??= start();
        thread.postMessage({ ...order, id });
      }),
    async end() {
      await thread?.terminate();
    },
  };
}

/** The promise's value, or undefined when the time is over first. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
