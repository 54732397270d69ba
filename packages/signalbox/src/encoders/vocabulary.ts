import type { Context } from '../core/context.ts';
import type { Query } from '../core/query.ts';
import { textOf } from '../core/query.ts';
import type { Sparse } from '../math/matrix.ts';
import { inBatches } from './batches.ts';
import { termsOf, wordsOf } from './terms.ts';

/** Which terms count, and how much: plain, so that it is saved with the encoder's state. */
export interface Vocabulary {
  /** Terms in the order of their columns, a line break between them. */
  readonly terms: string;
  /** Smoothed inverse document frequency of each: ln((1 + n) / (1 + df)) + 1. */
  readonly idf: Float32Array;
}

/** Queries that are read between two looks at the clock and the signal. */
const batch = 500;

/**
 * The terms found in most documents, words and n-grams each up to half of `maxFeatures` (what one kind leaves
 * the other may take); a term of one document alone is left out where there are two documents or more.
 */
export async function learnVocabulary(
  queries: readonly Query[],
  { maxFeatures, context }: { readonly maxFeatures: number; readonly context: Context },
): Promise<Vocabulary> {
  const counts = counter();
  await inBatches(queries.length, { size: batch, context, stage: 'learning terms' }, (from, to) => {
    for (let i = from; i < to; i++) counts.add(wordsOf(textOf(queries[i]!)));
  });
  const least = Math.min(2, queries.length);
  const words: Counted[] = [];
  const grams: Counted[] = [];
  for (const found of counts.atLeast(least)) (found.term.startsWith('=') ? words : grams).push(found);
  const half = Math.ceil(maxFeatures / 2);
  const forWords = Math.min(words.length, Math.max(half, maxFeatures - grams.length));
  const chosen = [...most(words, forWords), ...most(grams, maxFeatures - forWords)];
  return {
    terms: chosen.map(({ term }) => term).join('\n'),
    idf: Float32Array.from(chosen, ({ documents }) => Math.log((1 + queries.length) / (1 + documents)) + 1),
  };
}

interface Counted {
  readonly term: string;
  readonly documents: number;
}

function most(counted: Counted[], count: number): Counted[] {
  counted.sort((a, b) => b.documents - a.documents || (a.term < b.term ? -1 : 1));
  return counted.slice(0, count);
}

/** Counts the documents of each term. The terms of a word are made once, then known by number. */
function counter(): { add(words: readonly string[]): void; atLeast(least: number): Iterable<Counted> } {
  const termNumber = new Map<string, number>();
  const wordTerms = new Map<string, Int32Array>();
  const documents: number[] = [];
  /** The last document that held a term. */
  const last: number[] = [];
  let document = 0;
  const number = (term: string): number => {
    const known = termNumber.get(term);
    if (known !== undefined) return known;
    termNumber.set(term, documents.length);
    last.push(-1);
    return documents.push(0) - 1;
  };
  return {
    add(words) {
      for (const word of new Set(words)) {
        let terms = wordTerms.get(word);
        if (terms === undefined) {
          terms = Int32Array.from(termsOf(word), number);
          wordTerms.set(word, terms);
        }
        for (const term of terms) {
          if (last[term] === document) continue;
          last[term] = document;
          documents[term]!++;
        }
      }
      document++;
    },
    *atLeast(least) {
      for (const [term, at] of termNumber) {
        if (documents[at]! >= least) yield { term, documents: documents[at]! };
      }
    },
  };
}

/** Words whose terms are remembered while reading; then forgotten, so that memory is bounded. */
const remembered = 100_000;

/** Reads texts into rows of weights: (1 + ln count) x idf, of length 1; a text without known terms is a row of zeros. */
export function termReader(vocabulary: Vocabulary): (texts: readonly string[]) => Sparse {
  const { idf } = vocabulary;
  const terms = idf.length === 0 ? [] : vocabulary.terms.split('\n');
  const column = new Map(terms.map((term, j) => [term, j]));
  const wordColumns = new Map<string, Int32Array>();
  const columnsOf = (word: string): Int32Array => {
    let columns = wordColumns.get(word);
    if (columns === undefined) {
      columns = Int32Array.from(termsOf(word).flatMap((term) => column.get(term) ?? []));
      if (wordColumns.size >= remembered) wordColumns.clear();
      wordColumns.set(word, columns);
    }
    return columns;
  };
  const count = new Int32Array(idf.length);
  /** Of one text, before they are scaled. */
  const weights = new Float64Array(idf.length);
  return (texts) => {
    const start = new Int32Array(texts.length + 1);
    let index = new Int32Array(64 * texts.length + 64);
    let value = new Float32Array(index.length);
    let cells = 0;
    texts.forEach((text, i) => {
      for (const word of wordsOf(text)) {
        for (const j of columnsOf(word)) {
          if (count[j]!++ > 0) continue;
          if (cells === index.length) {
            const [known, before] = [index, value];
            index = new Int32Array(2 * cells);
            index.set(known);
            value = new Float32Array(2 * cells);
            value.set(before);
          }
          index[cells++] = j;
        }
      }
      const from = start[i]!;
      let squares = 0;
      for (let c = from; c < cells; c++) {
        const j = index[c]!;
        const weight = (1 + Math.log(count[j]!)) * idf[j]!;
        count[j] = 0;
        weights[c - from] = weight;
        squares += weight * weight;
      }
      const factor = squares > 0 ? 1 / Math.sqrt(squares) : 0;
      for (let c = from; c < cells; c++) value[c] = weights[c - from]! * factor;
      start[i + 1] = cells;
    });
    return {
      rows: texts.length,
      cols: idf.length,
      start,
      index: index.slice(0, cells),
      value: value.slice(0, cells),
    };
  };
}
