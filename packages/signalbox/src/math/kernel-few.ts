import { DEPTH } from './kernel.ts';
import {
  add,
  addVectors,
  advance,
  below,
  type Code,
  get,
  i32,
  instantiate,
  integer,
  loadFourTimes,
  loadTwice,
  loadVector,
  minimum,
  promoteLow,
  repeatWhile,
  set,
  storeVector,
  times,
  timesVectors,
  upperHalf,
  v128,
  when,
  zeroVector,
} from './wasm.ts';

/** The most vectors at once, and the widest rows. */
export const MOST = 64;
export const WIDEST = 2048;

/**
 * Products of up to `DEPTH` rows of 32-bit floats with a few vectors, and back, without packing the rows anew for each: what
 * a regression of several targets asks for hundreds of times. Sums are in the order and the runs of `addProduct`, so that
 * both give the same bits.
 */
export interface FewKernel {
  /** Rows, one after the other, `width` cells each; as many as a multiple of four, those beyond the last 0. */
  readonly rows: Float32Array;
  /** Vectors, four side by side: cell (v, t) at (v - v % 4) * width + 4 t + v % 4. */
  readonly vectors: Float64Array;
  /** Cell (row, v) at row * 4 * wide + v. */
  readonly c: Float64Array;
  /** Cell (v, t) at v * padded + t, where `padded` is the width, rounded up to a multiple of four. */
  readonly sums: Float64Array;
  /** c = products of `4 * high` rows with `4 * wide` vectors. */
  products(high: number, wide: number, width: number): void;
  /** Adds to the sums of each vector its cells of c times the first `count` rows. */
  spread(count: number, wide: number, width: number): void;
}

/** Bytes: rows, and room for the last step beyond them; then vectors, c and sums. */
const VECTORS = (DEPTH * WIDEST + 4) * 4;
const C = VECTORS + MOST * WIDEST * 8;
const SUMS = C + DEPTH * MOST * 8;
const END = SUMS + MOST * WIDEST * 8;

