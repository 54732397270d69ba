import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent, Dispatcher } from 'undici';
import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Encoder } from '../core/encoder.ts';
import { SignalboxError } from '../core/errors.ts';
import { textOf } from '../core/query.ts';
import { matrix32 } from '../math/matrix.ts';
import { inBatches, stage } from './batches.ts';

export interface OpenAiOptions {
  /** Where `/embeddings` stands: https://api.openai.com/v1. */
  readonly baseUrl: string;
  readonly model: string;
  /** The environment variable that holds the key; no key is sent where absent. */
  readonly apiKeyEnv?: string;
  /** Columns to ask for, where the model can shorten its embeddings. */
  readonly dimensions?: number;
  /** Texts a request (64). */
  readonly batch?: number;
  /** Characters of a text that are sent (16,000); endpoints refuse texts beyond their context. */
  readonly maxCharacters?: number;
  /** Milliseconds until an answer must be there (60,000). */
  readonly timeoutMs?: number;
  /** Tries after the first, on 429, 5xx and broken connections (5). */
  readonly retries?: number;
  /** How waiting between tries is done; real time where absent. */
  readonly pause?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

export interface OpenAiState {
  readonly [key: string]: number;
  readonly width: number;
}

const answerShape = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1) })),
});

/** Longest wait that a Retry-After is given. */
const longestWait = 60_000;
const largestAnswer = 64 * 1024 * 1024;

/** Embeddings of any endpoint that speaks OpenAI's protocol. A text of blanks is a row of zeros and is not sent. */
export function openai(options: OpenAiOptions): Encoder<OpenAiState> {
  const { baseUrl, model, apiKeyEnv, dimensions, batch = 64, maxCharacters = 16_000 } = options;
  const url = endpoint(baseUrl);
  let agent: Agent | undefined;
  const embed = async (texts: readonly string[], context: Context): Promise<number[][]> => {
    // 27 MB that only who embeds elsewhere needs.
    const undici = await import('undici');
    agent ??= new undici.Agent({
      pipelining: 1,
      connect: { timeout: 10_000 },
      maxResponseSize: largestAnswer,
    });
    return ask(texts, { ...options, url, agent, context });
  };
  return {
    name: 'openai',
    settings: {
      baseUrl,
      model,
      maxCharacters,
      ...(apiKeyEnv && { apiKeyEnv }),
      ...(dimensions && { dimensions }),
    },
    async fit(_queries, context) {
      if (dimensions !== undefined) return { width: dimensions };
      const [row] = await embed(['width'], context);
      return { width: row!.length };
    },
    async encode(queries, { width }, context) {
      const out = matrix32(queries.length, width);
      await inBatches(queries.length, { size: batch, context, stage }, async (from, to) => {
        const texts = queries.slice(from, to).map((query) => textOf(query).slice(0, maxCharacters));
        const said = texts.flatMap((text, i) => (text.trim() === '' ? [] : [i]));
        if (said.length === 0) return;
        const rows = await embed(
          said.map((i) => texts[i]!),
          context,
        );
        rows.forEach((row, k) => {
          if (row.length !== width) {
            throw failure(
              `answered with ${row.length} numbers where ${width} were expected; is it the same model?`,
              url,
            );
          }
          out.data.set(row, (from + said[k]!) * width);
        });
      });
      return out;
    },
    width: ({ width }) => width,
    async close() {
      const closing = agent;
      agent = undefined;
      await closing?.destroy();
    },
  };
}

interface Ask extends OpenAiOptions {
  readonly url: URL;
  readonly agent: Agent;
  readonly context: Context;
}

async function ask(texts: readonly string[], options: Ask): Promise<number[][]> {
  const { retries = 5, pause = realPause, context, url } = options;
  for (let attempt = 0; ; attempt++) {
    const outcome = await post(texts, options);
    if (outcome.rows) return outcome.rows;
    if (!outcome.again || attempt >= retries) throw failure(outcome.problem, url);
    const wait = outcome.wait ?? 500 * 2 ** attempt;
    try {
      await pause(Math.min(wait, longestWait), context.signal);
    } catch (cause) {
      throw interrupted(cause);
    }
  }
}

