import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import type { Context } from '../../core/context.ts';
import type { Dataset } from '../../core/dataset.ts';
import { SignalboxError } from '../../core/errors.ts';
import { endingOf, stopIfAborted } from '../files/files.ts';
import { type LongField, longFields } from '../table/canonical.ts';
import type { Said } from '../table/long.ts';
import { type LongRow, longRows, usedFields } from './long-rows.ts';
import { fitsWide, keyValues, manyCells, writeWide } from './write-wide.ts';

/** Text is handed to the file in pieces of about this length; rows of Parquet in groups. */
const pieceLength = 1 << 18;
const groupRows = 10_000;
const whole: ReadonlySet<LongField> = new Set(['sample', 'k']);

/** Rows of the canonical long form, and what the table says of itself. */
export interface LongRows {
  readonly rows: Iterable<LongRow> | AsyncIterable<LongRow>;
  /** Columns of CSV and Parquet; absent = every field that there is. */
  readonly fields?: readonly LongField[];
  readonly said?: Said;
}

/**
 * Writes the table in the canonical long form, as `.jsonl`, `.csv` or `.parquet` by the ending of the path; as Parquet
 * in the wide form where it has a million cells or more and says nothing that this form has no place for. Read back, it gives the same table; CSV has
 * no place for `primary`, `weak` and `strong`, for rows that were left out and for an answer that is empty.
 * @throws SignalboxError for another ending, and where the file cannot be written
 */
export async function writeTable(table: Dataset, path: string, context: Context): Promise<void> {
  const said = saidOf(table);
  if (writtenEnding(path) === 'parquet' && table.quality.data.length >= manyCells && fitsWide(table))
    await aside(path, (partial) => writeWide(table, { path: partial, said }, context));
  else await writeRows({ rows: watched(table, context), fields: usedFields(table), said }, path, context);
}

/**
 * Writes rows that come from elsewhere, such as the log of serving, one by one. The file is written aside and
 * then renamed: a reader sees the old one or the whole new one.
 * @throws SignalboxError for an ending that is none of .jsonl, .csv and .parquet, and where the file cannot be written
 */
export async function writeRows(table: LongRows, path: string, context: Context): Promise<void> {
  const ending = writtenEnding(path);
  await aside(path, (partial) => writers[ending](table, partial, context));
}

