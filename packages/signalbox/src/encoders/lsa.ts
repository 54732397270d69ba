import type { Encoder } from '../core/encoder.ts';
import { type Query, textOf } from '../core/query.ts';
import type { Sparse } from '../math/matrix.ts';
import { type Matrix, matrix32, type Numbers, row } from '../math/matrix.ts';
import { rng, shuffle } from '../math/rng.ts';
import { sparseTimesDense } from '../math/sparse.ts';
import { truncatedSvd } from '../math/svd.ts';
import { inBatches, stopIfAborted } from './batches.ts';
import { learnVocabulary, termReader } from './vocabulary.ts';

export interface LsaOptions {
  /** Columns; fewer where the training texts do not span as many (128). */
  readonly width?: number;
  /** Terms that are counted (20,000). */
  readonly maxFeatures?: number;
  /** Of the random directions; the context's where absent. */
  readonly seed?: number;
}

export interface LsaState {
  readonly [key: string]: string | Float32Array | Matrix;
  readonly terms: string;
  readonly idf: Float32Array;
  /** Terms x width, in 32-bit floats. */
  readonly components: Matrix;
}

/** Training texts over which the components are sought; of more, as many are drawn. */
const mostTexts = 6_000;

/**
 * Latent semantic analysis (Deerwester et al. 1990): tf-idf over words and character n-grams, projected on its
 * leading singular vectors, rows of length 1. A text of which no term is known is a row of zeros.
 */
export function lsa(options: LsaOptions = {}): Encoder<LsaState> {
  const { width = 128, maxFeatures = 20_000, seed } = options;
  const readers = new WeakMap<LsaState, (texts: readonly string[]) => Sparse>();
  const readerOf = (state: LsaState): ((texts: readonly string[]) => Sparse) => {
    const reader = readers.get(state) ?? termReader(state);
    readers.set(state, reader);
    return reader;
  };
  return {
    name: 'lsa',
    settings: { width, maxFeatures, ...(seed !== undefined && { seed }) },
    async fit(queries, context) {
      const random = (seed === undefined ? context.rng : rng(seed)).fork('lsa');
      const chosen = draw(queries, random.fork('texts'));
      const vocabulary = await learnVocabulary(chosen, { maxFeatures, context });
      stopIfAborted(context);
      const read = termReader(vocabulary);
      const weights = read(chosen.map(textOf));
      const { components } = truncatedSvd(weights, { width, random: random.fork('directions') });
      stopIfAborted(context);
      const state = {
        ...vocabulary,
        components: { ...components, data: Float32Array.from(components.data) },
      };
      readers.set(state, read);
      return state;
    },
    async encode(queries, state, context) {
      const { components } = state;
      const read = readerOf(state);
      const out = matrix32(queries.length, components.cols);
      await inBatches(queries.length, { size: 2000, context }, (from, to) => {
        const projected = sparseTimesDense(read(queries.slice(from, to).map(textOf)), components);
        for (let i = from; i < to; i++) {
          out.data.set(normalised(row(projected, i - from)), i * out.cols);
        }
      });
      return out;
    },
    width: (state) => state.components.cols,
  };
}

function draw(queries: readonly Query[], random: ReturnType<typeof rng>): readonly Query[] {
  if (queries.length <= mostTexts) return queries;
  const order = shuffle(
    Int32Array.from(queries, (_, i) => i),
    random,
  );
  return Array.from(order.subarray(0, mostTexts).sort(), (i) => queries[i]!);
}

/** Scaled in place to length 1. */
function normalised(values: Numbers): Numbers {
  let squares = 0;
  for (const value of values) squares += value * value;
  const factor = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let j = 0; j < values.length; j++) values[j]! *= factor;
  return values;
}
