import type { Pool } from 'undici';
import { type Chunk, type Completion, UpstreamError } from '../core/completion.ts';
import type { Provider } from '../core/provider.ts';
import { Exchange, type Head, type Source } from './exchange.ts';
import { inflated } from './inflate.ts';
import { complete, isRecord, newProgress, observe, type Progress, statusOf } from './openai-events.ts';
import { eventCutter, parseEvent } from './sse.ts';

/** One model behind an endpoint that speaks OpenAI's chat protocol. */
export interface OpenAiUpstream {
  /** The model's name in the pool. */
  readonly name: string;
  /** Its name at the upstream. */
  readonly model: string;
  /** Path of the endpoint's base, without a slash at its end: `/v1`. */
  readonly basePath: string;
  readonly pool: Pool;
  readonly key?: string;
  readonly firstTokenMs: number;
  readonly idleMs: number;
  readonly answerMs: number;
}

/** Memory that one upstream may ask for: an answer, an unfinished event, what comes before the first content. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Forwards the client's own body and gives back the upstream's own bytes. Everything that reads them does
 * so beside their way: to know whether an answer is complete, and what it cost.
 */
export function openai(upstream: OpenAiUpstream): Provider {
  const { name, pool } = upstream;
  const path = `${upstream.basePath}/chat/completions`;
  const headers = {
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    ...(upstream.key !== undefined && { authorization: `Bearer ${upstream.key}` }),
  };
  const streaming = { ...headers, accept: 'text/event-stream' };
  const plain = { ...headers, accept: 'application/json' };
  return {
    name,
    supports: new Set(['new-prompts', 'stream', 'tools'] as const),
    async *complete(request, { signal }): AsyncGenerator<Chunk, Completion> {
      const { query, stream } = request;
      const body =
        request.bodyFor?.(upstream.model) ??
        Buffer.from(JSON.stringify({ model: upstream.model, messages: query.messages, stream }));
      const exchange = Exchange.send(
        pool,
        { name, path, headers: stream ? streaming : plain, body },
        { signal, limitMs: stream ? upstream.firstTokenMs : upstream.answerMs },
      );
      const progress = newProgress();
      let ended = false;
      try {
        const head = await exchange.head();
        const source = inflated(name, single(head.headers['content-encoding']), exchange);
        if (head.status < 200 || head.status > 299) throw await refused(upstream, head, source);
        checkType(name, head, stream);
        if (stream) yield* streamed(upstream, head, { source, exchange, progress });
        else yield await whole(name, head, { source, progress });
        ended = true;
      } finally {
        exchange.release(ended);
      }
      return {
        status: statusOf(progress.finishReason),
        ...(progress.finishReason !== undefined && { finishReason: progress.finishReason }),
        ...(progress.usage && { usage: progress.usage }),
      };
    },
  };
}

interface Reading {
  readonly source: Source;
  readonly progress: Progress;
}

const done = Buffer.from('data: [DONE]\n\n');

async function* streamed(
  { name, idleMs }: OpenAiUpstream,
  head: Head,
  { source, exchange, progress }: Reading & { readonly exchange: Exchange },
): AsyncGenerator<Chunk, void> {
  const cutter = eventCutter();
  let before = 0;
  let headers: Chunk['headers'] = keptHeaders(head);
  for (;;) {
    const read = await next(source, progress);
    if (read === undefined) break;
    const { bytes, ends } = cutter.push(read);
    const { good, failure, last } = take(name, bytes, { ends, progress });
    if (progress.content) exchange.begun(idleMs);
    else before += read.length;
    if (good > 0) {
      yield {
        model: name,
        bytes: bytes.subarray(0, good),
        content: progress.content,
        ...(headers && { headers }),
      };
      headers = undefined;
    }
    if (failure) throw progress.content ? failure : asRefusal(name, failure);
    if (last) return;
    if (before > mostBytes / 64 || cutter.rest().length > mostBytes) {
      throw new UpstreamError('protocol', `"${name}" sent more than can be held before anything to pass on`);
    }
  }
  if (!complete(progress)) {
    const how = progress.content ? 'without saying why' : 'before any content';
    throw new UpstreamError('cut', `"${name}" ended its stream ${how} (no finish reason)`);
  }
  // Every choice told why it ended; only the closing mark was lost on the way.
  yield { model: name, bytes: done, content: true };
}

/** The next bytes. A connection cut after the last choice has ended has lost nothing. */
async function next(source: Source, progress: Progress): Promise<Buffer | undefined> {
  try {
    return await source.read();
  } catch (error) {
    const harmless = error instanceof UpstreamError && error.reason !== 'cancelled' && complete(progress);
    if (harmless) return undefined;
    throw error;
  }
}

