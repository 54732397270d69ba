/**
 * Just enough of the WebAssembly binary format (core specification 2.0, chapter 5) to write a numeric kernel as
 * readable code. A code fragment is a list of bytes; fragments are put together by spreading.
 */
export type Code = readonly number[];

const vector = (op: number): Code => [0xfd, ...unsigned(op)];
/** The address is on the stack; `offset` in bytes. */
const memory = (align: number, offset: number): Code => [align, ...unsigned(offset)];

/** Unsigned LEB128. */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  let left = value;
  do {
    const low = left & 0x7f;
    left >>>= 7;
    bytes.push(left === 0 ? low : low | 0x80);
  } while (left !== 0);
  return bytes;
}

/** Signed LEB128, for constants. */
function signed(value: number): Code {
  const bytes: number[] = [];
  let left = value;
  for (;;) {
    const low = left & 0x7f;
    left >>= 7;
    const last = (left === 0 && (low & 0x40) === 0) || (left === -1 && (low & 0x40) !== 0);
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}

export const i32 = 0x7f;
export const v128 = 0x7b;

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const integer = (value: number): Code => [0x41, ...signed(value)];
export const add: Code = [0x6a];
export const times: Code = [0x6c];
export const below: Code = [0x49];

export const minus: Code = [0x6b];
export const both: Code = [0x71];
export const quarter: Code = [...integer(2), 0x76];
/** How many of the lowest bits are 0. */
export const trailingZeros: Code = [0x68];
export const storeInteger = (offset: number): Code => [0x36, ...memory(2, offset)];

/** The lesser of two unsigned integers. */
export const minimum = (a: Code, b: Code): Code => [...a, ...b, ...a, ...b, ...below, 0x1b];

/** Adds a constant to a local. */
export const advance = (local: number, by: number): Code => [
  ...get(local),
  ...integer(by),
  ...add,
  ...set(local),
];

/** Runs the body if the condition is not 0. */
export const when = (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, 0x0b];

/** Runs the body until the condition (a fragment that leaves an integer) is 0; at least once. */
export const repeatWhile = (condition: Code, body: Code): Code => [
  0x03,
  0x40,
  ...body,
  ...condition,
  0x0d,
  0,
  0x0b,
];

/** Runs the body while the condition is not 0. */
export const whileAny = (condition: Code, body: Code): Code => when(condition, repeatWhile(condition, body));

export const loadVector = (offset: number): Code => [...vector(0x00), ...memory(3, offset)];
/** One 64-bit number in both lanes. */
export const loadTwice = (offset: number): Code => [...vector(0x0a), ...memory(3, offset)];
export const storeVector = (offset: number): Code => [...vector(0x0b), ...memory(3, offset)];
export const addVectors: Code = vector(0xf0);
export const timesVectors: Code = vector(0xf2);
export const zeroVector: Code = [...vector(0x0c), ...new Array<number>(16).fill(0)];

/** One 32-bit number, the other lanes 0. */
export const loadOne = (offset: number): Code => [...vector(0x5c), ...memory(2, offset)];
/** The two lower 32-bit numbers as 64-bit ones. */
export const promoteLow: Code = vector(0x5f);
/** Of two vectors of four 32-bit numbers, the lower (or upper) two of each in turn: x0 y0 x1 y1. */
export const interleave = (low: boolean): Code => shuffle(low ? [0, 4, 1, 5] : [2, 6, 3, 7]);
/** Of two vectors of four 32-bit numbers: x0 x1 y0 y1, or x2 x3 y2 y3. */
export const halves = (low: boolean): Code => shuffle(low ? [0, 1, 4, 5] : [2, 3, 6, 7]);
/** Moves the upper two 32-bit numbers of a vector down. */
export const upperHalf: Code = [...zeroVector, ...halves(false)];

function shuffle(places: readonly number[]): Code {
  return [...vector(0x0d), ...places.flatMap((p) => [4 * p, 4 * p + 1, 4 * p + 2, 4 * p + 3])];
}

export const addSingles: Code = vector(0xe4);
export const timesSingles: Code = vector(0xe6);
/** A bit for each of four 32-bit numbers that is at least the other one. */
export const reaching: Code = [...vector(0x46), ...vector(0xa4)];
/** One 32-bit number in all four lanes. */
export const loadFourTimes = (offset: number): Code => [...vector(0x09), ...memory(2, offset)];

export interface Routine {
  readonly name: string;
  /** Integers that it takes: locals 0, 1, ... */
  readonly params: number;
  /** Further locals, by type in order. */
  readonly locals: readonly { readonly type: number; readonly count: number }[];
  readonly code: Code;
}

/** A module that imports its memory as `m.m` and exports the routines. */
function moduleOf(routines: readonly Routine[]): Uint8Array<ArrayBuffer> {
  const text = (value: string): Code => [
    ...unsigned(value.length),
    ...[...value].map((c) => c.charCodeAt(0)),
  ];
  const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
  const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
  const bodies = routines.map(({ locals, code }) => {
    const content = [...list(locals.map(({ type, count }) => [...unsigned(count), type])), ...code, 0x0b];
    return [...unsigned(content.length), ...content];
  });
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(routines.map(({ params }) => [0x60, ...list(new Array(params).fill([i32])), 0]))),
    ...section(2, list([[...text('m'), ...text('m'), 0x02, 0x00, 0x01]])),
    ...section(3, list(routines.map((_, i) => unsigned(i)))),
    ...section(7, list(routines.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]))),
    ...section(10, list(bodies)),
  ]);
}

interface Host {
  validate(bytes: Uint8Array): boolean;
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, object>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** What is used of the global of that name, which the types of Node leave out. */
declare const WebAssembly: Host | undefined;

/** The routines over a memory of their own, of so many pages of 64 kB; undefined where WebAssembly or its vectors are missing. */
export function instantiate(
  routines: readonly Routine[],
  pages: number,
): { buffer: ArrayBuffer; exports: Readonly<Record<string, unknown>> } | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const bytes = moduleOf(routines);
  if (!WebAssembly.validate(bytes)) return undefined;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { m: memory } });
  return { buffer: memory.buffer, exports };
}
