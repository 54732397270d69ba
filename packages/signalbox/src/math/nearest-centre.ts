import { DEPTH } from './kernel.ts';
import { SIDE } from './kernel-single.ts';
import { single } from './kernels.ts';
import { type Matrix, matrix, matrix32 } from './matrix.ts';
import { addProduct } from './product.ts';
import { release } from './release.ts';
import { type Packed, pack, product, roomFor, upTo } from './single-blocks.ts';

export interface Assignment {
  /** The nearest centre of each row, the lower index among equals. */
  readonly labels: Int32Array;
  /** Squared distance of each row to its centre; only where some centre has no row. */
  readonly distance?: Float64Array;
}

/** Centres that each row is assigned to one of, among all that are asked about at once. */
interface Group {
  readonly centres: Matrix;
  /** Its first centre among all. */
  readonly first: number;
  readonly labels: Int32Array;
}

interface Work {
  readonly x: Matrix;
  /** The centres of all groups, and their squared lengths. */
  readonly all: Matrix;
  readonly lengths: Float64Array;
  readonly groups: readonly Group[];
  /** Squared lengths of the rows. */
  readonly squares: Float64Array;
}

/** Of each row to each set of centres, in 64-bit floats, whether or not 32 have sufficed to tell. */
export function assignments(x: Matrix, sets: readonly Matrix[], squares: Float64Array): Assignment[] {
  const count = sets.reduce((sum, { rows }) => sum + rows, 0);
  const all = matrix(count, x.cols);
  let filled = 0;
  const groups = sets.map((centres): Group => {
    all.data.set(centres.data, filled * x.cols);
    filled += centres.rows;
    return { centres, first: filled - centres.rows, labels: new Int32Array(x.rows) };
  });
  const work = { x, all, lengths: squaredLengths(all), groups, squares };
  if (x.data instanceof Float32Array && x.cols > 0) bySingles(work);
  else byProducts(work);
  return groups.map((group) => {
    const { labels, centres } = group;
    return { labels, ...(someIsMissing(labels, centres.rows) && { distance: distances(work, group) }) };
  });
}

function someIsMissing(labels: Int32Array, count: number): boolean {
  const seen = new Uint8Array(count);
  let missing = count;
  for (let i = 0; i < labels.length && missing > 0; i++) {
    const label = labels[i]!;
    if (seen[label] === 0) missing--;
    seen[label] = 1;
  }
  return missing > 0;
}

const ROWS = 1024;

function byProducts({ x, all, lengths, groups }: Work): void {
  const products = new Float64Array(Math.min(ROWS, x.rows) * all.rows);
  for (let start = 0; start < x.rows; start += ROWS) {
    const high = Math.min(ROWS, x.rows - start);
    products.fill(0);
    addProduct(
      { data: x.data.subarray(start * x.cols), stride: x.cols, rows: high, transposed: false },
      { data: all.data, stride: x.cols, rows: all.rows, transposed: false },
      { data: products, depth: x.cols },
    );
    for (const { centres, first, labels } of groups) {
      for (let i = 0; i < high; i++) {
        let nearest = 0;
        let least = Number.POSITIVE_INFINITY;
        for (let c = 0, o = first, p = i * all.rows + first; c < centres.rows; c++, o++, p++) {
          const d = lengths[o]! - 2 * products[p]!;
          if (d < least) [nearest, least] = [c, d];
        }
        labels[start + i] = nearest;
      }
    }
  }
}

/**
 * Products in 32-bit floats tell most rows; where another centre is within their rounding of the nearest one, those that
 * are get the products of `byProducts`.
 */
