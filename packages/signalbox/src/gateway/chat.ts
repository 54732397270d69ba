import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Chunk, UpstreamError } from '../core/completion.ts';
import { nearest, SignalboxError } from '../core/errors.ts';
import type { Outcome } from '../core/strategy.ts';
import { type Answering, respond, respondAs } from '../pipeline/respond.ts';
import { type Account, answerHeaders, type Ending, logEntry } from './account.ts';
import { type ChatRequest, readChatRequest, withModel } from './body.ts';
import { problemOf } from './problem.ts';
import { refusalOf } from './refusal.ts';
import type { Service } from './service.ts';

/** POST /v1/chat/completions. */
export async function chat(service: Service, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const arrived = service.now();
  const asked = readChatRequest(request.body, groupOf(request));
  const controller = new AbortController();
  const out = reply.raw;
  out.once('close', () => {
    service.open.delete(controller);
    if (!out.writableFinished) controller.abort();
  });
  service.open.add(controller);
  const answering = await answer(service, asked, controller.signal);
  reply.hijack();
  const account: Account = { requestId: randomUUID(), arrived, request: asked, answering };
  const ending = await send(service, account, { out, signal: controller.signal });
  service.open.delete(controller);
  service.log.add(logEntry(service, account, ending));
}

function groupOf(request: FastifyRequest): string | undefined {
  const group = request.headers['x-signalbox-group'];
  return typeof group === 'string' && group !== '' ? group : undefined;
}

/** @throws SignalboxError where the model is not served */
function answer(service: Service, asked: ChatRequest, signal: AbortSignal): Answering | Promise<Answering> {
  const { auto, models, named, now } = service;
  const { model, query, stream, bytes } = asked;
  const request = {
    query,
    stream,
    bodyFor: (name: string) => (name === model ? bytes : withModel(bytes, name)),
  };
  const options = { signal, now };
  if (model === 'auto' && auto) return respond(auto, request, options);
  const one = models.get(model);
  if (one) return respondAs(one, named, { request, options });
  const known = [...(auto ? ['auto'] : []), ...models.keys()];
  const near = nearest(model, known);
  const hint = near === undefined ? `served are ${known.join(', ')}` : `did you mean "${near}"?`;
  const why =
    model === 'auto'
      ? 'this gateway has no router, so that "auto" cannot choose'
      : `there is no model "${model}"`;
  throw new SignalboxError('unknown-model', `${why}; ${hint}`);
}

interface Line {
  readonly out: ServerResponse;
  readonly signal: AbortSignal;
}

/** Passes the answer on; never throws. */
async function send(service: Service, account: Account, line: Line): Promise<Ending> {
  const { chunks } = account.answering;
  const now = (): number => service.now() - account.arrived;
  let first: IteratorResult<Chunk, Outcome>;
  try {
    first = await chunks.next();
    if (first.done) throw new Error('a strategy ended without an answer');
  } catch (error) {
    const { status, httpStatus } = refuse(service, account, { ...line, error });
    return { status, httpStatus, latencyMs: now() };
  }
  const firstContentMs = now();
  const served = first.value.model;
  const begun = { served, httpStatus: 200, firstContentMs };
  try {
    const headers = { ...first.value.headers, ...answerHeaders(service, account, served) };
    const outcome = account.request.stream
      ? await sendStream(chunks, { first: first.value, headers, line })
      : await sendWhole(chunks, { first: first.value, headers, line });
    const { usage } = outcome;
    return { ...begun, status: outcome.status, ...(usage && { usage }), latencyMs: now() };
  } catch (error) {
    breakOff(service, line, error);
    return { ...begun, status: line.signal.aborted ? 'truncated' : 'error', latencyMs: now() };
  } finally {
    await chunks.return({ status: 'truncated', served });
  }
}

interface Passing {
  readonly first: Chunk;
  readonly headers: Record<string, string>;
  readonly line: Line;
}

/** A JSON answer is one chunk; it goes out once it is known to be whole. */
async function sendWhole(
  chunks: AsyncGenerator<Chunk, Outcome>,
  { first, headers, line }: Passing,
): Promise<Outcome> {
  const step = await chunks.next();
  if (!step.done) throw new Error('a JSON answer came in several chunks');
  line.out.writeHead(200, {
    'content-type': 'application/json',
    ...headers,
    'content-length': first.bytes.length,
  });
  line.out.end(first.bytes);
  return step.value;
}

async function sendStream(
  chunks: AsyncGenerator<Chunk, Outcome>,
  { first, headers, line }: Passing,
): Promise<Outcome> {
  const { out, signal } = line;
  out.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    ...headers,
  });
  let step: IteratorResult<Chunk, Outcome> = { done: false, value: first };
  while (!step.done) {
    if (!out.write(step.value.bytes)) await drained(out, signal);
    step = await chunks.next();
  }
  out.end();
  return step.value;
}

/** A client that reads slowly slows its own upstream down, and nothing piles up between. */
function drained(out: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      out.off('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    if (signal.aborted) return resolve();
    out.once('drain', go);
    signal.addEventListener('abort', go, { once: true });
  });
}

/** Nothing has gone out yet: the client gets a status that tells the truth. */
function refuse(
  service: Service,
  account: Account,
  { out, signal, error }: Line & { readonly error: unknown },
): Pick<Ending, 'status' | 'httpStatus'> {
  const left = signal.aborted && out.destroyed;
  if (left) return { status: 'error', httpStatus: 499 };
  if (!(error instanceof UpstreamError)) {
    service.logger.error({ err: error, requestId: account.requestId }, 'a request failed inside the gateway');
  }
  const { status, headers, body } = refusalOf(account.answering, error);
  out.writeHead(status, {
    ...headers,
    ...answerHeaders(service, account, undefined),
    'content-length': body.length,
  });
  out.end(body);
  return { status: 'error', httpStatus: status };
}

/** Content has gone out: the stream ends with an error event, and without `[DONE]`. */
function breakOff(service: Service, { out, signal }: Line, error: unknown): void {
  if (out.destroyed) return;
  if (!(error instanceof UpstreamError))
    service.logger.error({ err: error }, 'a stream failed inside the gateway');
  if (!out.headersSent) {
    const { status, error: told } = problemOf(error);
    out.writeHead(status, { 'content-type': 'application/json' });
    out.end(JSON.stringify({ error: told }));
    return;
  }
  const stopped = signal.aborted
    ? new SignalboxError('interrupted', 'the gateway is stopping; the answer is not complete')
    : error;
  const own = Buffer.from(`data: ${JSON.stringify({ error: problemOf(stopped).error })}\n\n`);
  out.end(error instanceof UpstreamError && error.event ? error.event : own);
}