async function aside(path: string, write: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${path}.${randomUUID().slice(0, 8)}.partial`;
  const stopped = (signal: NodeJS.Signals): void => {
    rmSync(partial, { force: true });
    // Nobody else has an answer to the signal: it does what it would have done.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  for (const signal of endings) process.once(signal, stopped);
  try {
    await write(partial);
    await rename(partial, path);
  } catch (cause) {
    // What cannot be taken away was never there; the reason to tell is the first one.
    await rm(partial, { force: true }).catch(() => {});
    throw cause instanceof SignalboxError ? cause : writeError(path, cause);
  } finally {
    for (const signal of endings) process.off(signal, stopped);
  }
}

/** By Ctrl-C, by whoever manages the process, and with its terminal. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The ending by which a table is written; to be asked before a long reading, too.
 * @throws SignalboxError for an ending that is none of .jsonl, .csv and .parquet
 */
export function writtenEnding(path: string): keyof typeof writers {
  const ending = endingOf(path);
  if (isWritten(ending)) return ending;
  throw new SignalboxError(
    'usage',
    'a table is written as .jsonl, .csv or .parquet; the name of the file must end in one of them.',
    { file: path },
  );
}

function isWritten(ending: string): ending is keyof typeof writers {
  return Object.hasOwn(writers, ending);
}

const writers = {
  jsonl: ({ rows, said = {} }: LongRows, path: string) => writeText(path, jsonLines(rows, said)),
  csv: async ({ rows, fields = longFields, said = {} }: LongRows, path: string, context: Context) => {
    const roles = Object.keys(said).filter((name) => name !== 'rows_dropped');
    if (roles.length > 0) {
      const flags = roles.map((name) => `--${name}`).join(', ');
      context.warn(`CSV has no place for what the table says of itself: give ${flags} when it is read.`);
    }
    await writeText(path, csvLines(rows, fields));
  },
  parquet: async ({ rows, fields = longFields, said = {} }: LongRows, path: string) => {
    await parquetWriteRows({
      writer: fileWriter(path),
      rows: parquetRows(rows, fields),
      columns: fields.map((name) => ({ name, type: parquetType(name) })),
      kvMetadata: keyValues(said),
      createdBy: 'signalbox',
      rowGroupSize: groupRows,
    });
  },
};

/** What the table says of itself, as far as a reader would not assume it anyway. */
function saidOf({ primary, weak, strong, rowsDropped }: Dataset): Said {
  return {
    ...(primary !== 'quality' && { primary }),
    ...(weak !== undefined && { weak }),
    ...(strong !== undefined && { strong }),
    ...(Object.keys(rowsDropped).length > 0 && { rows_dropped: rowsDropped }),
  };
}

async function* jsonLines(rows: LongRows['rows'], said: Said): AsyncGenerator<string> {
  if (Object.keys(said).length > 0) yield `${JSON.stringify({ signalbox: said })}\n`;
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

async function* csvLines(rows: LongRows['rows'], fields: readonly LongField[]): AsyncGenerator<string> {
  yield `${fields.join(',')}\n`;
  for await (const row of rows) yield `${fields.map((field) => csvCell(row[field])).join(',')}\n`;
}

function csvCell(value: LongRow[LongField]): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function* parquetRows(rows: LongRows['rows'], fields: readonly LongField[]) {
  for await (const row of rows) {
    const out: Record<string, string | number | null> = {};
    for (const field of fields) {
      const value = row[field] ?? null;
      out[field] = typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
    }
    yield out;
  }
}

function parquetType(field: LongField): 'STRING' | 'INT32' | 'DOUBLE' {
  const numbers: readonly LongField[] = [
    'score',
    'raw_score',
    'cost',
    'tokens_in',
    'tokens_out',
    'latency_ms',
    'propensity',
    'predicted_score',
    'predicted_cost',
  ];
  if (whole.has(field)) return 'INT32';
  return numbers.includes(field) ? 'DOUBLE' : 'STRING';
}

function* watched(table: Dataset, context: Context): Generator<LongRow> {
  let query = '';
  let done = 0;
  for (const row of longRows(table)) {
    if (row.query_id !== query) {
      stopIfAborted(context);
      query = String(row.query_id);
      if (done++ % 1000 === 0) context.progress('writing', done - 1, table.examples.length);
    }
    yield row;
  }
  context.progress('writing', table.examples.length, table.examples.length);
}

async function writeText(path: string, lines: AsyncIterable<string>): Promise<void> {
  await using handle = await open(path, 'wx');
  let piece: string[] = [];
  let length = 0;
  for await (const line of lines) {
    piece.push(line);
    length += line.length;
    if (length < pieceLength) continue;
    await handle.appendFile(piece.join(''));
    [piece, length] = [[], 0];
  }
  await handle.appendFile(piece.join(''));
  await handle.sync();
}

function writeError(path: string, cause: unknown): SignalboxError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'its folder does not exist. Make the folder first',
    EACCES: 'this user may not write there. Choose another folder or change its permissions',
    EISDIR: 'there is a folder of that name. Choose another name',
    ENOTDIR: 'the path goes through a file as if it were a folder. Check the path',
    EROFS: 'the disk can only be read. Choose another folder',
    ENOSPC: 'the disk is full. Make room or choose another disk',
  };
  return new SignalboxError('file', `it could not be written: ${reasons[code ?? ''] ?? message}.`, {
    file: path,
    cause,
  });
}
