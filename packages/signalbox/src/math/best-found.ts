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

/** The best k of each query, the nearest first; moved together where they lie. */
export function sorted(found: Found): Neighbours {
  const { k, room, taken, indices, similarity } = found;
  for (let query = 0; query < taken.length; query++) {
    const [start, to] = [query * room, query * k];
    if (taken[query]! > k) selectBest(found, start, taken[query]!);
    const size = Math.min(k, taken[query]!);
    heapsort(found, start, size);
    indices.copyWithin(to, start, start + size);
    similarity.copyWithin(to, start, start + size);
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

function heapsort(list: List, start: number, size: number): void {
  const { indices, similarity } = list;
  for (let place = (size >> 1) - 1; place >= 0; place--) sink(list, start, place, size);
  for (let last = size - 1; last > 0; last--) {
    const [index, value] = [indices[start]!, similarity[start]!];
    indices[start] = indices[start + last]!;
    similarity[start] = similarity[start + last]!;
    indices[start + last] = index;
    similarity[start + last] = value;
    sink(list, start, 0, last);
  }
}

/** Moves the entry at `place` below all that are worse. */
function sink({ indices, similarity }: List, start: number, place: number, size: number): void {
  const [index, value] = [indices[start + place]!, similarity[start + place]!];
  let hole = place;
  for (let child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
    let at = start + child;
    if (child + 1 < size) {
      const [a, b] = [similarity[at]!, similarity[at + 1]!];
      if (b < a || (b === a && indices[at + 1]! > indices[at]!)) at++;
    }
    const other = similarity[at]!;
    if (value < other || (value === other && index > indices[at]!)) break;
    indices[start + hole] = indices[at]!;
    similarity[start + hole] = other;
    hole = at - start;
  }
  indices[start + hole] = index;
  similarity[start + hole] = value;
}