function bySingles(work: Work): void {
  const { x, all, lengths, groups, squares } = work;
  const { cols } = x;
  const singles = matrix32(all.rows, cols);
  singles.data.set(all.data);
  const { into, store, own } = roomFor({ into: SIDE * cols, store: upTo(8, all.rows) * cols });
  const blocks: Packed[] = [];
  for (let o = 0; o < all.rows; o += SIDE)
    blocks.push(pack(singles, o, { lanes: 8, into: store.subarray(o * cols) }));
  release(singles.data);
  const longest = Math.sqrt(lengths.reduce((most, length) => Math.max(most, length), 0));
  // Of a product of rows of length 1: each of its sums and factors is rounded to 24 bits, and twice that.
  const rounding = (cols + 8) * 2 ** -23;
  const products = new Float32Array(SIDE * all.rows);
  for (let start = 0; start < x.rows; start += SIDE) {
    const rows = pack(x, start, { lanes: 4, into });
    const high = rows.count;
    blocks.forEach((columns, b) => {
      for (let run = 0; run < columns.runs.length; run++) product(rows, columns, run);
      copyRows(single.c, products, { high, width: columns.count, to: b * SIDE, stride: all.rows });
    });
    for (let i = 0; i < high; i++) {
      const row = start + i;
      // Both products may be off, and each counts twice.
      const doubt = 4 * rounding * Math.sqrt(squares[row]!) * longest;
      for (const group of groups) assign(work, group, { row, at: i * all.rows, products, doubt });
    }
  }
  // Asked for at each step of k-means: the collector of garbage would look for them late.
  for (const scratch of [...own, products]) release(scratch);
}

/** Rows of the kernel's c to rows of `stride` cells, from the column `to` on. */
function copyRows(
  from: Float32Array,
  into: Float32Array,
  { high, width, to, stride }: { high: number; width: number; to: number; stride: number },
): void {
  for (let i = 0; i < high; i++)
    for (let j = 0, s = i * SIDE, o = i * stride + to; j < width; j++, s++, o++) into[o] = from[s]!;
}

interface Close {
  readonly row: number;
  readonly products: Float32Array;
  /** Of the row's first. */
  readonly at: number;
  /** A difference of distances beyond which there is none. */
  readonly doubt: number;
}

function assign(
  { x, all, lengths }: Work,
  { centres, first, labels }: Group,
  { row, products, at, doubt }: Close,
): void {
  const last = first + centres.rows;
  let nearest = first;
  let least = Number.POSITIVE_INFINITY;
  let second = Number.POSITIVE_INFINITY;
  for (let o = first, p = at + first; o < last; o++, p++) {
    const d = lengths[o]! - 2 * products[p]!;
    if (d < least) {
      second = least;
      least = d;
      nearest = o;
    } else if (d < second) second = d;
  }
  // Also where something is no number.
  if (!(second - least > doubt)) {
    const limit = least + doubt;
    nearest = first;
    least = Number.POSITIVE_INFINITY;
    for (let o = first, p = at + first; o < last; o++, p++) {
      if (lengths[o]! - 2 * products[p]! > limit) continue;
      const d = lengths[o]! - 2 * productOf(x, row, all, o);
      if (d < least) [nearest, least] = [o, d];
    }
  }
  labels[row] = nearest - first;
}

/** As `addProduct` sums it. */
function productOf(x: Matrix, i: number, y: Matrix, j: number): number {
  const { cols } = x;
  let total = 0;
  for (let from = 0; from < cols; from += DEPTH) {
    const to = Math.min(cols, from + DEPTH);
    let sum = 0;
    for (let t = from; t < to; t++) sum += x.data[i * cols + t]! * y.data[j * cols + t]!;
    total += sum;
  }
  return total;
}

function distances({ x, all, lengths, squares }: Work, { first, labels }: Group): Float64Array {
  const distance = new Float64Array(x.rows);
  labels.forEach((label, i) => {
    const o = first + label;
    distance[i] = Math.max(0, squares[i]! + (lengths[o]! - 2 * productOf(x, i, all, o)));
  });
  return distance;
}

export function squaredLengths(x: Matrix): Float64Array {
  const out = new Float64Array(x.rows);
  for (let i = 0, c = 0; i < x.rows; i++) {
    let sum = 0;
    for (let j = 0; j < x.cols; j++, c++) sum += x.data[c]! * x.data[c]!;
    out[i] = sum;
  }
  return out;
}
