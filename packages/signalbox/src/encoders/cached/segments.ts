import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * Rows kept on disk: a folder of segments, each written aside, renamed, and never changed. A segment is a header
 * (magic, width) and records of one size: 32 bytes of key, the row in 32-bit floats, a CRC-32 of both. Processes
 * write segments of their own, so none waits for another; what is torn or foreign is passed over.
 */
export interface Segments {
  /** The row of a key, if it is kept. */
  get(key: Buffer): Float32Array | undefined;
  put(key: Buffer, row: Float32Array): void;
  /** Writes what was put since; one new segment. */
  flush(): Promise<void>;
}

const magic = Buffer.from('signalbox rows 1');
const headerBytes = magic.length + 4;
const keyBytes = 32;
/** Segments above which they are written together into one. */
const mostSegments = 16;

export async function openSegments(folder: string, width: number): Promise<Segments> {
  const rows = new Map<string, Float32Array>();
  const files = await segmentFiles(folder);
  for (const file of files) {
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes) readSegment(bytes, width, (key, row) => rows.set(nameOf(key), row));
  }
  let unwritten: Buffer[] = [];
  const segments: Segments = {
    get: (key) => rows.get(nameOf(key)),
    put(key, row) {
      rows.set(nameOf(key), row);
      unwritten.push(record(key, row));
    },
    async flush() {
      if (unwritten.length === 0) return;
      const written = unwritten;
      unwritten = [];
      await writeSegment(folder, width, written);
    },
  };
  if (files.length > mostSegments) await gather(folder, width, { rows, files });
  return segments;
}

/** One segment in place of many. They are removed once it is there; whoever misses one computes again. */
async function gather(
  folder: string,
  width: number,
  { rows, files }: { rows: ReadonlyMap<string, Float32Array>; files: readonly string[] },
): Promise<void> {
  try {
    await writeSegment(
      folder,
      width,
      Array.from(rows, ([key, row]) => record(Buffer.from(key, 'latin1'), row)),
    );
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
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.rows'))
    .sort()
    .map((name) => join(folder, name));
}

function record(key: Buffer, row: Float32Array): Buffer {
  const out = Buffer.alloc(keyBytes + 4 * row.length + 4);
  key.copy(out, 0, 0, keyBytes);
  Buffer.from(row.buffer, row.byteOffset, row.byteLength).copy(out, keyBytes);
  out.writeUInt32LE(crc32(out.subarray(0, out.length - 4)), out.length - 4);
  return out;
}

function readSegment(bytes: Buffer, width: number, found: (key: Buffer, row: Float32Array) => void): void {
  if (bytes.length < headerBytes || !bytes.subarray(0, magic.length).equals(magic)) return;
  if (bytes.readUInt32LE(magic.length) !== width) return;
  const size = keyBytes + 4 * width + 4;
  for (let at = headerBytes; at + size <= bytes.length; at += size) {
    const end = at + size - 4;
    if (crc32(bytes.subarray(at, end)) !== bytes.readUInt32LE(end)) continue;
    const row = new Float32Array(width);
    Buffer.from(row.buffer).set(bytes.subarray(at + keyBytes, end));
    found(bytes.subarray(at, at + keyBytes), row);
  }
}

async function writeSegment(folder: string, width: number, records: readonly Buffer[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${randomBytes(8).toString('hex')}.rows`);
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  header.writeUInt32LE(width, magic.length);
  const aside = `${path}.tmp`;
  try {
    await writeFile(aside, Buffer.concat([header, ...records]));
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {});
    throw error;
  }
}
