import type { Matrix } from '../math/matrix.ts';
import { isRight } from './outcomes.ts';

/** Which rows each model answers rightly, 32 rows a word, so that a thousand models can be compared pair by pair. */
export interface RightBits {
  readonly words: number;
  readonly data: Uint32Array;
}

export function rightBits({ rows, cols, data }: Matrix): RightBits {
  const words = Math.ceil(rows / 32);
  const out = new Uint32Array(words * cols);
  for (let i = 0; i < rows; i++) {
    for (let m = 0; m < cols; m++) {
      if (isRight(data[i * cols + m]!)) out[m * words + (i >>> 5)]! |= 1 << (i & 31);
    }
  }
  return { words, data: out };
}

/** Rows on which one of two models is right and the other wrong. */
export function unlike({ words, data }: RightBits, a: number, b: number): number {
  let count = 0;
  for (let w = 0; w < words; w++) count += ones(data[a * words + w]! ^ data[b * words + w]!);
  return count;
}

/** Rows that model m answers rightly and that are not covered yet. */
export function gainOver(covered: Uint32Array, { words, data }: RightBits, m: number): number {
  let count = 0;
  for (let w = 0; w < words; w++) count += ones(data[m * words + w]! & ~covered[w]!);
  return count;
}

/** Adds the rows that model m answers rightly to those that are covered. */
export function union(covered: Uint32Array, { words, data }: RightBits, m: number): void {
  for (let w = 0; w < words; w++) covered[w]! |= data[m * words + w]!;
}

/** Bits that are set in 32: sums of neighbours, by pairs, fours and eights. */
function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}