type Outcome =
  | { readonly rows: number[][] }
  | {
      readonly rows?: never;
      readonly problem: string;
      readonly again: boolean;
      readonly wait?: number | undefined;
    };

async function post(texts: readonly string[], options: Ask): Promise<Outcome> {
  const { url, agent, model, dimensions, apiKeyEnv, timeoutMs = 60_000, context } = options;
  const key = keyFrom(apiKeyEnv);
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await agent.request({
      origin: url.origin,
      path: url.pathname,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({
        model,
        input: texts,
        encoding_format: 'float',
        ...(dimensions && { dimensions }),
      }),
      signal: context.signal ? AbortSignal.any([limit, context.signal]) : limit,
    });
    const body = await response.body.text();
    if (response.statusCode === 200) return read(body, texts.length);
    const again = response.statusCode === 429 || response.statusCode >= 500;
    const problem = `answered with status ${response.statusCode}${reasonOf(body, key)}`;
    return { problem, again, wait: retryAfter(response.headers) };
  } catch (cause) {
    if (context.signal?.aborted) throw interrupted(cause);
    if (cause instanceof SignalboxError) throw cause;
    if (limit.aborted) return { problem: `did not answer within ${timeoutMs} ms`, again: true };
    return {
      problem: `could not be reached (${(cause as NodeJS.ErrnoException).code ?? 'network error'})`,
      again: true,
    };
  }
}

function read(body: string, count: number): Outcome {
  const parsed = answerShape.safeParse(parseJson(body));
  if (!parsed.success)
    return { problem: 'answered with something that is no list of embeddings', again: false };
  const rows: number[][] = [];
  for (const { index, embedding } of parsed.data.data) rows[index] = embedding;
  if (rows.length !== count || parsed.data.data.length !== count || rows.includes(undefined as never)) {
    return {
      problem: `answered with ${parsed.data.data.length} embeddings for ${count} texts`,
      again: false,
    };
  }
  return { rows };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the endpoint says of its error, without the key, which some repeat. */
function reasonOf(body: string, key: string | undefined): string {
  const shape = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });
  const parsed = shape.safeParse(parseJson(body));
  if (!parsed.success) return '';
  const { error } = parsed.data;
  const message = (typeof error === 'string' ? error : error.message).slice(0, 300);
  return ` (${key ? message.replaceAll(key, '[redacted]') : message})`;
}

/** Milliseconds that the endpoint asks to wait: seconds, or a date. */
function retryAfter(headers: Dispatcher.ResponseData['headers']): number | undefined {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function keyFrom(variable: string | undefined): string | undefined {
  if (variable === undefined) return undefined;
  const key = process.env[variable];
  if (key) return key;
  throw new SignalboxError(
    'encoder',
    `the key of the embeddings endpoint is expected in the environment variable ${variable}, which is not set.`,
  );
}

/** @throws SignalboxError `config` for what is no http address, or one that carries a secret */
function endpoint(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new SignalboxError(
      'config',
      'the baseUrl of an embeddings endpoint must be an http or https address.',
    );
  }
  if (url.username || url.password || url.search) {
    const message =
      'the baseUrl of an embeddings endpoint may not carry a user, a password or a query; name the variable that holds the key in apiKeyEnv.';
    throw new SignalboxError('config', message);
  }
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/embeddings`;
  return url;
}

function failure(problem: string, url: URL): SignalboxError {
  return new SignalboxError('encoder', `the embeddings endpoint ${url.origin}${url.pathname} ${problem}.`);
}

function interrupted(cause: unknown): SignalboxError {
  return new SignalboxError('interrupted', 'Embedding was interrupted.', { cause });
}

function realPause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return sleep(milliseconds, undefined, signal ? { signal } : {});
}
