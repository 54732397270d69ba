import { SCAN_WIDTH } from './kernel.ts';
import { kernel } from './kernels.ts';
import type { Matrix } from './matrix.ts';
import { addProduct } from './product.ts';

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

const QUERIES = 256;
const BASE = 1024;

/**
 * The k base rows of the greatest inner product with each query, the lower index first among equals, by looking
 * at all of them in blocks.
 * @throws the signal's reason when it is aborted
 */
export function nearest(input: NearestInput): Neighbours {
  const { queries, base, k, signal } = input;
  if (queries.cols !== base.cols)
    throw new RangeError(`queries have ${queries.cols} cells, base rows ${base.cols}`);
  const found = {
    k,
    indices: new Int32Array(queries.rows * k).fill(-1),
    similarity: new Float32Array(queries.rows * k),
  };
  if (k === 0) return found;
  const single = base.data instanceof Float32Array && base.cols > 0 && base.cols <= SCAN_WIDTH;
  if (single && queries.rows < 4) {
    for (let q = 0; q < queries.rows; q++) scan(input, q, found);
    return found;
  }
  const products = new Float64Array(QUERIES * BASE);
  const width = base.cols;
  for (let q = 0; q < queries.rows; q += QUERIES) {
    signal?.throwIfAborted();
    const high = Math.min(QUERIES, queries.rows - q);
    for (let b = 0; b < base.rows; b += BASE) {
      const wide = Math.min(BASE, base.rows - b);
      const block = products.subarray(0, high * wide).fill(0);
      addProduct(
        { data: queries.data.subarray(q * width), stride: width, rows: high, transposed: false },
        { data: base.data.subarray(b * width), stride: width, rows: wide, transposed: false },
        { data: block, depth: width },
      );
      for (let r = 0; r < high; r++) {
        offer(input, found, { query: q + r, first: b, values: block.subarray(r * wide, (r + 1) * wide) });
      }
    }
  }
  return found;
}

/** One query against all 32-bit rows, a chunk at a time through the kernel's own memory. */
function scan(input: NearestInput, query: number, found: Neighbours): void {
  const { queries, base } = input;
  const width = base.cols;
  const chunk = Math.min(4 * Math.floor(kernel.rows.length / width / 4), kernel.c.length);
  kernel.query.set(queries.data.subarray(query * width, (query + 1) * width));
  for (let b = 0; b < base.rows; b += chunk) {
    const count = Math.min(chunk, base.rows - b);
    kernel.rows.set(base.data.subarray(b * width, (b + count) * width));
    kernel.scan(Math.ceil(count / 4), width);
    offer(input, found, { query, first: b, values: kernel.c.subarray(0, count) });
  }
}

/** Inserts what beats the k-th so far; base rows come in ascending order, so an equal one never displaces. */
function offer(
  { k, queryFolds, baseFolds }: NearestInput,
  { indices, similarity }: Neighbours,
  { query, first, values }: { query: number; first: number; values: Float64Array },
): void {
  const start = query * k;
  const last = start + k - 1;
  const fold = baseFolds === undefined ? undefined : queryFolds?.[query];
  for (let b = 0; b < values.length; b++) {
    const value = Math.fround(values[b]!);
    const full = indices[last] !== -1;
    if (full && value <= similarity[last]!) continue;
    if (fold !== undefined && baseFolds![first + b] === fold) continue;
    let place = last;
    while (place > start && (indices[place - 1] === -1 || similarity[place - 1]! < value)) {
      indices[place] = indices[place - 1]!;
      similarity[place] = similarity[place - 1]!;
      place--;
    }
    indices[place] = first + b;
    similarity[place] = value;
  }
}
