import { DEPTH, SIDE } from './kernel.ts';
import { kernel } from './kernels.ts';

/**
 * The one product of matrices that everything here rests on: C += A B' in 64-bit floats, over blocks that are
 * packed once and stay in the cache (kernel.ts). Each cell is summed in
 * the order of depth, in runs of `DEPTH`, whatever stands around it: a row gives the same bits alone and in a batch.
 */

/** How a block of one factor is read. Its cell (i, t) belongs to row i of the factor at depth t. */
export interface Operand {
  readonly data: Float64Array | Float32Array;
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
function pack(operand: Operand, into: Float64Array, { first, count, from, run }: Block): void {
  const padded = Math.ceil(count / 4) * 4;
  for (let r = 0; r < padded; r += 4) {
    const to = r * run;
    if (r + 4 > count) into.fill(0, to, to + 4 * run);
    const used = Math.min(4, count - r);
    if (operand.transposed) packDown(operand, into, { first: first + r, count: used, from, run, to });
    else packAcross(operand, into, { first: first + r, count: used, from, run, to });
  }
}

type Strip = Block & { readonly to: number };

function packAcross(operand: Operand, into: Float64Array, { first, count, from, run, to }: Strip): void {
  const { data, stride, pick, shift, skipNaN } = operand;
  const place = (r: number): number => (pick === undefined ? first + r : pick[first + r]!) * stride + from;
  if (count === 4 && shift === undefined && skipNaN !== true) {
    let [s0, s1, s2, s3] = [place(0), place(1), place(2), place(3)];
    for (let o = to; o < to + 4 * run; o += 4) {
      into[o] = data[s0++]!;
      into[o + 1] = data[s1++]!;
      into[o + 2] = data[s2++]!;
      into[o + 3] = data[s3++]!;
    }
    return;
  }
  for (let r = 0; r < count; r++) {
    const source = place(r);
    for (let t = 0, o = to + r; t < run; t++, o += 4) {
      let value = data[source + t]!;
      if (shift !== undefined) value -= shift[from + t]!;
      into[o] = skipNaN === true && Number.isNaN(value) ? 0 : value;
    }
  }
}

function packDown(operand: Operand, into: Float64Array, { first, count, from, run, to }: Strip): void {
  const { data, stride, pick, shift, weights, skipNaN } = operand;
  const plain = count === 4 && skipNaN !== true;
  for (let t = 0, o = to; t < run; t++, o += 4) {
    const row = pick === undefined ? from + t : pick[from + t]!;
    const weight = weights === undefined ? 1 : weights[row]!;
    const source = row * stride + first;
    if (plain && shift === undefined) {
      into[o] = weight * data[source]!;
      into[o + 1] = weight * data[source + 1]!;
      into[o + 2] = weight * data[source + 2]!;
      into[o + 3] = weight * data[source + 3]!;
    } else if (plain && shift !== undefined) {
      into[o] = weight * (data[source]! - shift[first]!);
      into[o + 1] = weight * (data[source + 1]! - shift[first + 1]!);
      into[o + 2] = weight * (data[source + 2]! - shift[first + 2]!);
      into[o + 3] = weight * (data[source + 3]! - shift[first + 3]!);
    } else {
      for (let r = 0; r < count; r++) {
        let value = data[source + r]!;
        if (shift !== undefined) value -= shift[first + r]!;
        into[o + r] = skipNaN === true && Number.isNaN(value) ? 0 : weight * value;
      }
    }
  }
}
