import {
  add,
  addSingles,
  advance,
  below,
  both,
  type Code,
  get,
  halves,
  i32,
  instantiate,
  integer,
  interleave,
  loadFourTimes,
  loadOne,
  loadVector,
  minimum,
  minus,
  quarter,
  reaching,
  repeatWhile,
  set,
  storeInteger,
  storeVector,
  times,
  timesSingles,
  trailingZeros,
  v128,
  when,
  whileAny,
  zeroVector,
} from './wasm.ts';

/** Rows of a block of either factor, and cells of a row of C. */
export const SIDE = 64;
/** Depth that is summed before it is added to what came before. */
export const DEPTH = 512;

/**
 * Inner products in 32-bit floats, for ranking neighbours: twice as many to an instruction as in 64. Every
 * sum, alone or in a block, is in the order of depth, in runs of `DEPTH`, each rounded to 32 bits.
 */
export interface SingleKernel {
  /** A block, four rows side by side at each depth: cell (i, t) at (i - i % 4) * run + 4 t + i % 4. */
  readonly a: Float32Array;
  /** A block, eight rows side by side at each depth. */
  readonly b: Float32Array;
  /** For blocks of either kind that are multiplied more than once. */
  readonly room: Float32Array;
  /** Cell (i, j) at i * SIDE + j. */
  readonly c: Float32Array;
  /**
   * c = a b' for `high` times `wide` tiles of 4 x 8; with `more` = 1 they are added to what is there. `a` and `b` are the
   * byteOffset of a block each, within the kernel's memory.
   */
  tiles(high: number, wide: number, run: number, more: 0 | 1, a: number, b: number): void;
  /** What cells of c have to reach: one for each row, then one for each column. Greater than any where there is no such row. */
  readonly bars: Float32Array;
  /** Places in c of the cells that `sift` found, rows first. */
  readonly hits: Int32Array;
  /** How many by the bars of rows, and how many by those of columns. */
  readonly counts: Int32Array;
  /** Finds the cells of the first `high` rows that reach the bar of their row, and with `down` = 1 after them those that reach the one of their column. */
  sift(high: number, down: 0 | 1): void;
  readonly query: Float32Array;
  /** Rows that are scanned, one after the other; as many as fit. */
  readonly rows: Float32Array;
  /** Inner products of the query with `4 * groups` rows, into the first cells of `c`. */
  scan(groups: number, width: number): void;
}

const BLOCK = SIDE * DEPTH * 4;
/** Bytes: A at 0, then B, then C; a scan has its query at 0 and its rows from `ROWS` up to C. */
const B = BLOCK;
const C = 2 * BLOCK;
const ROWS = SIDE * SIDE * 4;
const BARS = C + SIDE * SIDE * 4;
const COUNTS = BARS + 2 * SIDE * 4;
const HITS = COUNTS + 16;
const ROOM = HITS + 2 * SIDE * SIDE * 4;
/** Cells of the room: 2,048 rows of 600, and a block beside them. */
const ROOM_CELLS = 33 * SIDE * 600;
const END = ROOM + ROOM_CELLS * 4;

/** Undefined where WebAssembly or its vectors are missing. */
export function singleVectorKernel(): SingleKernel | undefined {
  const routines = [
    {
      name: 'tiles',
      params: 6,
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
        { type: v128, count: 8 },
      ],
      code: scan(),
    },
    {
      name: 'sift',
      params: 2,
      locals: [
        { type: i32, count: 6 },
        { type: v128, count: 1 },
      ],
      code: sift(),
    },
  ];
  const made = instantiate(routines, Math.ceil(END / 65_536));
  if (made === undefined) return undefined;
  const { buffer, exports } = made;
  return {
    a: new Float32Array(buffer, 0, SIDE * DEPTH),
    b: new Float32Array(buffer, B, SIDE * DEPTH),
    room: new Float32Array(buffer, ROOM, ROOM_CELLS),
    c: new Float32Array(buffer, C, SIDE * SIDE),
    query: new Float32Array(buffer, 0, SIDE * SIDE),
    rows: new Float32Array(buffer, ROWS, (C - ROWS) / 4),
    tiles: exports['tiles'] as SingleKernel['tiles'],
    scan: exports['scan'] as SingleKernel['scan'],
    bars: new Float32Array(buffer, BARS, 2 * SIDE),
    hits: new Int32Array(buffer, HITS, 2 * SIDE * SIDE),
    counts: new Int32Array(buffer, COUNTS, 2),
    sift: exports['sift'] as SingleKernel['sift'],
  };
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

