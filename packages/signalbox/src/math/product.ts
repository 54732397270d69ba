import { DEPTH, SIDE } from './kernel.ts';
import { kernel } from './kernels.ts';
import type { Numbers } from './matrix.ts';

/**
 * The one product of matrices that everything here rests on: C += A B' in 64-bit floats, over blocks that are
 * packed once and stay in the cache (kernel.ts). Each cell is summed in
 * the order of depth, in runs of `DEPTH`, whatever stands around it: a row gives the same bits alone and in a batch.
 */

/** How a block of one factor is read. Its cell (i, t) belongs to row i of the factor at depth t. */
export interface Operand {
  readonly data: Numbers;
  /** Cells from one row of `data` to the next. */
  readonly stride: number;
  /** Rows of the factor: columns of `data` if `transposed`, rows otherwise. */
  readonly rows: number;
  /** True: depth runs along the rows of `data`. */
  readonly transposed: boolean;
  /** Rows of `data` that are used, in this order; all where absent. */
  readonly pick?: Int32Array | undefined;
  /** A factor for each row of `data` (by its own index, not its place in `pick`); only if `transposed`. */
  readonly weights?: Float64Array | undefined;
  /** Subtracted from each column of `data`. */
  readonly shift?: Float64Array | undefined;
  /** Count NaN as 0. */
  readonly skipNaN?: boolean;
}

export interface Target {
  readonly data: Float64Array | Float32Array;
  /** Only cells on and below the diagonal are needed: blocks wholly above it are left out. */
  readonly lower?: boolean;
}

/** Adds A B' (A: n x depth, B: m x depth) to the n x m matrix `target.data`. */
export function addProduct(a: Operand, b: Operand, target: Target & { readonly depth: number }): void {
  const { depth, data: c, lower } = target;
  const m = b.rows;
  for (let j = 0; j < m; j += SIDE) {
    const width = Math.min(SIDE, m - j);
    for (let t = 0; t < depth; t += DEPTH) {
      const run = Math.min(DEPTH, depth - t);
      pack(b, kernel.b, { first: j, count: width, from: t, run });
      for (let i = lower === true ? j : 0; i < a.rows; i += SIDE) {
        const height = Math.min(SIDE, a.rows - i);
        pack(a, kernel.a, { first: i, count: height, from: t, run });
        kernel.tiles(Math.ceil(height / 4), Math.ceil(width / 4), run);
        const sums = { from: kernel.c, height, width, place: i * m + j, stride: m };
        if (c instanceof Float64Array) addTo64(c, sums);
        else addTo32(c, sums);
      }
    }
  }
}

interface Sums {
  readonly from: Float64Array;
  readonly height: number;
  readonly width: number;
  /** Where the first of them goes, and from one row to the next. */
  readonly place: number;
  readonly stride: number;
}

// One loop for each kind of array: one that has met several kinds looks at each cell which it is, and takes twice as long.
function addTo64(c: Float64Array, { from, height, width, place, stride }: Sums): void {
  for (let r = 0; r < height; r++)
    for (let s = 0, to = place + r * stride, at = r * SIDE; s < width; s++, to++, at++) c[to]! += from[at]!;
}

function addTo32(c: Float32Array, { from, height, width, place, stride }: Sums): void {
  for (let r = 0; r < height; r++)
    for (let s = 0, to = place + r * stride, at = r * SIDE; s < width; s++, to++, at++) c[to]! += from[at]!;
}

interface Block {
  readonly first: number;
  readonly count: number;
  readonly from: number;
  readonly run: number;
}

/** Four rows of the factor side by side at each depth; rows beyond the last are 0. */
function pack(operand: Operand, into: Float64Array, block: Block): void {
  const { count, run } = block;
  const whole = count - (count % 4);
  if (whole < count) into.fill(0, whole * run, (whole + 4) * run);
  if (operand.skipNaN === true) packAny(operand, into, { ...block, skip: 0 });
  else {
    const { data, transposed, weights } = operand;
    if (!transposed && data instanceof Float32Array) packSinglesAcross({ ...operand, data }, into, block);
    else if (!transposed) packAcross(operand, into, block);
    else if (data instanceof Float32Array && weights === undefined)
      packSinglesDown({ ...operand, data }, into, block);
    else packDown(operand, into, block);
    if (whole < count) packAny(operand, into, { ...block, skip: whole });
  }
}

/** Whole strips of four rows, read four at a time: of features, by far the most of what is packed. */
function packSinglesAcross(
  { data, stride, pick, shift }: Operand & { readonly data: Float32Array },
  into: Float64Array,
  { first, count, from, run }: Block,
): void {
  for (let r = 0; r + 4 <= count; r += 4) {
    let [s0, s1, s2, s3] = starts({ stride, pick }, first + r, from);
    for (let t = 0, o = r * run; t < run; t++, o += 4) {
      const less = shift === undefined ? 0 : shift[from + t]!;
      into[o] = data[s0++]! - less;
      into[o + 1] = data[s1++]! - less;
      into[o + 2] = data[s2++]! - less;
      into[o + 3] = data[s3++]! - less;
    }
  }
}

