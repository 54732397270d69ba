import type { Matrix } from '../math/matrix.ts';

/** Recorded answers of some rows, and what is known of the LLMs from training rows. */
export interface Ballots {
  /** Rows x LLMs, row by row: a number for each distinct answer of the row, -1 where none could be read. */
  readonly answers: Int32Array;
  readonly quality: Matrix;
  readonly cost?: Matrix | undefined;
}

/** The most accurate first; equals in the pool's order. */
export function byAccuracy(members: readonly number[], accuracy: ArrayLike<number>): number[] {
  return [...members].sort((a, b) => accuracy[b]! - accuracy[a]! || a - b);
}

/** Place of each LLM by descending accuracy. */
export function rankBy(accuracy: ArrayLike<number>): Int32Array {
  const rank = new Int32Array(accuracy.length);
  byAccuracy([...rank.keys()], accuracy).forEach((m, place) => {
    rank[m] = place;
  });
  return rank;
}