function tiles(): Code {
  const [high, wide, run, more, firstA, firstB, i, j, a, b, end, c] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  const sum = (k: number): number => 12 + k;
  const [y0, y1, x] = [20, 21, 22];
  const place = (k: number): number => C + (k >> 1) * SIDE * 4 + (k & 1) * 16;
  const depth = (d: number): Code => [
    ...[...get(b), ...loadVector(32 * d), ...set(y0), ...get(b), ...loadVector(32 * d + 16), ...set(y1)],
    ...range(4).flatMap((r) => [
      ...[...get(a), ...loadFourTimes(16 * d + 4 * r), ...set(x)],
      ...[...get(sum(2 * r)), ...get(x), ...get(y0), ...timesSingles, ...addSingles, ...set(sum(2 * r))],
      ...[
        ...get(sum(2 * r + 1)),
        ...get(x),
        ...get(y1),
        ...timesSingles,
        ...addSingles,
        ...set(sum(2 * r + 1)),
      ],
    ]),
  ];
  const steps = (n: number): Code =>
    whileAny(
      [...get(a), ...integer(16 * (n - 1)), ...add, ...get(end), ...below],
      [...range(n).flatMap(depth), ...advance(a, 16 * n), ...advance(b, 32 * n)],
    );
  const bytesOfStrip = [...get(run), ...integer(16), ...times];
  const tile = [
    ...[...get(i), ...bytesOfStrip, ...times, ...get(firstA), ...add, ...set(a)],
    ...[...get(a), ...bytesOfStrip, ...add, ...set(end)],
    ...range(8).flatMap((k) => [...zeroVector, ...set(sum(k))]),
    ...[...steps(4), ...steps(1)],
    ...[
      ...get(i),
      ...integer(4 * SIDE * 4),
      ...times,
      ...get(j),
      ...integer(32),
      ...times,
      ...add,
      ...set(c),
    ],
    ...when(
      get(more),
      range(8).flatMap((k) => [
        ...[...get(c), ...loadVector(place(k)), ...get(sum(k)), ...addSingles, ...set(sum(k))],
      ]),
    ),
    ...range(8).flatMap((k) => [...get(c), ...get(sum(k)), ...storeVector(place(k))]),
    ...advance(j, 1),
  ];
  return repeatWhile(
    [...get(i), ...get(high), ...below],
    [
      ...[...integer(0), ...set(j), ...get(firstB), ...set(b)],
      ...repeatWhile([...get(j), ...get(wide), ...below], tile),
      ...advance(i, 1),
    ],
  );
}

/** Four rows abreast, a lane to each: their cells are transposed four by four. */
function scan(): Code {
  const [groups, width, group, t, end, stride] = [0, 1, 2, 3, 4, 5];
  const row = (r: number): number => 6 + r;
  const [total, sum, low01, low23, high01, high23] = [10, 11, 12, 13, 14, 15];
  const cells = (r: number): Code => [...get(row(r)), ...loadVector(ROWS)];
  const take = (offset: number): Code => [
    ...[...get(t), ...integer(4), ...times, ...loadFourTimes(4 * offset)],
    ...[...timesSingles, ...get(sum), ...addSingles, ...set(sum)],
  ];
  const fourDepths = [
    ...[...cells(0), ...cells(1), ...interleave(true), ...set(low01)],
    ...[...cells(2), ...cells(3), ...interleave(true), ...set(low23)],
    ...[...cells(0), ...cells(1), ...interleave(false), ...set(high01)],
    ...[...cells(2), ...cells(3), ...interleave(false), ...set(high23)],
    ...[...get(low01), ...get(low23), ...halves(true), ...take(0)],
    ...[...get(low01), ...get(low23), ...halves(false), ...take(1)],
    ...[...get(high01), ...get(high23), ...halves(true), ...take(2)],
    ...[...get(high01), ...get(high23), ...halves(false), ...take(3)],
  ];
  const cell = (r: number): Code => [...get(row(r)), ...loadOne(ROWS)];
  const oneDepth = [
    ...[...cell(0), ...cell(1), ...interleave(true), ...cell(2), ...cell(3), ...interleave(true)],
    ...[...halves(true), ...take(0)],
  ];
  const forward = (n: number): Code => [...range(4).flatMap((r) => advance(row(r), 4 * n)), ...advance(t, n)];
  const fourLeft = [...get(t), ...integer(3), ...add, ...get(end), ...below];
  const oneLeft = [...get(t), ...get(end), ...below];
  const oneRun = [
    ...[...zeroVector, ...set(sum)],
    ...[...minimum([...get(t), ...integer(DEPTH), ...add], get(width)), ...set(end)],
    ...whileAny(fourLeft, [...fourDepths, ...forward(4)]),
    ...whileAny(oneLeft, [...oneDepth, ...forward(1)]),
    ...[...get(total), ...get(sum), ...addSingles, ...set(total)],
  ];
  const fourRows = [
    ...[...zeroVector, ...set(total), ...integer(0), ...set(t)],
    ...range(4).flatMap((r) => [
      ...[...get(group), ...integer(4), ...times, ...integer(r), ...add, ...get(stride), ...times],
      ...set(row(r)),
    ]),
    ...repeatWhile([...get(t), ...get(width), ...below], oneRun),
    ...[...get(group), ...integer(16), ...times, ...get(total), ...storeVector(C)],
    ...advance(group, 1),
  ];
  return [
    ...[...get(width), ...integer(4), ...times, ...set(stride)],
    ...repeatWhile([...get(group), ...get(groups), ...below], fourRows),
  ];
}

