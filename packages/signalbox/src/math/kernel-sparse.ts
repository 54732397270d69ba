import type { Sparse } from './matrix.ts';
import {
  addVectors,
  advance,
  below,
  type Code,
  get,
  i32,
  instantiate,
  loadFourTimes,
  loadVector,
  promoteLow,
  repeatWhile,
  set,
  storeVector,
  timesVectors,
  unsigned,
  v128,
  when,
  zeroVector,
} from './wasm.ts';

/** Columns of B that are taken at once: their sums stay in registers. */
export const STRIP = 8;
const BYTES = 8 * STRIP;
/** Larger products are left to plain JavaScript. */
const mostBytes = 512 * 1024 * 1024;

/** A sparse matrix laid out for strips of 8 columns, in 64-bit floats: the bits of plain JavaScript, sooner. */
export interface SparseKernel {
  /** Row k of the strip of B at STRIP * k. */
  readonly strip: Float64Array;
  /** Row i of the product at STRIP * i. */
  readonly out: Float64Array;
  run(): void;
}

/** Undefined where WebAssembly or its vectors are missing, or the matrix is too large. */
export function sparseVectorKernel(a: Sparse): SparseKernel | undefined {
  const cells = a.start[a.rows]!;
  const outAt = BYTES * a.cols;
  const cellsAt = outAt + BYTES * a.rows;
  const endsAt = cellsAt + 8 * cells;
  const bytes = endsAt + 4 * a.rows;
  if (bytes > mostBytes) return undefined;
  const locals = [
    { type: i32, count: 2 },
    { type: v128, count: 5 },
  ];
  const made = instantiate(
    [{ name: 'rows', params: 4, locals, code: rows() }],
    Math.max(1, Math.ceil(bytes / 65_536)),
  );
  if (made === undefined) return undefined;
  const { buffer } = made;
  const places = new Int32Array(buffer, cellsAt, 2 * cells);
  const values = new Float32Array(buffer, cellsAt, 2 * cells);
  for (let c = 0; c < cells; c++) {
    places[2 * c] = a.index[c]! * BYTES;
    values[2 * c + 1] = a.value[c]!;
  }
  new Int32Array(buffer, endsAt, a.rows).set(a.start.subarray(1, a.rows + 1).map((end) => cellsAt + 8 * end));
  const each = made.exports['rows'] as (ends: number, last: number, cell: number, out: number) => void;
  return {
    strip: new Float64Array(buffer, 0, STRIP * a.cols),
    out: new Float64Array(buffer, outAt, STRIP * a.rows),
    run: () => each(endsAt, endsAt + 4 * a.rows, cellsAt, outAt),
  };
}

/** The address is on the stack. */
const loadInteger: Code = [0x28, 2, ...unsigned(0)];

/** For each row the sum of its cells' values times their rows of the strip. A cell: address in the strip, value. */
function rows(): Code {
  const [ends, last, cell, out, end, from, value] = [0, 1, 2, 3, 4, 5, 10];
  const lanes = [0, 1, 2, 3];
  const sum = (k: number): number => 6 + k;
  const oneCell = [
    ...[...get(cell), ...loadInteger, ...set(from)],
    ...[...get(cell), ...loadFourTimes(4), ...promoteLow, ...set(value)],
    ...lanes.flatMap((k) => [
      ...[...get(sum(k)), ...get(value), ...get(from), ...loadVector(16 * k), ...timesVectors],
      ...[...addVectors, ...set(sum(k))],
    ]),
    ...advance(cell, 8),
  ];
  const cellsLeft = [...get(cell), ...get(end), ...below];
  const oneRow = [
    ...[...get(ends), ...loadInteger, ...set(end)],
    ...lanes.flatMap((k) => [...zeroVector, ...set(sum(k))]),
    ...when(cellsLeft, repeatWhile(cellsLeft, oneCell)),
    ...lanes.flatMap((k) => [...get(out), ...get(sum(k)), ...storeVector(16 * k)]),
    ...[...advance(out, BYTES), ...advance(ends, 4)],
  ];
  const rowsLeft = [...get(ends), ...get(last), ...below];
  return when(rowsLeft, repeatWhile(rowsLeft, oneRow));
}
