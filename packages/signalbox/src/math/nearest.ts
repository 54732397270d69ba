import { DEPTH, SIDE, singleScalarKernel, singleVectorKernel } from './kernel-single.ts';
import { multiplyTransposed } from './linear.ts';
import { type Matrix, matrix32 } from './matrix.ts';
import { firstBytes, release } from './release.ts';

export interface NearestInput {
  /** Rows of length 1. */
  readonly queries: Matrix;
  /** Rows of length 1, as wide as the queries. */
  readonly base: Matrix;
  readonly k: number;
  /** With `baseFolds`: a base row in the query's own fold is no neighbour. */
  readonly queryFolds?: Int32Array | undefined;
  readonly baseFolds?: Int32Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Neighbours {
  readonly k: number;
  /** queries x k, nearest first; -1 where there are no more. */
  readonly indices: Int32Array;
  /** Inner products, beside `indices`; 0 where there is none. */
  readonly similarity: Float32Array;
}

/** The best base rows of each query so far, and some that came after: `room` places to a query. */
interface Found {
  readonly k: number;
  readonly room: number;
  readonly indices: Int32Array;
  readonly similarity: Float32Array;
  /** How many places of each query are taken. */
  readonly taken: Int32Array;
  /** What an offer has to surpass: the k-th best when they were last sorted out. */
  readonly bar: Float32Array;
}

/** Its memory is scratch: nothing in it outlasts the call that put it there. */
const kernel = singleVectorKernel() ?? singleScalarKernel();

/**
 * The k base rows of the greatest inner product (in 32-bit floats) with each query, the lower index first among
 * equals, by looking at all of them. A query has the same neighbours alone and among others.
 * @throws the signal's reason when it is aborted
 */
export function nearest(input: NearestInput): Neighbours {
  const { queries, base, k } = input;
  if (queries.cols !== base.cols) {
    throw new RangeError(`queries have ${queries.cols} cells, base rows ${base.cols}`);
  }
  // Half as many again, so that they are sorted out once for k / 2 offers taken.
  const room = k + Math.max(32, k >> 1);
  const found: Found = {
    k,
    room,
    indices: new Int32Array(queries.rows * room),
    similarity: new Float32Array(queries.rows * room),
    taken: new Int32Array(queries.rows),
    bar: new Float32Array(queries.rows).fill(Number.NEGATIVE_INFINITY),
  };
  if (k > 0 && base.rows > 0) {
    const scannable = base.cols > 0 && base.cols <= kernel.query.length;
    if (scannable && queries.rows < 4) {
      for (let q = 0; q < queries.rows; q++) scan(input, q, found);
    } else {
      blocks(input, found);
    }
  }
  return sorted(found);
}

/**
 * Inner products of each query with all rows (queries x base rows), in 32-bit floats: a query has the same alone and
 * among others.
 */
export function innerProducts(queries: Matrix, base: Matrix): Matrix & { readonly data: Float32Array } {
  const out = matrix32(queries.rows, base.rows);
  if (base.cols > kernel.query.length) out.data.set(multiplyTransposed(queries, base).data);
  else if (base.cols > 0)
    for (let q = 0; q < queries.rows; q++)
      scanRows(queries, q, base, (first, count) =>
        out.data.set(kernel.c.subarray(0, count), q * base.rows + first),
      );
  return out;
}

/** One query against all rows. */
function scan(input: NearestInput, query: number, found: Found): void {
  const order = Int32Array.from({ length: input.base.rows }, (_, row) => row);
  scanRows(input.queries, query, input.base, (first, count) =>
    offer({ input, found, values: kernel.c, rows: order.subarray(first, first + count), step: 1 }, query, 0),
  );
}

/** A chunk at a time through the kernel's own memory; their products are the first cells of its c. */
function scanRows(
  queries: Matrix,
  query: number,
  base: Matrix,
  each: (first: number, count: number) => void,
): void {
  const width = base.cols;
  const chunk = Math.min(4 * Math.floor(kernel.rows.length / width / 4), kernel.c.length);
  kernel.query.set(queries.data.subarray(query * width, (query + 1) * width));
  for (let b = 0; b < base.rows; b += chunk) {
    const count = Math.min(chunk, base.rows - b);
    kernel.rows.set(base.data.subarray(b * width, (b + count) * width));
    kernel.scan(Math.ceil(count / 4), width);
    each(b, count);
  }
}

/**
 * A block of base rows at a time against all queries; every row is packed once. Where the queries are the base rows
 * themselves, a product serves both of its sides, and the rows go fold by fold: two blocks of one fold are no neighbours.
 */
function blocks(input: NearestInput, found: Found): void {
  const { queries, base, queryFolds, baseFolds, signal } = input;
  const mutual = queries === base && queryFolds === baseFolds;
  const folds = mutual ? baseFolds : undefined;
  const order = Int32Array.from({ length: base.rows }, (_, row) => row);
  if (folds !== undefined) order.sort((a, b) => folds[a]! - folds[b]! || a - b);
  const onlyFold = (start: number): number | undefined => {
    const [first, last] = [order[start]!, order[Math.min(start + SIDE, order.length) - 1]!];
    return folds !== undefined && folds[first] === folds[last] ? folds[first] : undefined;
  };
  // In one array, which the system gets back when it is done with: hundreds of small ones would leave holes behind.
  const store = new Float32Array(upTo(4, queries.rows) * queries.cols);
  const packed: Packed[] = [];
  for (let q = 0; q < queries.rows; q += SIDE) {
    const into = store.subarray(q * queries.cols);
    packed.push(pack(queries, q, { lanes: 4, into, ...(mutual && { order }) }));
  }
  const into = new Float32Array(Math.min(SIDE, upTo(8, base.rows)) * base.cols);
  for (let b = 0; b < base.rows; b += SIDE) {
    signal?.throwIfAborted();
    const columns = pack(base, b, { lanes: 8, into, order });
    const single = columns.runs.length === 1;
    if (single) kernel.b.set(columns.runs[0]!);
    const own = onlyFold(b);
    for (let block = mutual ? b / SIDE : 0; block < packed.length; block++) {
      const rows = packed[block]!;
      const q = block * SIDE;
      if (own !== undefined && onlyFold(q) === own) continue;
      for (let run = 0; run < columns.runs.length; run++) product(rows, columns, { run, keep: single });
      const across = { input, found, values: kernel.c, rows: order.subarray(b, b + columns.count), step: 1 };
      for (let r = 0; r < rows.count; r++) offer(across, mutual ? order[q + r]! : q + r, r * SIDE);
      if (!mutual || q === b) continue;
      const down = { ...across, rows: order.subarray(q, q + rows.count), step: SIDE };
      for (let c = 0; c < columns.count; c++) offer(down, order[b + c]!, c);
    }
  }
  release(store);
}

/** A block of rows, interleaved, for each run of depth. */
interface Packed {
  readonly count: number;
  readonly runs: readonly Float32Array[];
}

function pack(
  { data, rows, cols }: Matrix,
  first: number,
  { lanes, into, order }: { readonly lanes: 4 | 8; readonly into: Float32Array; readonly order?: Int32Array },
): Packed {
  const count = Math.min(SIDE, rows - first);
  const height = upTo(lanes, count);
  const runs: Float32Array[] = [];
  for (let start = 0; start < cols; start += DEPTH) {
    const run = Math.min(DEPTH, cols - start);
    const out = into.subarray(height * start, height * (start + run));
    // What was here before may not count as a row.
    if (height > count) out.fill(0, (height - lanes) * run);
    for (let r = 0; r < count; r++) {
      const source = (order === undefined ? first + r : order[first + r]!) * cols + start;
      for (let t = 0, o = (r - (r % lanes)) * run + (r % lanes); t < run; t++, o += lanes)
        out[o] = data[source + t]!;
    }
    runs.push(out);
  }
  return { count, runs };
}

/** The least multiple of it that holds so many. */
function upTo(multiple: number, count: number): number {
  return multiple * Math.ceil(count / multiple);
}

/** Products of one run into the kernel's c, beside those of the runs before; `keep`: b is there already. */
function product(rows: Packed, columns: Packed, { run, keep }: { run: number; keep: boolean }): void {
  const high = Math.ceil(rows.count / 4);
  const a = rows.runs[run]!;
  kernel.a.set(a);
  if (!keep) kernel.b.set(columns.runs[run]!);
  kernel.tiles(high, Math.ceil(columns.count / 8), a.length / (4 * high), run === 0 ? 0 : 1);
}

interface Offer {
  readonly input: NearestInput;
  readonly found: Found;
  readonly values: Float32Array;
  /** Indices of the base rows offered. */
  readonly rows: Int32Array;
  /** From one row's value to the next. */
  readonly step: number;
}

/** Takes what reaches the bar, in whatever order it comes: which of equal ones stay is settled when they are sorted out. */
function offer({ input, found, values, rows, step }: Offer, query: number, from: number): void {
  const { queryFolds, baseFolds } = input;
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
function sorted(found: Found): Neighbours {
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
