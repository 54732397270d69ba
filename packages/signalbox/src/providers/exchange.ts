import type { Dispatcher, Pool } from 'undici';
import { UpstreamError } from '../core/completion.ts';

/** The beginning of an HTTP answer. */
export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Where bytes come from: the wire, or a decompressor behind it. */
export interface Source {
  /** The next bytes; undefined at a clean end. */
  read(): Promise<Buffer | undefined>;
}

/** Bytes that may wait unread before the socket is paused. */
const highWater = 256 * 1024;
/** How long an answer that is complete may keep its connection to end by itself, for reuse. */
const lingerMs = 1000;

/**
 * One POST to an upstream and its answer, read by demand: unread bytes pause the socket, silence is timed
 * only while somebody waits for it, and an exchange that is let go before its end is cut off.
 */
export class Exchange implements Dispatcher.DispatchHandler, Source {
  readonly #name: string;
  #controller: Dispatcher.DispatchController | undefined;
  #head: Head | undefined;
  #queue: Buffer[] = [];
  #queued = 0;
  #ended = false;
  /** The answer is complete; whatever comes behind it is let drop. */
  #released = false;
  #error: UpstreamError | undefined;
  #wake: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #idle = false;
  #limitMs: number;

  constructor(name: string, limitMs: number) {
    this.#name = name;
    this.#limitMs = limitMs;
  }

  /** Sends the request. `limitMs` bounds the time until the first content (see `begun`), or the whole answer. */
  static send(
    pool: Pool,
    request: { name: string; path: string; headers: Record<string, string>; body: Uint8Array },
    options: { signal: AbortSignal; limitMs: number },
  ): Exchange {
    const { name, path, headers, body } = request;
    const exchange = new Exchange(name, options.limitMs);
    const { signal } = options;
    if (signal.aborted) exchange.#fail(cancelled(name));
    else {
      const leave = (): void => exchange.#fail(cancelled(name));
      signal.addEventListener('abort', leave, { once: true });
      exchange.#detach = () => signal.removeEventListener('abort', leave);
      exchange.#timer = setTimeout(() => exchange.#expired(), options.limitMs);
      pool.dispatch({ path, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 }, exchange);
    }
    return exchange;
  }

  #detach = (): void => {};

  /** Status and headers, once they have come. */
  async head(): Promise<Head> {
    while (this.#head === undefined) await this.#news();
    return this.#head;
  }

  async read(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#queue.length > 0) {
        // All that has come since the last read at once: a reader who lags does not fall further behind.
        const bytes = this.#queue.length === 1 ? this.#queue[0] : Buffer.concat(this.#queue);
        this.#queue = [];
        this.#queued = 0;
        if (this.#controller?.paused) this.#controller.resume();
        return bytes;
      }
      if (this.#ended) return undefined;
      await this.#news();
    }
  }

  /** The first content is here: from now on only silence is limited. */
  begun(idleMs: number): void {
    if (this.#idle) return;
    this.#idle = true;
    this.#limitMs = idleMs;
    clearTimeout(this.#timer);
    this.#timer = this.#ended ? undefined : setTimeout(() => this.#expired(), idleMs);
  }

  /** Lets go. A `complete` answer may end by itself, briefly and unread; any other is cut off. */
  release(complete = false): void {
    this.#detach();
    clearTimeout(this.#timer);
    if (this.#ended || this.#error) return;
    this.#queue = [];
    if (!complete) {
      this.#fail(cancelled(this.#name));
      return;
    }
    this.#released = true;
    this.#timer = setTimeout(() => this.#cut(), lingerMs).unref();
    if (this.#controller?.paused) this.#controller.resume();
  }

  async #news(): Promise<void> {
    if (this.#error) throw this.#error;
    if (this.#idle) this.#timer?.refresh();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#error && this.#queue.length === 0) throw this.#error;
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #expired(): void {
    // Silence that nobody waits for is the reader's own, not the upstream's.
    if (this.#idle && this.#wake === undefined) return;
    const [name, ms] = [this.#name, this.#limitMs];
    const what = this.#idle
      ? `"${name}" sent nothing for ${ms} ms in the middle of its answer`
      : `"${name}" did not begin to answer within ${ms} ms`;
    this.#fail(new UpstreamError('timeout', what));
  }

  #fail(error: UpstreamError): void {
    this.#error ??= error;
    this.#queue = [];
    this.#cut();
    this.#notify();
  }

  #cut(): void {
    clearTimeout(this.#timer);
    this.#detach();
    if (this.#ended) return;
    this.#controller?.abort(this.#error ?? cancelled(this.#name));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#error) controller.abort(this.#error);
    else this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Head['headers']): void {
    if (status < 200) return;
    this.#head = { status, headers };
    this.#notify();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#error || this.#released) return;
    this.#queue.push(chunk);
    this.#queued += chunk.length;
    if (this.#queued >= highWater) controller.pause();
    this.#notify();
  }

  onResponseEnd(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#notify();
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#detach();
    this.#error ??= wireError(this.#name, error, this.#head !== undefined);
    this.#notify();
  }
}

function cancelled(name: string): UpstreamError {
  return new UpstreamError('cancelled', `the call of "${name}" was cancelled`);
}

/** An error of the wire, in words without addresses. */
function wireError(name: string, error: Error & { code?: string }, answering: boolean): UpstreamError {
  const code = error.code ?? error.name;
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new UpstreamError('timeout', `"${name}" accepted no connection in time`, { cause: error });
  }
  if (code.startsWith('HPE_')) {
    return new UpstreamError('protocol', `"${name}" answered with broken HTTP (${code})`, { cause: error });
  }
  if (answering || code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') {
    return new UpstreamError(
      'cut',
      `"${name}" closed the connection before its answer was complete (${code})`,
      {
        cause: error,
      },
    );
  }
  return new UpstreamError('connect', `"${name}" could not be reached (${code})`, { cause: error });
}
