import type { FileHandle } from 'node:fs/promises';
import { SignalboxError } from '../../core/errors.ts';

/** One file inside a ZIP file. */
export interface ZipEntry {
  /** Path inside the file, with `/`; never absolute, never upwards. */
  readonly name: string;
  /** Bytes, unpacked. */
  readonly size: number;
  /** Bytes as they are stored. */
  readonly packed: number;
  readonly method: 0 | 8 | 93;
  readonly crc: number;
  /** Where the member's own header stands. */
  readonly offset: number;
}

export interface Directory {
  readonly entries: readonly ZipEntry[];
}

const endMark = 0x06054b50;
const end64Mark = 0x06064b50;
const locator64Mark = 0x07064b50;
const entryMark = 0x02014b50;
/** A directory above this is no log and no table. */
const mostDirectoryBytes = 2 ** 28;

export function zipFault(path: string, message: string, cause?: unknown): SignalboxError {
  return new SignalboxError('format', message, { file: path, ...(cause !== undefined && { cause }) });
}

/** The central directory (APPNOTE 4.3.12), which alone says what a ZIP file holds. */
export async function readDirectory(handle: FileHandle, path: string): Promise<Directory> {
  const { size: fileSize } = await handle.stat();
  const { start, length, count } = await findDirectory(handle, fileSize, path);
  const bytes = await readAt(handle, start, length);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== entryMark) throw cutOff(path);
    const nameLength = bytes.readUInt16LE(at + 28);
    const extraLength = bytes.readUInt16LE(at + 30);
    const next = at + 46 + nameLength + extraLength + bytes.readUInt16LE(at + 32);
    if (next > bytes.length) throw cutOff(path);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    if (!name.endsWith('/')) {
      if (names.has(name)) throw zipFault(path, `its member \`${name}\` stands in it twice; it is not read.`);
      names.add(name);
      entries.push(entryAt({ header: bytes.subarray(at, at + 46), extra, name, path }));
    }
    at = next;
  }
  checkOverlap(entries, start, path);
  return { entries };
}

async function findDirectory(handle: FileHandle, fileSize: number, path: string) {
  // The end record is followed by a comment of at most 65,535 bytes.
  const tailLength = Math.min(fileSize, 22 + 0xffff);
  const tail = await readAt(handle, fileSize - tailLength, tailLength);
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== endMark) at--;
  if (at < 0) throw cutOff(path);
  let count = tail.readUInt16LE(at + 10);
  let length = tail.readUInt32LE(at + 12);
  let start = tail.readUInt32LE(at + 16);
  const locator = at - 20;
  if (locator >= 0 && tail.readUInt32LE(locator) === locator64Mark) {
    const record = await readAt(handle, safe(tail.readBigUInt64LE(locator + 8), path), 56);
    if (record.length < 56 || record.readUInt32LE(0) !== end64Mark) throw cutOff(path);
    count = safe(record.readBigUInt64LE(32), path);
    length = safe(record.readBigUInt64LE(40), path);
    start = safe(record.readBigUInt64LE(48), path);
  }
  if (start + length > fileSize || length < count * 46 || length > mostDirectoryBytes) throw cutOff(path);
  return { start, length, count };
}

function entryAt(work: {
  readonly header: Buffer;
  readonly extra: Buffer;
  readonly name: string;
  readonly path: string;
}): ZipEntry {
  const { header, extra, name, path } = work;
  const fail = (why: string): SignalboxError => zipFault(path, `its member \`${printable(name)}\` ${why}.`);
  if (!isSafe(name)) throw fail('has a name that leads out of its folder; the file is not read');
  if ((header.readUInt16LE(8) & 0x41) !== 0) throw fail('is encrypted. Pack it without a password');
  const method = header.readUInt16LE(10);
  if (method !== 0 && method !== 8 && method !== 93) {
    throw fail(`is packed by method ${method}; stored, deflated or Zstandard was expected. Pack it again`);
  }
  const wide = wideValues(extra);
  const value = (at: number): number => {
    const short = header.readUInt32LE(at);
    return short === 0xffffffff ? safe(wide.next() ?? BigInt(short), path) : short;
  };
  const size = value(24);
  const packed = value(20);
  const offset = value(42);
  if (method === 0 && size !== packed) throw fail('is stored, and yet of two sizes: it is damaged');
  return { name, size, packed, method, crc: header.readUInt32LE(16), offset };
}

/** The 64-bit values of the ZIP64 extra field, in the order in which the short ones are full. */
function wideValues(extra: Buffer) {
  let at = 0;
  let end = 0;
  for (let i = 0; i + 4 <= extra.length; i += 4 + extra.readUInt16LE(i + 2)) {
    if (extra.readUInt16LE(i) === 1)
      [at, end] = [i + 4, Math.min(extra.length, i + 4 + extra.readUInt16LE(i + 2))];
  }
  return {
    next: (): bigint | undefined => {
      if (at + 8 > end) return undefined;
      at += 8;
      return extra.readBigUInt64LE(at - 8);
    },
  };
}

/** Members that share bytes are how a small file unpacks to a huge one. */
function checkOverlap(entries: readonly ZipEntry[], directoryStart: number, path: string): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  for (const [i, { name, offset, packed }] of sorted.entries()) {
    const end = offset + 30 + packed;
    if (end > (sorted[i + 1]?.offset ?? directoryStart)) {
      throw zipFault(path, `its member \`${name}\` overlaps what follows it; the file is damaged or a bomb.`);
    }
  }
}

/** Relative, inside its folder, and without what some systems take for a path. */
function isSafe(name: string): boolean {
  const letters = [...name].every((letter) => letter >= ' ' && letter !== '\u007f');
  return (
    letters &&
    name !== '' &&
    !/^(\/|[A-Za-z]:)|\\/.test(name) &&
    !name.split('/').some((part) => part === '..')
  );
}

function printable(name: string): string {
  return JSON.stringify(name).slice(1, -1).slice(0, 120);
}

function safe(value: bigint, path: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw cutOff(path);
  return Number(value);
}

async function readAt(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, start);
  return bytes.subarray(0, bytesRead);
}

function cutOff(path: string): SignalboxError {
  return zipFault(path, 'it is no ZIP file, or is cut off or damaged. Bring it again.');
}
