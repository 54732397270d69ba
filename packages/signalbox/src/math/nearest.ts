import {
  bitsBehind,
  type Folds,
  type Found,
  type Hits,
  mostRows,
  type Neighbours,
  noneFound,
  offer,
  offerHits,
  sorted,
} from './best-found.ts';
import { SIDE } from './kernel-single.ts';
import { single as kernel } from './kernels.ts';
import { multiplyTransposed } from './linear.ts';
import { type Matrix, matrix32 } from './matrix.ts';
import { release } from './release.ts';
import { type Packed, pack, product, roomFor, upTo } from './single-blocks.ts';

export interface NearestInput extends Folds {
  /** Rows of length 1. */
  readonly queries: Matrix;
  /** Rows of length 1, as wide as the queries. */
  readonly base: Matrix;
  readonly k: number;
  /** Whether the products are asked for, beside the indices. */
  readonly similarity?: boolean;
  readonly signal?: AbortSignal | undefined;
}

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
  if (base.rows > mostRows) throw new RangeError(`${base.rows} base rows; at most ${mostRows} are searched`);
  const found = noneFound(queries.rows, k);
  if (k > 0 && base.rows > 0) {
    const scannable = base.cols > 0 && base.cols <= kernel.query.length;
    if (scannable && queries.rows < 4) {
      for (let q = 0; q < queries.rows; q++) scan(input, q, found);
    } else {
      blocks(input, found);
    }
  }
  return sorted(found, input.similarity === true);
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
    offer({ folds: input, found, values: kernel.c, rows: order.subarray(first, first + count) }, query),
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

/** Queries that are packed at a time, and stay in a cache meanwhile. */
const SOME = 32 * SIDE;

/**
 * A block of base rows at a time against some queries, then the next ones. Where the queries are the base rows
 * themselves, a product serves both of its sides, and the rows go fold by fold: two blocks of one fold are no neighbours.
 */
function blocks(input: NearestInput, found: Found): void {
  const { queries, base, queryFolds, baseFolds, signal } = input;
  const mutual = queries === base && queryFolds === baseFolds;
  const bits = bitsBehind(kernel.c);
  const folds = mutual ? baseFolds : undefined;
  const order = Int32Array.from({ length: base.rows }, (_, row) => row);
  const natural = mutual ? order : Int32Array.from({ length: queries.rows }, (_, row) => row);
  if (folds !== undefined) order.sort((a, b) => folds[a]! - folds[b]! || a - b);
  const onlyFold = (start: number): number | undefined => {
    const [first, last] = [order[start]!, order[Math.min(start + SIDE, order.length) - 1]!];
    return folds !== undefined && folds[first] === folds[last] ? folds[first] : undefined;
  };
  const { into, store, own } = roomFor({
    into: Math.min(SIDE, upTo(8, base.rows)) * base.cols,
    store: upTo(4, Math.min(SOME, queries.rows)) * queries.cols,
  });
  for (let start = 0; start < queries.rows; start += SOME) {
    const end = Math.min(start + SOME, queries.rows);
    const packed: Packed[] = [];
    for (let q = start; q < end; q += SIDE)
      packed.push(
        pack(queries, q, {
          lanes: 4,
          into: store.subarray((q - start) * queries.cols),
          ...(mutual && { order }),
        }),
      );
    for (let b = 0; b < (mutual ? end : base.rows); b += SIDE) {
      signal?.throwIfAborted();
      const columns = pack(base, b, { lanes: 8, into, order });
      const fold = onlyFold(b);
      for (let q = mutual ? Math.max(b, start) : start; q < end; q += SIDE) {
        if (fold !== undefined && onlyFold(q) === fold) continue;
        const rows = packed[(q - start) / SIDE]!;
        for (let run = 0; run < columns.runs.length; run++) product(rows, columns, run);
        const ours = (mutual ? order : natural).subarray(q, q + rows.count);
        const theirs = order.subarray(b, b + columns.count);
        offerBlock({ folds: input, found, bits, rows: ours, columns: theirs }, mutual && q !== b);
      }
    }
  }
  for (const array of own) release(array);
}

/** The products in the kernel's c, to the queries of their rows; with `down` to those of their columns as well. */
function offerBlock(of: Pick<Hits, 'folds' | 'found' | 'bits' | 'rows' | 'columns'>, down: boolean): void {
  const { bars, counts, hits, c } = kernel;
  const { found, rows, columns } = of;
  for (let r = 0; r < rows.length; r++) bars[r] = found.bar[rows[r]!]!;
  if (down) {
    bars.fill(Number.POSITIVE_INFINITY, SIDE + columns.length);
    for (let i = 0; i < columns.length; i++) bars[SIDE + i] = found.bar[columns[i]!]!;
  }
  kernel.sift(rows.length, down ? 1 : 0);
  const some = { ...of, values: c, places: hits, width: SIDE };
  const first = counts[0]!;
  offerHits({ ...some, from: 0, to: first, down: false });
  if (down) offerHits({ ...some, from: first, to: first + counts[1]!, down });
}