/** Undefined where WebAssembly or its vectors are missing. */
export function fewKernel(): FewKernel | undefined {
  const routines = [
    {
      name: 'products',
      params: 3,
      locals: [
        { type: i32, count: 12 },
        { type: v128, count: 19 },
      ],
      code: products(),
    },
    {
      name: 'spread',
      params: 3,
      locals: [
        { type: i32, count: 10 },
        { type: v128, count: 12 },
      ],
      code: spread(),
    },
  ];
  const made = instantiate(routines, Math.ceil(END / 65_536));
  if (made === undefined) return undefined;
  const { buffer, exports } = made;
  return {
    rows: new Float32Array(buffer, 0, DEPTH * WIDEST),
    vectors: new Float64Array(buffer, VECTORS, MOST * WIDEST),
    c: new Float64Array(buffer, C, DEPTH * MOST),
    sums: new Float64Array(buffer, SUMS, MOST * WIDEST),
    products: exports['products'] as FewKernel['products'],
    spread: exports['spread'] as FewKernel['spread'],
  };
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Four rows by four vectors at a time: their sums stay in registers through a run of depth. */
function products(): Code {
  const [high, wide, width, i, j, t, end, stride, vector, to] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const row = (r: number): number => 10 + r;
  const sum = (k: number): number => 15 + k;
  const total = (k: number): number => 23 + k;
  const [y0, y1, x] = [31, 32, 33];
  const depth = (d: number): Code => [
    ...[...get(vector), ...loadVector(VECTORS + 32 * d), ...set(y0)],
    ...[...get(vector), ...loadVector(VECTORS + 32 * d + 16), ...set(y1)],
    ...range(4).flatMap((r) => [
      ...[...get(row(r)), ...loadFourTimes(4 * d), ...promoteLow, ...set(x)],
      ...[...get(sum(2 * r)), ...get(x), ...get(y0), ...timesVectors, ...addVectors, ...set(sum(2 * r))],
      ...[...get(sum(2 * r + 1)), ...get(x), ...get(y1), ...timesVectors, ...addVectors],
      ...set(sum(2 * r + 1)),
    ]),
  ];
  const steps = (n: number): Code => {
    const left = [...get(t), ...integer(n - 1), ...add, ...get(end), ...below];
    const body = [
      ...range(n).flatMap(depth),
      ...[...range(4).flatMap((r) => advance(row(r), 4 * n)), ...advance(vector, 32 * n), ...advance(t, n)],
    ];
    return when(left, repeatWhile(left, body));
  };
  const oneRun = [
    ...range(8).flatMap((k) => [...zeroVector, ...set(sum(k))]),
    ...[...minimum([...get(t), ...integer(DEPTH), ...add], get(width)), ...set(end)],
    ...[...steps(4), ...steps(1)],
    ...range(8).flatMap((k) => [...get(total(k)), ...get(sum(k)), ...addVectors, ...set(total(k))]),
  ];
  const tile = [
    ...range(8).flatMap((k) => [...zeroVector, ...set(total(k))]),
    ...[...integer(0), ...set(t)],
    ...[...get(j), ...get(width), ...times, ...integer(32), ...times, ...set(vector)],
    ...range(4).flatMap((r) => [
      ...[...get(i), ...integer(4), ...times, ...integer(r), ...add, ...get(stride), ...times],
      ...set(row(r)),
    ]),
    ...repeatWhile([...get(t), ...get(width), ...below], oneRun),
    // Rows of c are 4 * wide cells of 8 bytes.
    ...range(4).flatMap((r) => [
      ...[...get(i), ...integer(4), ...times, ...integer(r), ...add, ...get(wide), ...times],
      ...[...get(j), ...add, ...integer(32), ...times, ...set(to)],
      ...[...get(to), ...get(total(2 * r)), ...storeVector(C)],
      ...[...get(to), ...get(total(2 * r + 1)), ...storeVector(C + 16)],
    ]),
    ...advance(j, 1),
  ];
  return [
    ...[...get(width), ...integer(4), ...times, ...set(stride)],
    ...repeatWhile(
      [...get(i), ...get(high), ...below],
      [
        ...[...integer(0), ...set(j)],
        ...repeatWhile([...get(j), ...get(wide), ...below], tile),
        ...advance(i, 1),
      ],
    ),
  ];
}

/** Four vectors by four cells at a time, down all rows; the last four cells may run over the row, into what is not kept. */
function spread(): Code {
  const [count, wide, width, j, t, place, factor, end, stride, across, padded, to] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  ];
  const sum = (k: number): number => 13 + k;
  const [cells, low, high, by] = [21, 22, 23, 24];
  const step = [
    ...[...get(place), ...loadVector(0), ...set(cells)],
    ...[...get(cells), ...promoteLow, ...set(low), ...get(cells), ...upperHalf, ...promoteLow, ...set(high)],
    ...range(4).flatMap((v) => [
      ...[...get(factor), ...loadTwice(C + 8 * v), ...set(by)],
      ...[...get(sum(2 * v)), ...get(by), ...get(low), ...timesVectors, ...addVectors, ...set(sum(2 * v))],
      ...[...get(sum(2 * v + 1)), ...get(by), ...get(high), ...timesVectors, ...addVectors],
      ...set(sum(2 * v + 1)),
    ]),
    ...[...get(place), ...get(stride), ...add, ...set(place)],
    ...[...get(factor), ...get(across), ...add, ...set(factor)],
  ];
  const tile = [
    ...range(8).flatMap((k) => [...zeroVector, ...set(sum(k))]),
    ...[...get(t), ...integer(4), ...times, ...set(place)],
    ...[...get(j), ...integer(32), ...times, ...set(factor)],
    ...[...get(factor), ...get(count), ...get(across), ...times, ...add, ...set(end)],
    ...repeatWhile([...get(factor), ...get(end), ...below], step),
    ...range(4).flatMap((v) => [
      ...[...get(j), ...integer(4), ...times, ...integer(v), ...add, ...get(padded), ...times],
      ...[...get(t), ...add, ...integer(8), ...times, ...set(to)],
      ...range(2).flatMap((half) => [
        ...[...get(to), ...get(to), ...loadVector(SUMS + 16 * half)],
        ...[...get(sum(2 * v + half)), ...addVectors, ...storeVector(SUMS + 16 * half)],
      ]),
    ]),
    ...advance(t, 4),
  ];
  return [
    ...[...get(width), ...integer(4), ...times, ...set(stride)],
    ...[...get(wide), ...integer(32), ...times, ...set(across)],
    ...[...get(width), ...integer(3), ...add, ...integer(-4), 0x71, ...set(padded)],
    ...repeatWhile(
      [...get(j), ...get(wide), ...below],
      [
        ...[...integer(0), ...set(t)],
        ...repeatWhile([...get(t), ...get(width), ...below], tile),
        ...advance(j, 1),
      ],
    ),
  ];
}
