import { DEPTH, SIDE, singleScalarKernel, singleVectorKernel } from './kernel-single.ts';
import type { Matrix } from './matrix.ts';

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

interface Found extends Neighbours {
  /** How many base rows each query has so far. */
  readonly taken: Int32Array;
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
  const found: Found = {
    k,
    indices: new Int32Array(queries.rows * k).fill(-1),
    similarity: new Float32Array(queries.rows * k),
    taken: new Int32Array(queries.rows),
  };
  if (k === 0 || base.rows === 0) return found;
  const scannable = base.cols > 0 && base.cols <= kernel.query.length;
  if (scannable && queries.rows < 4) {
    for (let q = 0; q < queries.rows; q++) scan(input, q, found);
  } else {
    blocks(input, found);
  }
  sortEach(found);
  return { k, indices: found.indices, similarity: found.similarity };
}

/** One query against all rows, a chunk at a time through the kernel's own memory. */
function scan(input: NearestInput, query: number, found: Found): void {
  const { queries, base } = input;
  const width = base.cols;
  const chunk = Math.min(4 * Math.floor(kernel.rows.length / width / 4), kernel.c.length);
  kernel.query.set(queries.data.subarray(query * width, (query + 1) * width));
  for (let b = 0; b < base.rows; b += chunk) {
    const count = Math.min(chunk, base.rows - b);
    kernel.rows.set(base.data.subarray(b * width, (b + count) * width));
    kernel.scan(Math.ceil(count / 4), width);
    offer(input, found, { query, first: b, count, values: kernel.c, from: 0 });
  }
}

/** A block of base rows at a time against all queries; every row is packed once. */
function blocks(input: NearestInput, found: Found): void {
  const { queries, base, signal } = input;
  const packed: Packed[] = [];
  for (let q = 0; q < queries.rows; q += SIDE) packed.push(pack(queries, q, 4));
  const sums = new Float32Array(SIDE * SIDE);
  for (let b = 0; b < base.rows; b += SIDE) {
    signal?.throwIfAborted();
    const columns = pack(base, b, 8);
    const single = columns.runs.length === 1;
    if (single) kernel.b.set(columns.runs[0]!);
    packed.forEach((rows, block) => {
      if (single) product(rows, columns, { run: 0, keep: true });
      else {
        sums.fill(0);
        for (let run = 0; run < columns.runs.length; run++) {
          product(rows, columns, { run, keep: false });
          for (let c = 0; c < sums.length; c++) sums[c]! += kernel.c[c]!;
        }
      }
      for (let r = 0; r < rows.count; r++) {
        const place = { query: block * SIDE + r, first: b, count: columns.count, from: r * SIDE };
        offer(input, found, { ...place, values: single ? kernel.c : sums });
      }
    });
  }
}

/** A block of rows, interleaved, for each run of depth. */
interface Packed {
  readonly count: number;
  readonly runs: readonly Float32Array[];
}

function pack({ data, rows, cols }: Matrix, first: number, lanes: 4 | 8): Packed {
  const count = Math.min(SIDE, rows - first);
  const runs: Float32Array[] = [];
  for (let start = 0; start < cols; start += DEPTH) {
    const run = Math.min(DEPTH, cols - start);
    const out = new Float32Array(Math.ceil(count / lanes) * lanes * run);
    for (let r = 0; r < count; r++) {
      const source = (first + r) * cols + start;
      for (let t = 0, o = (r - (r % lanes)) * run + (r % lanes); t < run; t++, o += lanes)
        out[o] = data[source + t]!;
    }
    runs.push(out);
  }
  return { count, runs };
}

/** Products of one run into the kernel's c; `keep`: b is there already. */
function product(rows: Packed, columns: Packed, { run, keep }: { run: number; keep: boolean }): void {
  const high = Math.ceil(rows.count / 4);
  const a = rows.runs[run]!;
  kernel.a.set(a);
  if (!keep) kernel.b.set(columns.runs[run]!);
  kernel.tiles(high, Math.ceil(columns.count / 8), a.length / (4 * high));
}

interface Offer {
  readonly query: number;
  /** Index of the first base row offered. */
  readonly first: number;
  readonly count: number;
  readonly values: Float32Array;
  /** Place of the first one's value. */
  readonly from: number;
}

/**
 * Keeps of each query the k best offered so far as a heap with the worst on top, so that taking one in costs log k,
 * not k; base rows come in ascending order, so an equal one never displaces.
 */
function offer(
  { k, queryFolds, baseFolds }: NearestInput,
  { indices, similarity, taken }: Found,
  { query, first, count, values, from }: Offer,
): void {
  const start = query * k;
  const fold = baseFolds === undefined ? undefined : queryFolds?.[query];
  let size = taken[query]!;
  for (let b = 0; b < count; b++) {
    const value = values[from + b]!;
    if (size === k && value <= similarity[start]!) continue;
    if (fold !== undefined && baseFolds![first + b] === fold) continue;
    if (size < k) {
      indices[start + size] = first + b;
      similarity[start + size] = value;
      if (++size === k) heapify({ indices, similarity }, start, k);
      continue;
    }
    indices[start] = first + b;
    similarity[start] = value;
    sink({ indices, similarity }, start, 0, k);
  }
  taken[query] = size;
}

type Heap = Pick<Neighbours, 'indices' | 'similarity'>;

/** The heap of each query as a list, the nearest first. */
function sortEach(found: Found): void {
  const { k, indices, similarity, taken } = found;
  for (let query = 0; query < taken.length; query++) {
    const start = query * k;
    const size = taken[query]!;
    if (size < k) heapify(found, start, size);
    for (let last = size - 1; last > 0; last--) {
      const [index, value] = [indices[start]!, similarity[start]!];
      indices[start] = indices[start + last]!;
      similarity[start] = similarity[start + last]!;
      indices[start + last] = index;
      similarity[start + last] = value;
      sink(found, start, 0, last);
    }
  }
}

function heapify(heap: Heap, start: number, size: number): void {
  for (let place = (size >> 1) - 1; place >= 0; place--) sink(heap, start, place, size);
}

/** Moves the entry at `place` below all that are worse: less similar, or as similar and of a later row. */
function sink({ indices, similarity }: Heap, start: number, place: number, size: number): void {
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
