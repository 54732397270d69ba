import { DEPTH, SIDE } from './kernel-single.ts';
import { single } from './kernels.ts';
import type { Matrix } from './matrix.ts';

/** Blocks of rows as the kernel of 32-bit floats takes them. */

/** A block of rows, interleaved, for each run of depth. */
export interface Packed {
  readonly count: number;
  readonly runs: readonly Float32Array[];
}

export function pack(
  { data, rows, cols }: Matrix,
  first: number,
  { lanes, into, order }: { readonly lanes: 4 | 8; readonly into: Float32Array; readonly order?: Int32Array },
): Packed {
  const count = Math.min(SIDE, rows - first);
  const height = upTo(lanes, count);
  const runs: Float32Array[] = [];
  for (let start = 0; start < cols; start += DEPTH) {
    const run = Math.min(DEPTH, cols - start);
    const out = into.subarray(height * start, height * (start + run));
    // What was here before may not count as a row.
    if (height > count) out.fill(0, (height - lanes) * run);
    for (let r = 0; r < count; r++) {
      const source = (order === undefined ? first + r : order[first + r]!) * cols + start;
      for (let t = 0, o = (r - (r % lanes)) * run + (r % lanes); t < run; t++, o += lanes)
        out[o] = data[source + t]!;
    }
    runs.push(out);
  }
  return { count, runs };
}

/** The least multiple of it that holds so many. */
export function upTo(multiple: number, count: number): number {
  return multiple * Math.ceil(count / multiple);
}

/** Products of one run into the kernel's c, beside those of the runs before. */
export function product(rows: Packed, columns: Packed, run: number): void {
  const high = Math.ceil(rows.count / 4);
  const a = rows.runs[run]!;
  const more = run === 0 ? 0 : 1;
  const [ofA, ofB] = [placeOf(a, single.a), placeOf(columns.runs[run]!, single.b)];
  single.tiles(high, Math.ceil(columns.count / 8), a.length / (4 * high), more, ofA, ofB);
}

/** Where the kernel finds a block: where it is, or a copy. */
function placeOf(block: Float32Array, copy: Float32Array): number {
  if (block.buffer === copy.buffer) return block.byteOffset;
  copy.set(block);
  return copy.byteOffset;
}

/**
 * Arrays of so many cells for what is packed: in the kernel's room as long as they fit there, so that nothing is copied; until
 * the next call. The others may be given back (`own`), at once rather than late.
 */
export function roomFor<K extends string>(
  cells: Readonly<Record<K, number>>,
): Readonly<Record<K, Float32Array>> & { readonly own: readonly Float32Array[] } {
  let taken = 0;
  const own: Float32Array[] = [];
  const entries = Object.entries<number>(cells).map(([name, count]) => {
    const end = taken + count;
    if (end > single.room.length) {
      own.push(new Float32Array(count));
      return [name, own.at(-1)!];
    }
    const array = single.room.subarray(taken, end);
    taken = end;
    return [name, array];
  });
  return { ...(Object.fromEntries(entries) as Record<K, Float32Array>), own };
}
