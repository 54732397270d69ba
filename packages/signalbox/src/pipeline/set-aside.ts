import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Matrix } from '../math/matrix.ts';

/** What is smaller stays in memory, in bytes. */
const leastBytes = 4 * 2 ** 20;

/** Closes the file of a matrix that nobody can ask for any more. */
const forgotten = new FinalizationRegistry<number>((file) => closeSync(file));

/**
 * A matrix that is not needed now and will be asked for again: it waits on disk, in a file without a name, which goes
 * with the process however that ends. While somebody else holds it, it is given as it is. Where the disk does not take
 * it, it stays in memory.
 */
export function setAside(
  m: Matrix,
  { folder = tmpdir(), least = leastBytes }: { readonly folder?: string; readonly least?: number } = {},
): () => Matrix {
  if (m.data.byteLength < least) return () => m;
  const file = written(m.data, folder);
  return file === undefined ? () => m : fromDisk(file, new WeakRef(m.data), m);
}

/** On its own: a closure beside one that holds the matrix would hold it as well. */
function fromDisk(file: number, first: WeakRef<Matrix['data']>, { rows, cols, data }: Matrix): () => Matrix {
  const Cells = data.constructor as new (length: number) => Matrix['data'];
  let held = first;
  const again = (): Matrix => {
    const known = held.deref();
    if (known !== undefined) return { rows, cols, data: known };
    const read = new Cells(rows * cols);
    each(read, (bytes, from) => readSync(file, bytes, 0, bytes.length, from));
    held = new WeakRef(read);
    return { rows, cols, data: read };
  };
  forgotten.register(again, file);
  return again;
}

/** An open file that holds these numbers and has no name any more; undefined where none can be written. */
function written(data: Matrix['data'], folder: string): number | undefined {
  let own: string | undefined;
  let file: number | undefined;
  try {
    own = mkdtempSync(join(folder, 'signalbox-'));
    file = openSync(join(own, 'matrix'), 'wx+', 0o600);
    rmSync(own, { recursive: true });
    own = undefined;
    const open = file;
    each(data, (bytes, from) => writeSync(open, bytes, 0, bytes.length, from));
    return file;
  } catch {
    if (file !== undefined) closeSync(file);
    if (own !== undefined) rmSync(own, { recursive: true, force: true });
    return undefined;
  }
}

/** Goes through all bytes of an array, as many at once as `move` says that it took. */
function each(data: Matrix['data'], move: (bytes: Uint8Array, from: number) => number): void {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let from = 0; from < bytes.length; ) {
    const moved = move(bytes.subarray(from), from);
    if (moved === 0) throw new Error(`a matrix set aside ends after ${from} of ${bytes.length} bytes`);
    from += moved;
  }
}