/** The same of 64-bit floats, in a loop of its own. */
function packAcross(
  { data, stride, pick, shift }: Operand,
  into: Float64Array,
  { first, count, from, run }: Block,
): void {
  for (let r = 0; r + 4 <= count; r += 4) {
    let [s0, s1, s2, s3] = starts({ stride, pick }, first + r, from);
    for (let t = 0, o = r * run; t < run; t++, o += 4) {
      const less = shift === undefined ? 0 : shift[from + t]!;
      into[o] = data[s0++]! - less;
      into[o + 1] = data[s1++]! - less;
      into[o + 2] = data[s2++]! - less;
      into[o + 3] = data[s3++]! - less;
    }
  }
}

/** Where four rows begin in the data. */
function starts(
  { stride, pick }: Pick<Operand, 'stride' | 'pick'>,
  row: number,
  from: number,
): [number, number, number, number] {
  if (pick === undefined) {
    const start = row * stride + from;
    return [start, start + stride, start + 2 * stride, start + 3 * stride];
  }
  return [
    pick[row]! * stride + from,
    pick[row + 1]! * stride + from,
    pick[row + 2]! * stride + from,
    pick[row + 3]! * stride + from,
  ];
}

/** Few enough depths at a time that their rows stay in the first cache, whatever the stride. */
const DEPTHS = 8;

/** Whole strips of four columns. */
function packDown(operand: Operand, into: Float64Array, { first, count, from, run }: Block): void {
  const { data, stride, pick, weights, shift } = operand;
  for (let start = 0; start < run; start += DEPTHS) {
    const end = Math.min(run, start + DEPTHS);
    for (let r = 0; r + 4 <= count; r += 4) {
      const col = first + r;
      const less0 = shift === undefined ? 0 : shift[col]!;
      const less1 = shift === undefined ? 0 : shift[col + 1]!;
      const less2 = shift === undefined ? 0 : shift[col + 2]!;
      const less3 = shift === undefined ? 0 : shift[col + 3]!;
      for (let t = start, o = r * run + 4 * start; t < end; t++, o += 4) {
        const row = pick === undefined ? from + t : pick[from + t]!;
        const weight = weights === undefined ? 1 : weights[row]!;
        const source = row * stride + col;
        into[o] = weight * (data[source]! - less0);
        into[o + 1] = weight * (data[source + 1]! - less1);
        into[o + 2] = weight * (data[source + 2]! - less2);
        into[o + 3] = weight * (data[source + 3]! - less3);
      }
    }
  }
}

/** The same of features, each row as often as it is named. */
function packSinglesDown(
  { data, stride, pick, shift }: Operand & { readonly data: Float32Array },
  into: Float64Array,
  { first, count, from, run }: Block,
): void {
  for (let start = 0; start < run; start += DEPTHS) {
    const end = Math.min(run, start + DEPTHS);
    for (let r = 0; r + 4 <= count; r += 4) {
      const col = first + r;
      const less0 = shift === undefined ? 0 : shift[col]!;
      const less1 = shift === undefined ? 0 : shift[col + 1]!;
      const less2 = shift === undefined ? 0 : shift[col + 2]!;
      const less3 = shift === undefined ? 0 : shift[col + 3]!;
      for (let t = start, o = r * run + 4 * start; t < end; t++, o += 4) {
        const source = (pick === undefined ? from + t : pick[from + t]!) * stride + col;
        into[o] = data[source]! - less0;
        into[o + 1] = data[source + 1]! - less1;
        into[o + 2] = data[source + 2]! - less2;
        into[o + 3] = data[source + 3]! - less3;
      }
    }
  }
}

/** Any operand, a cell at a time, but for its first `skip` rows. */
function packAny(operand: Operand, into: Float64Array, block: Block & { readonly skip: number }): void {
  const { data, stride, transposed, pick, weights, shift, skipNaN } = operand;
  const { first, count, from, run, skip } = block;
  for (let start = 0; start < run; start += DEPTHS) {
    const end = Math.min(run, start + DEPTHS);
    for (let r = skip; r < count; r++) {
      const base = (r - (r % 4)) * run + (r % 4);
      for (let t = start; t < end; t++) {
        const line = transposed ? from + t : first + r;
        const row = pick === undefined ? line : pick[line]!;
        const col = transposed ? first + r : from + t;
        let value = data[row * stride + col]!;
        if (shift !== undefined) value -= shift[col]!;
        if (weights !== undefined) value *= weights[row]!;
        into[base + 4 * t] = skipNaN === true && Number.isNaN(value) ? 0 : value;
      }
    }
  }
}
