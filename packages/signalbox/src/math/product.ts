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
  const block = kernel.c;
  for (let j = 0; j < m; j += SIDE) {
    const width = Math.min(SIDE, m - j);
    for (let t = 0; t < depth; t += DEPTH) {
      const run = Math.min(DEPTH, depth - t);
      pack(b, kernel.b, { first: j, count: width, from: t, run });
      for (let i = lower === true ? j : 0; i < a.rows; i += SIDE) {
        const height = Math.min(SIDE, a.rows - i);
        pack(a, kernel.a, { first: i, count: height, from: t, run });
        kernel.tiles(Math.ceil(height / 4), Math.ceil(width / 4), run);
        for (let r = 0; r < height; r++) {
          const to = (i + r) * m + j;
          const from = r * SIDE;
          for (let s = 0; s < width; s++) c[to + s] = c[to + s]! + block[from + s]!;
        }
      }
    }
  }
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
    if (operand.transposed) packDown(operand, into, block);
    else packAcross(operand, into, block);
    if (whole < count) packAny(operand, into, { ...block, skip: whole });
  }
}

/** Whole strips of four rows, read four at a time. */
function packAcross(operand: Operand, into: Float64Array, { first, count, from, run }: Block): void {
  const { data, stride, pick, shift } = operand;
  const place = (r: number): number => (pick === undefined ? first + r : pick[first + r]!) * stride + from;
  for (let r = 0; r + 4 <= count; r += 4) {
    let [s0, s1, s2, s3] = [place(r), place(r + 1), place(r + 2), place(r + 3)];
    for (let t = 0, o = r * run; t < run; t++, o += 4) {
      const less = shift === undefined ? 0 : shift[from + t]!;
      into[o] = data[s0++]! - less;
      into[o + 1] = data[s1++]! - less;
      into[o + 2] = data[s2++]! - less;
      into[o + 3] = data[s3++]! - less;
    }
  }
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
