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
  /** Inner products, beside `indices`; 0 where there is none. Empty where they were not asked for. */
  readonly similarity: Float32Array;
}

/** The best base rows of each query so far, and some that came after: `room` places to a query. */
export interface Found {
  readonly k: number;
  readonly room: number;
  /** A number for each of them, see `keyOf`: one to compare, and one place in memory to look at. */
  readonly keys: Float64Array;
  /** How many places of each query are taken. */
  readonly taken: Int32Array;
  /** What an offer has to surpass: the k-th best when they were last sorted out. */
  readonly bar: Float32Array;
  productOf(key: number): number;
}

/** Room for the best k of so many queries. */
export function noneFound(queries: number, k: number): Found {
  // Half as many again, so that they are sorted out once for k / 2 offers taken.
  const room = k + Math.max(32, k >> 1);
  return {
    k,
    room,
    keys: new Float64Array(queries * room),
    taken: new Int32Array(queries),
    bar: new Float32Array(queries).fill(Number.NEGATIVE_INFINITY),
    productOf: productReader(),
  };
}

/** Base rows that can be told apart beside a product in one number of 53 bits. */
export const mostRows = 2 ** 21;

/** The bits of a product in the order of what they stand for, then the row, the lower the greater; 0 and -0 are equal. */
function keyOf(bits: number, row: number): number {
  return (bits < 0 ? orderOfNegative(bits) : bits) * mostRows + (mostRows - 1 - row);
}

const minusZero = -0x80000000;

function orderOfNegative(bits: number): number {
  return bits === minusZero ? 0 : bits ^ 0x7fffffff;
}

const orderIn = (key: number): number => Math.floor(key / mostRows);

function bitsOf(order: number): number {
  return order < 0 ? order ^ 0x7fffffff : order;
}

/** Reads the product of a key. */
function productReader(): (key: number) => number {
  const bits = new Int32Array(1);
  const product = new Float32Array(bits.buffer);
  return (key) => {
    bits[0] = bitsOf(orderIn(key));
    return product[0]!;
  };
}

export interface Offer {
  readonly folds: Folds;
  readonly found: Found;
  readonly values: Float32Array;
  /** Indices of the base rows offered. */
  readonly rows: Int32Array;
}

/** Takes what reaches the bar, in whatever order it comes: which of equal ones stay is settled when they are sorted out. */
export function offer({ folds, found, values, rows }: Offer, query: number): void {
  const { queryFolds, baseFolds } = folds;
  const { keys, room, taken, bar } = found;
  const bits = bitsBehind(values);
  const start = query * room;
  const fold = baseFolds === undefined ? undefined : queryFolds?.[query];
  for (let b = 0; b < rows.length; b++) {
    if (values[b]! < bar[query]!) continue;
    const row = rows[b]!;
    if (fold !== undefined && baseFolds![row] === fold) continue;
    const size = taken[query]!;
    keys[start + size] = keyOf(bits[b]!, row);
    taken[query] = size + 1;
    if (size + 1 === room) sortOut(found, query);
  }
}

/** The same memory as whole numbers. */
export const bitsBehind = ({ buffer, byteOffset, length }: Float32Array): Int32Array =>
  new Int32Array(buffer, byteOffset, length);

export interface Hits {
  readonly folds: Folds;
  readonly found: Found;
  readonly values: Float32Array;
  /** The same memory as whole numbers. */
  readonly bits: Int32Array;
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
export function offerHits({ folds, found, values, bits, places, from, to, width, ...of }: Hits): void {
  const { keys, room, taken, bar: bars } = found;
  const { queryFolds, baseFolds } = folds;
  const { rows, columns, down } = of;
  for (let h = from; h < to; h++) {
    const place = places[h]!;
    const r = Math.floor(place / width);
    const c = place - r * width;
    // What stands beyond the last column belongs to nobody.
    if (c >= columns.length) continue;
    const query = down ? columns[c]! : rows[r]!;
    if (values[place]! < bars[query]!) continue;
    const row = down ? rows[r]! : columns[c]!;
    if (baseFolds !== undefined && queryFolds !== undefined && baseFolds[row] === queryFolds[query]) continue;
    const size = taken[query]!;
    keys[query * room + size] = keyOf(bits[place]!, row);
    taken[query] = size + 1;
    if (size + 1 === room) sortOut(found, query);
  }
}

/** Keeps the best k of a query whose places are all taken, and raises its bar. */
function sortOut({ keys, room, k, taken, bar, productOf }: Found, query: number): void {
  const start = query * room;
  selectBest(keys, start, start + k - 1, start + room - 1);
  let least = keys[start]!;
  for (let i = start + 1; i < start + k; i++) if (keys[i]! < least) least = keys[i]!;
  taken[query] = k;
  bar[query] = productOf(least);
}

/** The greatest keys of those from `first` to the end, up to the place `last`, in any order (Hoare's selection). */
function selectBest(keys: Float64Array, first: number, last: number, end: number): void {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = keys[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (keys[i]! > middle) i++;
      while (keys[j]! < middle) j--;
      if (i > j) break;
      const swapped = keys[i]!;
      keys[i++] = keys[j]!;
      keys[j--] = swapped;
    }
    if (last <= j) high = j;
    else if (last >= i) low = i;
    else return;
  }
}

/** The best k of each query, the nearest first; their indices where the keys were. */
export function sorted({ k, room, taken, keys, productOf }: Found, similarity: boolean): Neighbours {
  const places = new Int32Array(keys.buffer);
  // A copy of a query's: the indices go where its keys, or those of one before, have been.
  const copy = new Float64Array(k);
  const products = new Float32Array(similarity ? taken.length * k : 0);
  for (let query = 0; query < taken.length; query++) {
    const [start, to] = [query * room, query * k];
    const all = taken[query]!;
    const size = Math.min(k, all);
    if (all > k) selectBest(keys, start, start + k - 1, start + all - 1);
    for (let i = 0; i < size; i++) copy[i] = keys[start + i]!;
    const best = (size === k ? copy : copy.subarray(0, size)).sort();
    for (let i = 0; i < size; i++) {
      const key = best[size - 1 - i]!;
      places[to + i] = mostRows - 1 - (key - orderIn(key) * mostRows);
      if (similarity) products[to + i] = productOf(key);
    }
    places.fill(-1, to + size, to + k);
  }
  return { k, indices: new Int32Array(firstBytes(places, 4 * taken.length * k)), similarity: products };
}
