import type { Encoder } from '../core/encoder.ts';
import { textOf } from '../core/query.ts';
import { stage } from './batches.ts';
import { width } from './minilm/graph.ts';
import { digests, type Embedder, openSession } from './minilm/session.ts';
import { openThread } from './minilm/thread.ts';

export interface MinilmOptions {
  /** Run in a thread of its own: for serving. */
  readonly worker?: boolean;
  /** Where the graph is kept between runs; the cache folder of Signalbox where absent. */
  readonly folder?: string;
}

/**
 * all-MiniLM-L6-v2 (Reimers and Gurevych 2019), 384 columns, rows of length 1, at most 256 tokens of a text.
 * Trained on English. Nothing is loaded before the first text.
 */
export function minilm({ worker = false, folder }: MinilmOptions = {}): Encoder<null> {
  let opened: Promise<Embedder> | undefined;
  const open = (): Promise<Embedder> => {
    const opening = opened ?? (worker ? Promise.resolve(openThread({ folder })) : openSession({ folder }));
    opened = opening;
    // What failed once (a package absent) may be there the next time.
    opening.catch(() => {
      if (opened === opening) opened = undefined;
    });
    return opening;
  };
  return {
    name: 'minilm',
    settings: { graph: digests.graph },
    fit: async () => null,
    async encode(queries, _state, context) {
      if (queries.length === 0) return { rows: 0, cols: width, data: new Float32Array(0) };
      const texts = queries.map(textOf);
      const done = (count: number): void => {
        if (queries.length > 1) context.progress(stage, count, queries.length);
      };
      const data = await (await open()).embed(texts, { signal: context.signal, done });
      return { rows: queries.length, cols: width, data };
    },
    width: () => width,
    async close() {
      const closing = opened;
      opened = undefined;
      await (await closing?.catch(() => undefined))?.close();
    },
  };
}
