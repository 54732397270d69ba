import { firstBytes } from './release.ts';

export interface Folds {
  /** With `baseFolds`: a base row in the query's own fold is no neighbour. */
  readonly queryFolds?: Int32Array | undefined;
  readonly baseFolds?: Int32Array | undefined;
}

export interface Neighbours {
  readonly k: number;
  /** queries x k, nearest first; -1 where there are no more. */
  readonly indices: Int32Array;
  /** Inner products, beside `indices`; 0 where there is none. */
  readonly similarity: Float32Array;
}

/** The best base rows of each query so far, and some that came after: `room` places to a query. */
export interface Found {
  readonly k: number;
  readonly room: number;
  readonly indices: Int32Array;
  readonly similarity: Float32Array;
  /** How many places of each query are taken. */
  readonly taken: Int32Array;
  /** What an offer has to surpass: the k-th best when they were last sorted out. */
  readonly bar: Float32Array;
}

/** Room for the best k of so many queries. */
export function noneFound(queries: number, k: number): Found {
  // Half as many again, so that they are sorted out once for k / 2 offers taken.
  const room = k + Math.max(32, k >> 1);
  return {
    k,
    room,
    indices: new Int32Array(queries * room),
    similarity: new Float32Array(queries * room),
    taken: new Int32Array(queries),
    bar: new Float32Array(queries).fill(Number.NEGATIVE_INFINITY),
  };
}

export interface Offer {
  readonly folds: Folds;
  readonly found: Found;
  readonly values: Float32Array;
  /** Indices of the base rows offered. */
  readonly rows: Int32Array;
  /** From one row's value to the next. */
  readonly step: number;
}

/** Takes what reaches the bar, in whatever order it comes: which of equal ones stay is settled when they are sorted out. */
export function offer({ folds, found, values, rows, step }: Offer, query: number, from: number): void {
  const { queryFolds, baseFolds } = folds;
  const { indices, similarity, room, k } = found;
  const start = query * room;
  const fold = baseFolds === undefined ? undefined : queryFolds?.[query];
  let size = found.taken[query]!;
  let bar = found.bar[query]!;
  for (let b = 0, at = from; b < rows.length; b++, at += step) {
    const value = values[at]!;
    if (value < bar) continue;
    const row = rows[b]!;
    if (fold !== undefined && baseFolds![row] === fold) continue;
    indices[start + size] = row;
    similarity[start + size] = value;
    if (++size < room) continue;
    selectBest(found, start, room);
    size = k;
    bar = least(similarity, start, start + k);
  }
  found.taken[query] = size;
  found.bar[query] = bar;
}

export interface Hits {
  readonly folds: Folds;
  readonly found: Found;
  readonly values: Float32Array;
  /** Places among the values, from one to another. */
  readonly places: Int32Array;
  readonly from: number;
  readonly to: number;
  /** Cells of a row of the values. */
  readonly width: number;
  /** Queries of the rows of values and base rows of its columns; the other way round if `down`. */
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly down: boolean;
}

/** Takes those that reach the bar, as `offer` does, where it is known which may. */
export function offerHits({ folds, found, values, places, from, to, width, ...of }: Hits): void {
  const { indices, similarity, room, k, taken, bar: bars } = found;
  const { queryFolds, baseFolds } = folds;
  const { rows, columns, down } = of;
  for (let h = from; h < to; h++) {
    const place = places[h]!;
    const r = Math.floor(place / width);
    const c = place - r * width;
    // What stands beyond the last column belongs to nobody.
    if (c >= columns.length) continue;
    const query = down ? columns[c]! : rows[r]!;
    const value = values[place]!;
    if (value < bars[query]!) continue;
    const row = down ? rows[r]! : columns[c]!;
    if (baseFolds !== undefined && queryFolds !== undefined && baseFolds[row] === queryFolds[query]) continue;
    const start = query * room;
    const size = taken[query]!;
    indices[start + size] = row;
    similarity[start + size] = value;
    if (size + 1 < room) taken[query] = size + 1;
    else {
      selectBest(found, start, room);
      taken[query] = k;
      bars[query] = least(similarity, start, start + k);
    }
  }
}

type List = Pick<Neighbours, 'indices' | 'similarity'>;

/** The best k of the first `size` entries from `start` to the front, in any order (Hoare's selection). */
function selectBest({ indices, similarity, k }: Found, start: number, size: number): void {
  const last = start + k - 1;
  let low = start;
  let high = start + size - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = similarity[middle]!;
    const index = indices[middle]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (similarity[i]! > value || (similarity[i]! === value && indices[i]! < index)) i++;
      while (similarity[j]! < value || (similarity[j]! === value && indices[j]! > index)) j--;
      if (i > j) break;
      const swapped = similarity[i]!;
      similarity[i] = similarity[j]!;
      similarity[j] = swapped;
      const moved = indices[i]!;
      indices[i++] = indices[j]!;
      indices[j--] = moved;
    }
    if (last <= j) high = j;
    else if (last >= i) low = i;
    else return;
  }
}

function least(values: Float32Array, from: number, to: number): number {
  let found = values[from]!;
  for (let i = from + 1; i < to; i++) if (values[i]! < found) found = values[i]!;
  return found;
}

/** Base rows that can be told apart beside a product in one number of 53 bits. */
export const mostRows = 2 ** 21;

/** The best k of each query, the nearest first; moved together where they lie. */
export function sorted(found: Found): Neighbours {
  const { k, room, taken, indices, similarity } = found;
  const sort = sorterOf(k);
  for (let query = 0; query < taken.length; query++) {
    const [start, to] = [query * room, query * k];
    if (taken[query]! > k) selectBest(found, start, taken[query]!);
    const size = Math.min(k, taken[query]!);
    sort(found, start, size, to);
    indices.fill(-1, to + size, to + k);
    similarity.fill(0, to + size, to + k);
  }
  const cells = taken.length * k;
  return {
    k,
    indices: new Int32Array(firstBytes(indices, 4 * cells)),
    similarity: new Float32Array(firstBytes(similarity, 4 * cells)),
  };
}

/**
 * Sorts entries by one number each, which the engine does without asking back: the bits of the product in the order of
 * what they stand for, then the index, the lower the greater.
 */
function sorterOf(k: number): (list: List, start: number, size: number, to: number) => void {
  const keys = new Float64Array(k);
  const value = new Float32Array(1);
  const bits = new Int32Array(value.buffer);
  return ({ indices, similarity }, start, size, to) => {
    for (let i = 0; i < size; i++) {
      // 0 and -0 are equal.
      value[0] = similarity[start + i]! + 0;
      const order = bits[0]! < 0 ? bits[0]! ^ 0x7fffffff : bits[0]!;
      keys[i] = order * mostRows + (mostRows - 1 - indices[start + i]!);
    }
    keys.subarray(0, size).sort();
    for (let i = 0; i < size; i++) {
      const key = keys[size - 1 - i]!;
      const order = Math.floor(key / mostRows);
      bits[0] = order < 0 ? order ^ 0x7fffffff : order;
      indices[to + i] = mostRows - 1 - (key - order * mostRows);
      similarity[to + i] = value[0]!;
    }
  };
}