/** Four cells to a step: of thousands a few reach. */
function sift(): Code {
  const [high, down, r, j, mask, cell, to, first, bar] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const step = [
    ...[...get(r), ...integer(SIDE), ...times, ...get(j), ...add, ...set(cell)],
    ...[...get(cell), ...integer(4), ...times, ...loadVector(C), ...get(bar), ...reaching, ...set(mask)],
    ...whileAny(get(mask), [
      ...[...get(to), ...get(cell), ...get(mask), ...trailingZeros, ...add, ...storeInteger(HITS)],
      ...advance(to, 4),
      ...[...get(mask), ...get(mask), ...integer(1), ...minus, ...both, ...set(mask)],
    ]),
  ];
  const found = (place: number): Code => [
    ...[...integer(0), ...get(to), ...get(first), ...minus, ...quarter, ...storeInteger(COUNTS + place)],
    ...[...get(to), ...set(first)],
  ];
  const byRow = [
    ...[...get(r), ...integer(4), ...times, ...loadFourTimes(BARS), ...set(bar)],
    ...[...integer(0), ...set(j)],
    ...repeatWhile([...get(j), ...integer(SIDE), ...below], [...step, ...advance(j, 4)]),
    ...advance(r, 1),
  ];
  const byColumns = [
    ...[...get(j), ...integer(4), ...times, ...loadVector(BARS + SIDE * 4), ...set(bar)],
    ...[...integer(0), ...set(r)],
    ...repeatWhile([...get(r), ...get(high), ...below], [...step, ...advance(r, 1)]),
    ...advance(j, 4),
  ];
  return [
    ...repeatWhile([...get(r), ...get(high), ...below], byRow),
    ...found(0),
    ...when(get(down), [
      ...[...integer(0), ...set(j)],
      ...repeatWhile([...get(j), ...integer(SIDE), ...below], byColumns),
    ]),
    ...found(4),
  ];
}

/** The same bits in plain JavaScript. */
export function singleScalarKernel(): SingleKernel {
  const space = new Float32Array(2 * SIDE * DEPTH + ROOM_CELLS);
  const a = space.subarray(0, SIDE * DEPTH);
  const b = space.subarray(SIDE * DEPTH, 2 * SIDE * DEPTH);
  const c = new Float32Array(SIDE * SIDE);
  const query = new Float32Array(SIDE * SIDE);
  const rows = new Float32Array(2 * SIDE * DEPTH - SIDE * SIDE);
  const bars = new Float32Array(2 * SIDE);
  const hits = new Int32Array(2 * SIDE * SIDE);
  const counts = new Int32Array(2);
  return {
    a,
    b,
    room: space.subarray(2 * SIDE * DEPTH),
    c,
    query,
    rows,
    tiles(high, wide, run, more, ofA, ofB) {
      for (let i = 0; i < 4 * high; i++) {
        for (let j = 0; j < 8 * wide; j++) {
          let sum = 0;
          let s = ofA / 4 + (i - (i % 4)) * run + (i % 4);
          let t = ofB / 4 + (j - (j % 8)) * run + (j % 8);
          for (const end = s + 4 * run; s < end; s += 4, t += 8)
            sum = Math.fround(sum + Math.fround(space[s]! * space[t]!));
          c[i * SIDE + j] = more === 1 ? c[i * SIDE + j]! + sum : sum;
        }
      }
    },
    scan(groups, width) {
      for (let r = 0; r < 4 * groups; r++) {
        let total = 0;
        for (let t = 0; t < width; t += DEPTH) {
          const end = Math.min(width, t + DEPTH);
          let sum = 0;
          for (let s = t, o = r * width + t; s < end; s++, o++) {
            sum = Math.fround(sum + Math.fround(query[s]! * rows[o]!));
          }
          total = Math.fround(total + sum);
        }
        c[r] = total;
      }
    },
    bars,
    hits,
    counts,
    sift(high, down) {
      let to = 0;
      for (let cell = 0; cell < high * SIDE; cell++)
        if (c[cell]! >= bars[Math.floor(cell / SIDE)]!) hits[to++] = cell;
      counts[0] = to;
      for (let j = 0; j < SIDE && down === 1; j += 4)
        for (let cell = j; cell < high * SIDE; cell += SIDE)
          for (let k = 0; k < 4; k++) if (c[cell + k]! >= bars[SIDE + j + k]!) hits[to++] = cell + k;
      counts[1] = to - counts[0];
    },
  };
}
