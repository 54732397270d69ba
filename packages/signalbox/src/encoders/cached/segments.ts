import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeFolder } from '../make-folder.ts';

/**
 * Rows kept on disk: a folder of segments, each written aside, renamed, and never changed. A segment is a header
 * (magic, width) and records of one size: 32 bytes of key, the row in 32-bit floats, a CRC-32 of both. Processes
 * write segments of their own, so none waits for another; what is torn or foreign is passed over. Rows stay on disk
 * until they are asked for: a folder that served many tables is larger than what any of them needs.
 */
export interface Segments {
  has(key: Buffer): boolean;
  /** Copies the row of a key to where it is wanted; false if it is not kept. */
  get(key: Buffer, to: Float32Array): boolean;
  put(key: Buffer, row: Float32Array): void;
  /** Writes what was put since; one new segment. */
  flush(): Promise<void>;
  /** Lets go of the file that is open; nothing is known any more from here on. */
  close(): void;
}

const magic = Buffer.from('signalbox rows 1');
const headerBytes = magic.length + 4;
const keyBytes = 32;
/** Segments above which they are written together into one. */
const mostSegments = 16;
/** Bytes that are read at a time while a segment is gone through. */
const chunkBytes = 2 ** 20;

interface Place {
  readonly path: string;
  /** Bytes from its start to the row. */
  readonly at: number;
}

export async function openSegments(folder: string, width: number): Promise<Segments> {
  const places = new Map<string, Place>();
  const reader = oneFile();
  const known = new Set<string>();
  const index = (path: string): void => {
    known.add(path);
    for (const [name, at] of recordsOf(reader, path, width)) places.set(name, { path, at });
  };
  const files = await segmentFiles(folder);
  for (const file of files) index(file);
  /** Put, and on no disk. */
  const pending = new Map<string, Float32Array>();
  let unwritten: string[] = [];
  const get: Segments['get'] = (key, to) => {
    const name = nameOf(key);
    const row = pending.get(name);
    if (row !== undefined) {
      to.set(row);
      return true;
    }
    const bytes = Buffer.from(to.buffer, to.byteOffset, to.byteLength);
    const read = (): boolean => {
      const place = places.get(name);
      if (place === undefined) return false;
      if (reader.read(place.path, bytes, place.at) === bytes.length) return true;
      places.delete(name);
      return false;
    };
    if (!places.has(name)) return false;
    if (read()) return true;
    // Another process has written segments together since.
    for (const path of segmentFilesNow(folder)) if (!known.has(path)) index(path);
    return read();
  };
  const segments: Segments = {
    has: (key) => pending.has(nameOf(key)) || places.has(nameOf(key)),
    get,
    put(key, row) {
      pending.set(nameOf(key), row);
      unwritten.push(nameOf(key));
    },
    async flush() {
      if (unwritten.length === 0) return;
      // What another flush has written since it was put is there already.
      const written = unwritten.filter((name) => pending.has(name));
      unwritten = [];
      const records = written.map((name) => record(name, pending.get(name)!));
      index(await writeSegment(folder, width, records));
      // Where the new segment cannot be read, its rows stay here.
      for (const name of written) if (places.has(name)) pending.delete(name);
    },
    close() {
      reader.close();
      places.clear();
    },
  };
  if (files.length > mostSegments) await gather(folder, width, { places, files, index, reader });
  return segments;
}

/** One segment in place of many. They are removed once it is there; whoever misses one computes again. */
async function gather(
  folder: string,
  width: number,
  {
    places,
    files,
    index,
    reader,
  }: {
    readonly places: ReadonlyMap<string, Place>;
    readonly files: readonly string[];
    readonly index: (path: string) => void;
    readonly reader: Reader;
  },
): Promise<void> {
  const row = new Float32Array(width);
  const bytes = Buffer.from(row.buffer);
  const records = function* (): Generator<Buffer> {
    for (const [name, { path, at }] of places)
      if (reader.read(path, bytes, at) === bytes.length) yield record(name, row);
  };
  try {
    index(await writeSegment(folder, width, [...records()]));
    reader.close();
    await Promise.all(files.map((file) => rm(file, { force: true })));
  } catch {
    // The folder may be read only: many segments are read as well as one.
  }
}

/** A string of one character a byte: what a Map finds quickest. */
function nameOf(key: Buffer): string {
  return key.toString('latin1');
}

async function segmentFiles(folder: string): Promise<string[]> {
  return segmentsAmong(await readdir(folder).catch(() => []), folder);
}

function segmentFilesNow(folder: string): string[] {
  try {
    return segmentsAmong(readdirSync(folder), folder);
  } catch {
    return [];
  }
}

function segmentsAmong(names: readonly string[], folder: string): string[] {
  return names
    .filter((name) => name.endsWith('.rows'))
    .sort()
    .map((name) => join(folder, name));
}

function record(name: string, row: Float32Array): Buffer {
  const out = Buffer.alloc(keyBytes + 4 * row.length + 4);
  out.write(name, 0, keyBytes, 'latin1');
  Buffer.from(row.buffer, row.byteOffset, row.byteLength).copy(out, keyBytes);
  out.writeUInt32LE(crc32(out.subarray(0, out.length - 4)), out.length - 4);
  return out;
}

interface Reader {
  /** Bytes that were there; fewer than asked at the end of the file, or where it cannot be read. */
  read(path: string, into: Uint8Array, at: number): number;
  close(): void;
}

/** Holds the file that was read last: rows that were written together are asked for together. */
function oneFile(): Reader {
  let held: { readonly path: string; readonly file: number } | undefined;
  const close = (): void => {
    if (held !== undefined) closeSync(held.file);
    held = undefined;
  };
  return {
    read(path, into, at) {
      let done = 0;
      try {
        if (held?.path !== path) {
          close();
          held = { path, file: openSync(path, 'r') };
        }
        while (done < into.length) {
          const read = readSync(held.file, into, done, into.length - done, at + done);
          if (read === 0) break;
          done += read;
        }
      } catch {
        return done;
      }
      return done;
    },
    close,
  };
}

/** Names of the whole records of a segment, and where their rows begin. */
function* recordsOf(
  reader: Reader,
  path: string,
  width: number,
): Generator<readonly [name: string, at: number]> {
  const header = Buffer.alloc(headerBytes);
  if (reader.read(path, header, 0) < headerBytes || !header.subarray(0, magic.length).equals(magic)) return;
  if (header.readUInt32LE(magic.length) !== width) return;
  const size = keyBytes + 4 * width + 4;
  const chunk = Buffer.alloc(size * Math.max(1, Math.floor(chunkBytes / size)));
  for (let from = headerBytes; ; from += chunk.length) {
    const there = reader.read(path, chunk, from);
    for (let at = 0; at + size <= there; at += size) {
      const end = at + size - 4;
      if (crc32(chunk.subarray(at, end)) === chunk.readUInt32LE(end))
        yield [nameOf(chunk.subarray(at, at + keyBytes)), from + at + keyBytes];
    }
    if (there < chunk.length) return;
  }
}

async function writeSegment(folder: string, width: number, records: readonly Buffer[]): Promise<string> {
  await makeFolder(folder);
  const path = join(folder, `${randomBytes(8).toString('hex')}.rows`);
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  header.writeUInt32LE(width, magic.length);
  const aside = `${path}.tmp`;
  try {
    await writeFile(aside, Buffer.concat([header, ...records]));
    await rename(aside, path);
    return path;
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {});
    throw error;
  }
}
