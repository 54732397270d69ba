import { DEPTH, type Kernel, SIDE } from './kernel.ts';
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
  interleave,
  loadOne,
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
  whileAny,
  zeroVector,
} from './wasm.ts';

const BLOCK = SIDE * DEPTH * 8;
/** Bytes: A at 0, then B, C and the gradient; a scan has its query at 0 and its rows from `ROWS` up to C. */
const B = BLOCK;
const C = 2 * BLOCK;
const ROWS = SIDE * SIDE * 8;
const GRADIENT = C + SIDE * SIDE * 8;
const PAGES = 5;

/**
 * The kernel in WebAssembly, two numbers to an instruction: three to four times as fast as JavaScript, which
 * has no vectors. Multiplies and adds apart (never fused), so that every machine gives the same bits.
 * Undefined where WebAssembly or its vectors are missing.
 */
export function vectorKernel(): Kernel | undefined {
  const routines = [
    {
      name: 'tiles',
      params: 3,
      locals: [
        { type: i32, count: 6 },
        { type: v128, count: 11 },
      ],
      code: tiles(),
    },
    {
      name: 'scan',
      params: 2,
      locals: [
        { type: i32, count: 8 },
        { type: v128, count: 4 },
      ],
      code: scan(),
    },
    {
      name: 'spread',
      params: 2,
      locals: [
        { type: i32, count: 8 },
        { type: v128, count: 7 },
      ],
      code: spread(),
    },
  ];
  const made = instantiate(routines, PAGES);
  if (made === undefined) return undefined;
  const { buffer, exports } = made;
  return {
    a: new Float64Array(buffer, 0, SIDE * DEPTH),
    b: new Float64Array(buffer, B, SIDE * DEPTH),
    c: new Float64Array(buffer, C, SIDE * SIDE),
    query: new Float64Array(buffer, 0, ROWS / 8),
    rows: new Float32Array(buffer, ROWS, (C - ROWS) / 4),
    tiles: exports['tiles'] as Kernel['tiles'],
    scan: exports['scan'] as Kernel['scan'],
    gradient: new Float64Array(buffer, GRADIENT, SIDE * SIDE),
    spread: exports['spread'] as Kernel['spread'],
  };
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

function tiles(): Code {
  const [high, wide, run, i, j, a, b, end, c] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const sum = (k: number): number => 9 + k;
  const [y0, y1, x] = [17, 18, 19];
  const depth = (d: number): Code => [
    ...[...get(b), ...loadVector(32 * d), ...set(y0), ...get(b), ...loadVector(32 * d + 16), ...set(y1)],
    ...range(4).flatMap((r) => [
      ...[...get(a), ...loadTwice(32 * d + 8 * r), ...set(x)],
      ...[...get(sum(2 * r)), ...get(x), ...get(y0), ...timesVectors, ...addVectors, ...set(sum(2 * r))],
      ...[
        ...get(sum(2 * r + 1)),
        ...get(x),
        ...get(y1),
        ...timesVectors,
        ...addVectors,
        ...set(sum(2 * r + 1)),
      ],
    ]),
  ];
  const steps = (n: number): Code =>
    whileAny(
      [...get(a), ...integer(32 * (n - 1)), ...add, ...get(end), ...below],
      [...range(n).flatMap(depth), ...advance(a, 32 * n), ...advance(b, 32 * n)],
    );
  const bytesOfStrip = [...get(run), ...integer(32), ...times];
  const tile = [
    ...[...get(i), ...bytesOfStrip, ...times, ...set(a)],
    ...[...get(a), ...bytesOfStrip, ...add, ...set(end)],
    ...range(8).flatMap((k) => [...zeroVector, ...set(sum(k))]),
    ...[...steps(4), ...steps(1)],
    ...[
      ...get(i),
      ...integer(4 * SIDE * 8),
      ...times,
      ...get(j),
      ...integer(32),
      ...times,
      ...add,
      ...set(c),
    ],
    ...range(8).flatMap((k) => [
      ...get(c),
      ...get(sum(k)),
      ...storeVector(C + (k >> 1) * SIDE * 8 + (k & 1) * 16),
    ]),
    ...advance(j, 1),
  ];
  return repeatWhile(
    [...get(i), ...get(high), ...below],
    [
      ...[...integer(0), ...set(j), ...integer(B), ...set(b)],
      ...repeatWhile([...get(j), ...get(wide), ...below], tile),
      ...advance(i, 1),
    ],
  );
}

/**
 * Four rows abreast. The cells of two rows are interleaved and widened, so that each lane sums one row in the
 * order of depth.
 */
function scan(): Code {
  const [groups, width, group, t, end, stride] = [0, 1, 2, 3, 4, 5];
  const row = (r: number): number => 6 + r;
  const [total, sum] = [(pair: number): number => 10 + pair, (pair: number): number => 12 + pair];
  const pairs = range(2);
  const query = (offset: number): Code => [...get(t), ...integer(8), ...times, ...loadTwice(8 * offset)];
  const gather = (pair: number, load: (offset: number) => Code, low: boolean): Code => [
    ...[...get(row(2 * pair)), ...load(ROWS), ...get(row(2 * pair + 1)), ...load(ROWS)],
    ...interleave(low),
  ];
  const take = (pair: number, offset: number): Code => [
    ...[
      ...promoteLow,
      ...query(offset),
      ...timesVectors,
      ...get(sum(pair)),
      ...addVectors,
      ...set(sum(pair)),
    ],
  ];
  const fourDepths = pairs.flatMap((pair) =>
    [true, false].flatMap((low, half) => [
      ...[...gather(pair, loadVector, low), ...take(pair, 2 * half)],
      ...[...gather(pair, loadVector, low), ...upperHalf, ...take(pair, 2 * half + 1)],
    ]),
  );
  const oneDepth = pairs.flatMap((pair) => [...gather(pair, loadOne, true), ...take(pair, 0)]);
  const forward = (n: number): Code => [...range(4).flatMap((r) => advance(row(r), 4 * n)), ...advance(t, n)];
  const oneRun = [
    ...pairs.flatMap((pair) => [...zeroVector, ...set(sum(pair))]),
    ...[...minimum([...get(t), ...integer(DEPTH), ...add], get(width)), ...set(end)],
    ...whileAny([...get(t), ...integer(3), ...add, ...get(end), ...below], [...fourDepths, ...forward(4)]),
    ...whileAny([...get(t), ...get(end), ...below], [...oneDepth, ...forward(1)]),
    ...pairs.flatMap((pair) => [...get(total(pair)), ...get(sum(pair)), ...addVectors, ...set(total(pair))]),
  ];
  const fourRows = [
    ...pairs.flatMap((pair) => [...zeroVector, ...set(total(pair))]),
    ...[...integer(0), ...set(t)],
    ...range(4).flatMap((r) => [
      ...[...get(group), ...integer(4), ...times, ...integer(r), ...add, ...get(stride), ...times],
      ...set(row(r)),
    ]),
    ...repeatWhile([...get(t), ...get(width), ...below], oneRun),
    ...pairs.flatMap((pair) => [
      ...[...get(group), ...integer(32), ...times, ...get(total(pair)), ...storeVector(C + 16 * pair)],
    ]),
    ...advance(group, 1),
  ];
  return [
    ...[...get(width), ...integer(4), ...times, ...set(stride)],
    ...repeatWhile([...get(group), ...get(groups), ...below], fourRows),
  ];
}

/** Four rows to each pass over the gradient, four cells to a step; the last step may run over `width`. */
function spread(): Code {
  const [groups, width, group, t, stride, place] = [0, 1, 2, 3, 4, 5];
  const row = (r: number): number => 6 + r;
  const factor = (r: number): number => 10 + r;
  const [low, high, cells] = [14, 15, 16];
  const step = [
    ...[...get(t), ...integer(8), ...times, ...set(place)],
    ...[
      ...get(place),
      ...loadVector(GRADIENT),
      ...set(low),
      ...get(place),
      ...loadVector(GRADIENT + 16),
      ...set(high),
    ],
    ...range(4).flatMap((r) => [
      ...[...get(row(r)), ...loadVector(ROWS), ...set(cells)],
      ...[
        ...get(low),
        ...get(factor(r)),
        ...get(cells),
        ...promoteLow,
        ...timesVectors,
        ...addVectors,
        ...set(low),
      ],
      ...[...get(high), ...get(factor(r)), ...get(cells), ...upperHalf, ...promoteLow],
      ...[...timesVectors, ...addVectors, ...set(high)],
    ]),
    ...[
      ...get(place),
      ...get(low),
      ...storeVector(GRADIENT),
      ...get(place),
      ...get(high),
      ...storeVector(GRADIENT + 16),
    ],
    ...[...range(4).flatMap((r) => advance(row(r), 16)), ...advance(t, 4)],
  ];
  const fourRows = [
    ...range(4).flatMap((r) => [
      ...[...get(group), ...integer(32), ...times, ...loadTwice(C + 8 * r), ...set(factor(r))],
      ...[...get(group), ...integer(4), ...times, ...integer(r), ...add, ...get(stride), ...times],
      ...set(row(r)),
    ]),
    ...[...integer(0), ...set(t)],
    ...repeatWhile([...get(t), ...get(width), ...below], step),
    ...advance(group, 1),
  ];
  return [
    ...[...get(width), ...integer(4), ...times, ...set(stride)],
    ...repeatWhile([...get(group), ...get(groups), ...below], fourRows),
  ];
}
