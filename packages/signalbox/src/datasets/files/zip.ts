import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import {
  crc32,
  createInflateRaw,
  createZstdDecompress,
  inflateRaw,
  type ZlibOptions,
  zstdDecompress,
} from 'node:zlib';
import { SignalboxError } from '../../core/errors.ts';
import { fileError } from './files.ts';
import { type Directory, readDirectory, type ZipEntry, zipFault } from './zip-directory.ts';

export type { ZipEntry } from './zip-directory.ts';

/** What a ZIP file may hold; beyond it the file is refused before anything is unpacked. */
export interface ZipLimits {
  readonly members: number;
  /** Bytes of one member, unpacked. */
  readonly memberBytes: number;
  /** Bytes of all members together, unpacked. */
  readonly totalBytes: number;
  /** Unpacked bytes for each packed one, of members above 1 MiB. */
  readonly ratio: number;
}

export const zipLimits: ZipLimits = {
  members: 500_000,
  memberBytes: 2 ** 31,
  totalBytes: 2 ** 36,
  ratio: 400,
};

/** An open ZIP file; nothing of it is ever written to disk. Close it with `await using`. */
export interface Zip extends AsyncDisposable {
  /** Files in the order of the directory, folders left out. */
  readonly entries: readonly ZipEntry[];
  has(name: string): boolean;
  /** @throws SignalboxError where there is no such member, or it is damaged or larger than it says */
  read(name: string): Promise<Uint8Array>;
  /** The same in pieces, checked at its end. */
  stream(name: string): AsyncGenerator<Uint8Array>;
}

const inflate = promisify<Buffer, ZlibOptions, Buffer>(inflateRaw);
const unzstd = promisify<Buffer, { maxOutputLength: number }, Buffer>(zstdDecompress);
const pieceBytes = 1 << 18;

/**
 * Opens a ZIP file by its directory: stored, deflated and Zstandard members, with and without ZIP64.
 * @throws SignalboxError for a file that is none or is cut off, encrypted or overlapping members, names that are
 * repeated or lead out of their folder, and whatever exceeds the limits
 */
export async function openZip(path: string, limits: ZipLimits = zipLimits): Promise<Zip> {
  const handle = await open(path, 'r').catch((cause) => {
    throw fileError(path, cause);
  });
  try {
    const directory = await readDirectory(handle, path);
    checkLimits(directory, limits, path);
    return zipOf(handle, directory, path);
  } catch (cause) {
    await handle.close();
    throw fileError(path, cause);
  }
}

function checkLimits({ entries }: Directory, limits: ZipLimits, path: string): void {
  const fail = (message: string): SignalboxError => zipFault(path, `${message}; it is not unpacked.`);
  if (entries.length > limits.members) {
    throw fail(`it holds ${entries.length} files where at most ${limits.members} are read`);
  }
  let total = 0;
  for (const { name, size, packed } of entries) {
    total += size;
    if (size > limits.memberBytes) {
      throw fail(
        `its member \`${name}\` unpacks to ${size} bytes where at most ${limits.memberBytes} are read`,
      );
    }
    if (size > 2 ** 20 && size > packed * limits.ratio) {
      throw fail(
        `its member \`${name}\` unpacks to ${size} bytes from ${packed}, more than ${limits.ratio} for each; it looks like a bomb`,
      );
    }
  }
  if (total > limits.totalBytes) {
    throw fail(`it unpacks to ${total} bytes where at most ${limits.totalBytes} are read`);
  }
}

function zipOf(handle: FileHandle, { entries }: Directory, path: string): Zip {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const entryOf = (name: string): ZipEntry => {
    const entry = byName.get(name);
    if (entry) return entry;
    throw zipFault(path, `there is no \`${name}\` in it.`);
  };
  const damaged = (name: string, why: string, cause?: unknown): SignalboxError =>
    zipFault(path, `its member \`${name}\` is damaged: ${why}. Bring the file again.`, cause);
  const check = ({ name, size, crc }: ZipEntry, found: { size: number; crc: number }): void => {
    if (found.size !== size) throw damaged(name, `it unpacks to ${found.size} bytes where ${size} were said`);
    if (found.crc !== crc) throw damaged(name, 'its checksum is another');
  };
  return {
    entries,
    has: (name) => byName.has(name),
    read: async (name) => {
      const entry = entryOf(name);
      const packed = await bytesAt(handle, await startOf(handle, entry, damaged), entry.packed);
      if (packed.length < entry.packed) throw damaged(name, 'the file ends inside it');
      const bytes = await unpacked(packed, entry).catch((cause: Error) => {
        throw damaged(name, cause.message, cause);
      });
      check(entry, { size: bytes.length, crc: crc32(bytes) });
      return bytes;
    },
    stream: async function* (name) {
      const entry = entryOf(name);
      const found = { size: 0, crc: 0 };
      const start = await startOf(handle, entry, damaged);
      for await (const piece of unpackedPieces(pieces(handle, start, entry.packed), entry, damaged)) {
        found.size += piece.length;
        if (found.size > entry.size)
          throw damaged(name, `it unpacks to more than the ${entry.size} bytes it says`);
        found.crc = crc32(piece, found.crc);
        yield piece;
      }
      check(entry, found);
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

type Damaged = (name: string, why: string, cause?: unknown) => SignalboxError;

/** Where the packed bytes begin: behind the member's own header, whose lengths may differ from the directory's. */
async function startOf(handle: FileHandle, { name, offset }: ZipEntry, damaged: Damaged): Promise<number> {
  const header = await bytesAt(handle, offset, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50)
    throw damaged(name, 'its header is missing');
  return offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function bytesAt(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

async function* pieces(handle: FileHandle, start: number, length: number): AsyncGenerator<Buffer> {
  for (let done = 0; done < length; ) {
    const piece = await bytesAt(handle, start + done, Math.min(pieceBytes, length - done));
    if (piece.length === 0) return;
    done += piece.length;
    yield piece;
  }
}

function unpacked(bytes: Buffer, { method, size }: ZipEntry): Promise<Buffer> {
  if (method === 0) return Promise.resolve(bytes);
  // One byte more, so that a member that is larger than it says is found out and not cut.
  return (method === 8 ? inflate : unzstd)(bytes, { maxOutputLength: size + 1 });
}

async function* unpackedPieces(
  source: AsyncIterable<Buffer>,
  { name, method }: ZipEntry,
  damaged: Damaged,
): AsyncGenerator<Buffer> {
  if (method === 0) {
    yield* source;
    return;
  }
  const decoder = method === 8 ? createInflateRaw() : createZstdDecompress();
  const raw = Readable.from(source, { objectMode: false });
  raw.on('error', (error) => decoder.destroy(error));
  raw.pipe(decoder);
  try {
    for await (const piece of decoder) yield piece as Buffer;
  } catch (cause) {
    throw cause instanceof SignalboxError ? cause : damaged(name, (cause as Error).message, cause);
  } finally {
    raw.destroy();
    decoder.destroy();
  }
}
