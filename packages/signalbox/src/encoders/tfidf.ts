import type { Encoder } from '../core/encoder.ts';
import { textOf } from '../core/query.ts';
import type { Sparse } from '../math/matrix.ts';
import { matrix32 } from '../math/matrix.ts';
import { inBatches } from './batches.ts';
import { learnVocabulary, termReader } from './vocabulary.ts';

export interface TfidfOptions {
  /** Columns: the terms of most documents (1,024). */
  readonly maxFeatures?: number;
}

export interface TfidfState {
  readonly [key: string]: string | Float32Array;
  readonly terms: string;
  readonly idf: Float32Array;
}

/**
 * Words and character n-grams, weighted by (1 + ln count) x idf, rows of length 1, dense. Half of the columns
 * are words, half n-grams. A text of which no term is known is a row of zeros.
 */
export function tfidf(options: TfidfOptions = {}): Encoder<TfidfState> {
  const { maxFeatures = 1024 } = options;
  const readers = new WeakMap<TfidfState, (texts: readonly string[]) => Sparse>();
  return {
    name: 'tfidf',
    settings: { maxFeatures },
    fit: async (queries, context) => ({ ...(await learnVocabulary(queries, { maxFeatures, context })) }),
    async encode(queries, state, context) {
      const read = readers.get(state) ?? termReader(state);
      readers.set(state, read);
      const out = matrix32(queries.length, state.idf.length);
      await inBatches(queries.length, { size: 500, context }, (from, to) => {
        const { start, index, value } = read(queries.slice(from, to).map(textOf));
        for (let i = from; i < to; i++) {
          for (let c = start[i - from]!; c < start[i - from + 1]!; c++) {
            out.data[i * out.cols + index[c]!] = value[c]!;
          }
        }
      });
      return out;
    },
    width: (state) => state.idf.length,
  };
}
