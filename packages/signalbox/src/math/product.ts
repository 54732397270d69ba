/**
 * The one product of matrices that everything here rests on: C += A B' in 64-bit floats, over blocks that are
 * packed once and stay in the cache, by a kernel that keeps a 4 x 4 tile in registers. Each cell is summed in
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

/** Depth that is summed before it is added to C. */
export const DEPTH = 256;
const SIDE = 64;

/** Space for one block of A, one of B and one of C; overwritten by every call. */
const blockA = new Float64Array(SIDE * DEPTH);
const blockB = new Float64Array(SIDE * DEPTH);
const blockC = new Float64Array(SIDE * SIDE);

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
      pack(b, blockB, { first: j, count: width, from: t, run });
      for (let i = lower === true ? j : 0; i < a.rows; i += SIDE) {
        const height = Math.min(SIDE, a.rows - i);
        pack(a, blockA, { first: i, count: height, from: t, run });
        tiles(Math.ceil(height / 4), Math.ceil(width / 4), run);
        for (let r = 0; r < height; r++) {
          const to = (i + r) * m + j;
          const from = r * SIDE;
          for (let s = 0; s < width; s++) c[to + s] = c[to + s]! + blockC[from + s]!;
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
  for (let r = 0; r < count; r++) {
    const source = (pick === undefined ? first + r : pick[first + r]!) * stride + from;
    for (let t = 0, o = to + r; t < run; t++, o += 4) {
      let value = data[source + t]!;
      if (shift !== undefined) value -= shift[from + t]!;
      into[o] = skipNaN === true && Number.isNaN(value) ? 0 : value;
    }
  }
}

function packDown(operand: Operand, into: Float64Array, { first, count, from, run, to }: Strip): void {
  const { data, stride, pick, shift, weights, skipNaN } = operand;
  for (let t = 0; t < run; t++) {
    const row = pick === undefined ? from + t : pick[from + t]!;
    const weight = weights === undefined ? 1 : weights[row]!;
    const source = row * stride + first;
    const o = to + t * 4;
    for (let r = 0; r < count; r++) {
      let value = data[source + r]!;
      if (shift !== undefined) value -= shift[first + r]!;
      into[o + r] = skipNaN === true && Number.isNaN(value) ? 0 : weight * value;
    }
  }
}

/** blockC = blockA blockB', in tiles of 4 x 4. */
function tiles(high: number, wide: number, run: number): void {
  for (let i = 0; i < high; i++) {
    for (let j = 0; j < wide; j++) tile(i * 4 * run, j * 4 * run, { run, to: i * 4 * SIDE + j * 4 });
  }
}

function tile(startA: number, startB: number, { run, to }: { run: number; to: number }): void {
  const A = blockA;
  const B = blockB;
  const C = blockC;
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  const end = startA + 4 * run;
  for (let a = startA, b = startB; a < end; a += 4, b += 4) {
    const y0 = B[b]!;
    const y1 = B[b + 1]!;
    const y2 = B[b + 2]!;
    const y3 = B[b + 3]!;
    const x0 = A[a]!;
    c00 += x0 * y0;
    c01 += x0 * y1;
    c02 += x0 * y2;
    c03 += x0 * y3;
    const x1 = A[a + 1]!;
    c10 += x1 * y0;
    c11 += x1 * y1;
    c12 += x1 * y2;
    c13 += x1 * y3;
    const x2 = A[a + 2]!;
    c20 += x2 * y0;
    c21 += x2 * y1;
    c22 += x2 * y2;
    c23 += x2 * y3;
    const x3 = A[a + 3]!;
    c30 += x3 * y0;
    c31 += x3 * y1;
    c32 += x3 * y2;
    c33 += x3 * y3;
  }
  C[to] = c00;
  C[to + 1] = c01;
  C[to + 2] = c02;
  C[to + 3] = c03;
  C[to + SIDE] = c10;
  C[to + SIDE + 1] = c11;
  C[to + SIDE + 2] = c12;
  C[to + SIDE + 3] = c13;
  C[to + 2 * SIDE] = c20;
  C[to + 2 * SIDE + 1] = c21;
  C[to + 2 * SIDE + 2] = c22;
  C[to + 2 * SIDE + 3] = c23;
  C[to + 3 * SIDE] = c30;
  C[to + 3 * SIDE + 1] = c31;
  C[to + 3 * SIDE + 2] = c32;
  C[to + 3 * SIDE + 3] = c33;
}