/**
 * Reads the events in a run of bytes. `good` is how many bytes may be passed on, `last` true where they
 * close the stream, `failure` what the event behind them says or breaks.
 */
function take(
  name: string,
  bytes: Buffer,
  { ends, progress }: { readonly ends: readonly number[]; readonly progress: Progress },
): { readonly good: number; readonly last?: true; readonly failure?: UpstreamError } {
  let start = 0;
  for (const end of ends) {
    const event = bytes.subarray(start, end);
    const { data, type } = parseEvent(event);
    if (data === '[DONE]') {
      if (complete(progress)) return { good: end, last: true };
      const failure = new UpstreamError('cut', `"${name}" closed its stream without a finish reason`);
      return { good: start, failure };
    }
    if (data !== undefined && data !== '') {
      const parsed = parse(data);
      if (!isRecord(parsed)) {
        const failure = new UpstreamError(
          'protocol',
          `"${name}" sent a stream event that is not a JSON object`,
        );
        return { good: start, failure };
      }
      if (type === 'error' || (parsed['error'] !== undefined && parsed['error'] !== null)) {
        const failure = new UpstreamError('status', `"${name}" reported an error in its stream`, { event });
        return { good: start, failure };
      }
      observe(progress, parsed);
    }
    start = end;
  }
  return { good: start };
}

/** An error event before any content: the answer to the request, for which it is not too late. */
function asRefusal(name: string, failure: UpstreamError): UpstreamError {
  if (failure.event === undefined) return failure;
  const data = parseEvent(Buffer.from(failure.event)).data ?? '';
  const error = (parse(data) as { readonly error?: { readonly code?: unknown } } | undefined)?.error;
  const code = Number(error?.code);
  const status = Number.isInteger(code) && code >= 400 && code < 600 ? code : 502;
  return new UpstreamError('status', `"${name}" answered with an error event before any content`, {
    requestAtFault: requestAtFault.has(status),
    refusal: { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(data) },
  });
}

async function whole(name: string, head: Head, { source, progress }: Reading): Promise<Chunk> {
  const bytes = await all(name, source);
  const body = parse(bytes.toString('utf8'));
  if (!isRecord(body))
    throw new UpstreamError('protocol', `"${name}" answered with something that is not JSON`);
  if (!Array.isArray(body['choices'])) {
    const what = isRecord(body['error']) ? 'an error under status 200' : 'JSON without choices';
    throw new UpstreamError('protocol', `"${name}" answered with ${what}`);
  }
  observe(progress, body);
  return { model: name, bytes, content: true, headers: keptHeaders(head) };
}

async function all(name: string, source: Source): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for (let part = await source.read(); part; part = await source.read()) {
    parts.push(part);
    size += part.length;
    if (size > mostBytes)
      throw new UpstreamError('protocol', `"${name}" answered with more than ${mostBytes} bytes`);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function checkType(name: string, head: Head, stream: boolean): void {
  const type = single(head.headers['content-type'])?.split(';')[0]?.trim().toLowerCase() ?? '';
  const wrong = stream
    ? type === 'application/json' || type === 'text/html'
    : type === 'text/event-stream' || type === 'text/html';
  if (!wrong) return;
  const wanted = stream ? 'a stream' : 'JSON';
  throw new UpstreamError('protocol', `"${name}" answered with ${type} where ${wanted} was asked for`);
}

/** Statuses that speak of the request: another model would be given the same one. */
const requestAtFault = new Set([400, 413, 422]);

async function refused({ name, key }: OpenAiUpstream, head: Head, source: Source): Promise<UpstreamError> {
  const { status } = head;
  if (status >= 300 && status < 400) {
    const message = `"${name}" answered with a redirect (${status}), which is not followed; give the upstream's final URL`;
    return new UpstreamError('protocol', message);
  }
  let body = await all(name, source);
  // Some upstreams repeat the key that they were given.
  if (key !== undefined && body.includes(key)) {
    body = Buffer.from(body.toString('utf8').replaceAll(key, '[redacted]'));
  }
  const full = status === 400 && body.includes('context_length_exceeded');
  return new UpstreamError('status', `"${name}" answered with status ${status}`, {
    requestAtFault: requestAtFault.has(status) && !full,
    refusal: { status, headers: keptHeaders(head), body },
  });
}

const kept = /^(content-type|retry-after|retry-after-ms|x-request-id|x-ratelimit-.*)$/;

/** Headers of the upstream that belong to its answer; the rest belongs to the connection, or to nobody else. */
function keptHeaders(head: Head): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const name in head.headers) {
    const value = single(head.headers[name]);
    if (value !== undefined && kept.test(name)) out[name] = value;
  }
  return out;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
