import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Context } from '../../core/context.ts';
import { SignalboxError } from '../../core/errors.ts';
import type { SourceFile } from '../../core/format.ts';

/** Whole lines of a text file, checked to be UTF-8, without a byte order mark; `line` numbers the first of them. */
export interface Block {
  readonly bytes: Buffer;
  readonly line: number;
}

/** Bytes of one row: a line of JSONL, a row of CSV, an element of a JSON array. Prompts of millions of tokens are shorter. */
export const mostRowBytes = 2 ** 26;
/** Bytes of one member of a JSON object, which may hold many rows and is parsed in one piece. */
export const mostValueBytes = 2 ** 28;

const newline = 0x0a;
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist. Check the path',
  EACCES: 'may not be read by this user. Change its permissions (chmod +r) or run as its owner',
  EPERM: 'may not be read by this user. Change its permissions (chmod +r) or run as its owner',
  EISDIR: 'is a folder where a file was expected',
  ENOTDIR: 'goes through a file as if it were a folder. Check the path',
  EMFILE: 'could not be opened: too many files are open. Raise the limit (ulimit -n)',
  ERR_FS_FILE_TOO_LARGE: 'is too large to be read in one piece. Convert it to JSONL, CSV or Parquet',
};

/** A failure of the file system as a sentence. */
export function fileError(path: string, cause: unknown): SignalboxError {
  if (cause instanceof SignalboxError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = reasons[code ?? ''] ?? `could not be read (${message})`;
  return new SignalboxError('file', `it ${reason}.`, { file: path, cause });
}

/** @throws SignalboxError `interrupted` once the user has asked to stop */
export function stopIfAborted(context: Context): void {
  if (context.signal?.aborted) throw new SignalboxError('interrupted', 'Reading was interrupted.');
}

/** The whole file, checked to be UTF-8, without its byte order mark. */
export async function readBytes(file: SourceFile): Promise<Buffer> {
  const bytes = await readFile(file.path).catch((cause) => {
    throw fileError(file.path, cause);
  });
  checkUtf8(bytes, 1, file.path);
  return bytes.subarray(markLength(bytes));
}

/**
 * The file in blocks of whole lines; one block holds at least 64 kB but at the end.
 * @throws SignalboxError for a line that is longer than a row may be, once so much of it is read
 */
export async function* blocks(file: SourceFile, context: Context): AsyncGenerator<Block> {
  let line = 1;
  let pending: Buffer[] = [];
  let waiting = 0;
  let read = 0;
  const checked = (bytes: Buffer): Block => {
    checkUtf8(bytes, line, file.path);
    const block = { bytes: line === 1 ? bytes.subarray(markLength(bytes)) : bytes, line };
    line += countLines(bytes);
    return block;
  };
  try {
    for await (const chunk of createReadStream(file.path, { highWaterMark: 1 << 18 })) {
      stopIfAborted(context);
      const bytes = chunk as Buffer;
      read += bytes.length;
      context.progress(`reading ${file.name}, bytes`, read, file.size);
      const end = bytes.lastIndexOf(newline) + 1;
      if (end > 0) {
        yield checked(Buffer.concat([...pending, bytes.subarray(0, end)]));
        [pending, waiting] = [[], 0];
      }
      if (end < bytes.length) pending.push(bytes.subarray(end));
      waiting += bytes.length - end;
      if (waiting > mostRowBytes) {
        throw new SignalboxError(
          'row',
          `this line is longer than ${mostRowBytes} bytes, the most that a row may have. Are line breaks missing? Put each row on a line of its own.`,
          { file: file.path, line },
        );
      }
    }
  } catch (cause) {
    throw fileError(file.path, cause);
  }
  if (pending.length > 0) yield checked(Buffer.concat(pending));
}

/** SHA-256 of each file, by its path as given. */
export async function digestsOf(files: readonly SourceFile[]): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const { path } of files) {
    const hash = createHash('sha256');
    try {
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    } catch (cause) {
      throw fileError(path, cause);
    }
    digests[path] = hash.digest('hex');
  }
  return digests;
}

/** The beginning of a file as text, without a byte order mark; a character cut in half at its end is left out. */
export function headText(file: SourceFile): string {
  return new TextDecoder('utf-8').decode(file.head, { stream: true });
}

/** Name without folders and ending. */
export function stemOf(name: string): string {
  return name.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '');
}

/** Ending in lower case, without the dot. */
export function endingOf(name: string): string {
  return /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

export function countLines(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let lines = 0;
  for (let i = bytes.indexOf(newline, start); i !== -1 && i < end; i = bytes.indexOf(newline, i + 1)) lines++;
  return lines;
}

function markLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function checkUtf8(bytes: Buffer, firstLine: number, path: string): void {
  if (isUtf8(bytes)) return;
  let line = firstLine;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(newline, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
    line++;
  }
  throw new SignalboxError('row', 'holds bytes that are not UTF-8. Save the file as UTF-8.', {
    file: path,
    line,
  });
}
