import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Context } from '../core/context.ts';
import type { Encoder } from '../core/encoder.ts';
import type { Plain } from '../core/plain.ts';
import { type Query, textOf } from '../core/query.ts';
import { type Matrix, matrix32, row } from '../math/matrix.ts';
import { stage, stopIfAborted } from './batches.ts';
import { digestPlain } from './cached/digest.ts';
import { openSegments, type Segments } from './cached/segments.ts';

export interface CachedOptions {
  /** Where rows are kept between runs. */
  readonly folder: string;
}

/** Texts that are embedded between two looks at the clock. */
const batch = 128;
/** Milliseconds of work that an interrupted run may lose. */
const flushAfter = 2000;

/**
 * Keeps an encoder's rows on disk by what they depend on: its name, its settings, its state and the text. A
 * second run reads them; an interrupted one goes on where it stopped. Outwardly it is the encoder itself. Worth
 * it where a row costs more than reading one: MiniLM, an endpoint.
 */
export function cached<S extends Plain>(encoder: Encoder<S>, { folder }: CachedOptions): Encoder<S> {
  const opened = new Map<string, Promise<Segments>>();
  let told = false;
  const segmentsOf = (state: S): Promise<Segments> => {
    const key = digestPlain([encoder.name, encoder.settings, state]);
    const found =
      opened.get(key) ??
      openSegments(join(folder, `${encoder.name}-${key.slice(0, 32)}`), encoder.width(state));
    opened.set(key, found);
    return found;
  };
  return {
    ...encoder,
    async encode(queries, state, context) {
      stopIfAborted(context);
      const segments = await segmentsOf(state);
      const keys = queries.map((query) => createHash('sha256').update(textOf(query)).digest());
      await embedMissing(missing(queries, keys, segments), {
        segments,
        context,
        total: queries.length,
        encode: (batch, quiet) => encoder.encode(batch, state, quiet),
      });
      const out = matrix32(queries.length, encoder.width(state));
      for (const [i, key] of keys.entries()) {
        const to = out.data.subarray(i * out.cols, (i + 1) * out.cols);
        // Kept, but gone from the disk since.
        if (!segments.get(key, to)) to.set((await encoder.encode([queries[i]!], state, context)).data);
      }
      const alike = told || queries.length < fewAlike ? 0 : alikeOf(keys, out);
      if (alike >= Math.max(fewAlike, queries.length / 10)) {
        told = true;
        context.warn(
          `To the encoder ${encoder.name} ${alike} of ${queries.length} texts are the same as a different one: it reads the beginning of a text alone, and these begin alike (instructions, solved examples). By it no router tells them apart.`,
        );
      }
      return out;
    },
    async close() {
      for (const segments of opened.values()) (await segments).close();
      opened.clear();
      await encoder.close?.();
    },
  };
}

/** So many texts that an encoder takes for others may be chance. */
const fewAlike = 20;

/** How many texts have the row of a different one, but for rounding, which differs by what was embedded together. */
function alikeOf(keys: readonly Buffer[], { cols, data }: Matrix): number {
  const textsOf = new Map<string, Set<string>>();
  for (const [i, key] of keys.entries()) {
    const cells = data.subarray(i * cols, i * cols + Math.min(cols, 4));
    const print = Array.from(cells, (cell) => Math.round(cell * 1e4)).join(' ');
    const texts = textsOf.get(print) ?? new Set();
    textsOf.set(print, texts.add(key.toString('latin1')));
  }
  let alike = 0;
  for (const { size } of textsOf.values()) if (size > 1) alike += size;
  return alike;
}

interface Missing {
  readonly query: Query;
  readonly key: Buffer;
  readonly length: number;
}

/** Queries without a row, each text once, the shortest first: texts of like length embed quickest together. */
function missing(queries: readonly Query[], keys: readonly Buffer[], segments: Segments): Missing[] {
  const found = new Map<string, Missing>();
  queries.forEach((query, i) => {
    const key = keys[i]!;
    if (!segments.has(key)) {
      found.set(key.toString('latin1'), { query, key, length: textOf(query).length });
    }
  });
  return [...found.values()].sort((a, b) => a.length - b.length);
}

interface Work {
  readonly segments: Segments;
  readonly context: Context;
  readonly total: number;
  encode(queries: readonly Query[], context: Context): Promise<Matrix>;
}

async function embedMissing(waiting: readonly Missing[], work: Work): Promise<void> {
  const { segments, context, total } = work;
  const before = total - waiting.length;
  let flushed = performance.now();
  try {
    for (let from = 0; from < waiting.length; from += batch) {
      stopIfAborted(context);
      const part = waiting.slice(from, from + batch);
      const progress = (_: string, done: number): void =>
        context.progress(stage, before + from + done, total);
      const rows = await work.encode(
        part.map(({ query }) => query),
        { ...context, progress },
      );
      part.forEach(({ key }, i) => {
        segments.put(key, Float32Array.from(row(rows, i)));
      });
      if (performance.now() - flushed > flushAfter) {
        await keep(segments, context);
        flushed = performance.now();
      }
    }
  } finally {
    await keep(segments, context);
  }
  if (total > 1) context.progress(stage, total, total);
}

/** A folder that cannot be written costs the next run its time, not this one its work. */
async function keep(segments: Segments, context: Context): Promise<void> {
  try {
    await segments.flush();
  } catch (error) {
    context.warn(`Embeddings could not be kept for the next run: ${(error as Error).message}`);
  }
}
