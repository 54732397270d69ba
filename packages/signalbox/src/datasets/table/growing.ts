/** A vector of numbers that grows. */
export interface Growing {
  readonly length: number;
  at(i: number): number;
  push(value: number): void;
  /** Sets number i, filling what lies before it. */
  set(i: number, value: number): void;
}

type Block = Uint8Array | Int32Array | Float32Array | Float64Array;

const bits = 16;
const blockSize = 2 ** bits;
const kinds = [Uint8Array, Int32Array, Float32Array, Float64Array] as const;

/**
 * In blocks, each of the narrowest kind that holds what was set in it exactly, and none where nothing but `fill` was:
 * a constant takes no room, and growing copies one block at most.
 * @param fill what stands where nothing was set
 */
export function growing(fill = 0): Growing {
  const blocks: (Block | undefined)[] = [];
  let length = 0;
  const set = (i: number, value: number): void => {
    if (i >= length) length = i + 1;
    const number = i >>> bits;
    const place = i & (blockSize - 1);
    let block = blocks[number];
    if (block === undefined && Object.is(value, fill)) return;
    if (block === undefined || place >= block.length || !holds(block, value))
      block = blocks[number] = room(block, { place, value, fill });
    block[place] = value;
  };
  return {
    get length() {
      return length;
    },
    at: (i) => blocks[i >>> bits]?.[i & (blockSize - 1)] ?? fill,
    push: (value) => set(length, value),
    set,
  };
}

/** The block with room for a value at this place, of a kind that holds it too. */
function room(
  block: Block | undefined,
  { place, value, fill }: { readonly place: number; readonly value: number; readonly fill: number },
): Block {
  const before = block?.length ?? 0;
  let size = Math.max(before, 64);
  while (size <= place) size *= 2;
  const own = block === undefined ? 0 : kinds.findIndex((kind) => block instanceof kind);
  const needs = [value, ...(size > before ? [fill] : [])];
  const fits = (kind: number): boolean => {
    if (!needs.every((each) => holdsIn(kind, each))) return false;
    // Whole numbers beyond 2^24 may not be single floats.
    return kind === own || block === undefined || kind === 3 || block.every((each) => holdsIn(kind, each));
  };
  let kind = own;
  while (!fits(kind)) kind++;
  const wider = new kinds[kind]!(size);
  wider.fill(fill, before);
  if (block !== undefined) wider.set(block);
  return wider;
}

function holds(block: Block, value: number): boolean {
  if (block instanceof Uint8Array) return holdsIn(0, value);
  if (block instanceof Float64Array) return true;
  return holdsIn(block instanceof Int32Array ? 1 : 2, value);
}

/** Whether a block of this kind holds the value exactly. */
function holdsIn(kind: number, value: number): boolean {
  if (kind === 0) return (value & 255) === value && !Object.is(value, -0);
  if (kind === 1) return (value | 0) === value && !Object.is(value, -0);
  return kind === 3 || Math.fround(value) === value || Number.isNaN(value);
}
