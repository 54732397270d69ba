import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SignalboxError } from '../../core/errors.ts';
import { fileError } from '../files/files.ts';

/** Bytes that lie somewhere and are read when they are asked for. */
export interface Bytes {
  readonly kind: 'bytes';
  readonly length: number;
  read(start: number, end: number): Uint8Array;
}

/** What a pickle or an array is read from. What `at` gives is good until the next call. */
export interface Source {
  /** Named in errors. */
  readonly path: string;
  readonly size: number;
  at(start: number, end: number): Uint8Array;
  /** The same bytes, to be read later: nothing is held until then. */
  later(start: number, end: number): Bytes;
}

const windowBytes = 1 << 20;

/** Reads a file in windows of a megabyte; it is closed once `use` has ended. */
export async function withFile<T>(path: string, use: (source: Source) => T | Promise<T>): Promise<T> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw fileError(path, cause);
  }
  try {
    return await use(fileSource(file, path));
  } finally {
    closeSync(file);
  }
}

function fileSource(file: number, path: string): Source {
  const { size } = fstatSync(file);
  const window = Buffer.alloc(Math.min(windowBytes, size));
  let first = 0;
  let held = 0;
  const load = (into: Buffer, start: number): void => {
    for (let done = 0; done < into.length; ) {
      let read: number;
      try {
        read = readSync(file, into, done, into.length - done, start + done);
      } catch (cause) {
        throw fileError(path, cause);
      }
      if (read === 0)
        throw new SignalboxError('file', 'it became shorter while it was read.', { file: path });
      done += read;
    }
  };
  const fresh = (start: number, end: number): Buffer => {
    const out = Buffer.alloc(end - start);
    load(out, start);
    return out;
  };
  return {
    path,
    size,
    at: (start, end) => {
      if (end - start > window.length) return fresh(start, end);
      if (start < first || end > first + held) {
        held = Math.min(window.length, size - start);
        first = start;
        load(window.subarray(0, held), start);
      }
      return window.subarray(start - first, end - first);
    },
    later: (start, end) => ({
      kind: 'bytes',
      length: end - start,
      read: (from, to) => fresh(start + from, start + to),
    }),
  };
}

/** What is in memory already, such as a member of an archive. */
export function memorySource(bytes: Uint8Array, path: string): Source {
  return {
    path,
    size: bytes.length,
    at: (start, end) => bytes.subarray(start, end),
    later: (start, end) => bytesOf(bytes.subarray(start, end)),
  };
}

export function bytesOf(data: Uint8Array): Bytes {
  return { kind: 'bytes', length: data.length, read: (start, end) => data.subarray(start, end) };
}
