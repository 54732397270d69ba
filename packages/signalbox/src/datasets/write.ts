import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import type { LongField } from './canonical.ts';
import { endingOf, stopIfAborted } from './files.ts';
import { type LongRow, longRows, usedFields } from './long-rows.ts';

/** Text is handed to the file in pieces of about this length; rows of Parquet in groups. */
const pieceLength = 1 << 18;
const groupRows = 10_000;
const whole: ReadonlySet<LongField> = new Set(['sample', 'k']);

/**
 * Writes the table in the canonical long form, as `.jsonl`, `.csv` or `.parquet` by the ending of the path.
 * It is written aside and then renamed: a reader sees the old file or the whole new one. Read back, it gives
 * the same table; CSV has no place for `primary`, `weak` and `strong` and for an answer that is empty.
 * @throws SignalboxError for another ending, and where the file cannot be written
 */
export async function writeTable(table: Dataset, path: string, context: Context): Promise<void> {
  const write = Object.hasOwn(writers, endingOf(path))
    ? writers[endingOf(path) as keyof typeof writers]
    : undefined;
  if (write === undefined) {
    throw new SignalboxError(
      'usage',
      'a table is written as .jsonl, .csv or .parquet; the name of the file must end in one of them.',
      {
        file: path,
      },
    );
  }
  const aside = `${path}.${randomUUID().slice(0, 8)}.partial`;
  try {
    await write(table, aside, context);
    await rename(aside, path);
  } catch (cause) {
    await rm(aside, { force: true });
    throw cause instanceof SignalboxError ? cause : writeError(path, cause);
  }
}

const writers = {
  jsonl: async (table: Dataset, path: string, context: Context) => {
    await writeText(path, jsonLines(table, context));
  },
  csv: async (table: Dataset, path: string, context: Context) => {
    const said = Object.keys(rolesOf(table));
    if (said.length > 0) {
      context.warn(
        `CSV has no place for what the table says of itself: give ${said.map((name) => `--${name}`).join(', ')} when it is read.`,
      );
    }
    await writeText(path, csvLines(table, context));
  },
  parquet: async (table: Dataset, path: string, context: Context) => {
    const fields = usedFields(table);
    const columns = fields.map((name) => ({ name, type: parquetType(name) }));
    const kvMetadata = Object.entries(rolesOf(table)).map(([key, value]) => ({ key, value }));
    await parquetWriteRows({
      writer: fileWriter(path),
      rows: parquetRows(table, fields, context),
      columns,
      kvMetadata,
      createdBy: 'signalbox',
      rowGroupSize: groupRows,
    });
  },
};

/** What the table says of itself, as far as a reader would not assume it anyway. */
function rolesOf({ primary, weak, strong }: Dataset): Record<string, string> {
  return {
    ...(primary !== 'quality' && { primary }),
    ...(weak !== undefined && { weak }),
    ...(strong !== undefined && { strong }),
  };
}

function* jsonLines(table: Dataset, context: Context): Generator<string> {
  const roles = rolesOf(table);
  if (Object.keys(roles).length > 0) yield `${JSON.stringify({ signalbox: roles })}\n`;
  for (const row of watched(table, context)) yield `${JSON.stringify(row)}\n`;
}

function* csvLines(table: Dataset, context: Context): Generator<string> {
  const fields = usedFields(table);
  yield `${fields.join(',')}\n`;
  for (const row of watched(table, context))
    yield `${fields.map((field) => csvCell(row[field])).join(',')}\n`;
}

function csvCell(value: LongRow[LongField]): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function* parquetRows(table: Dataset, fields: readonly LongField[], context: Context) {
  for (const row of watched(table, context)) {
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
}

async function writeText(path: string, lines: Iterable<string>): Promise<void> {
  await using handle = await open(path, 'wx');
  let piece: string[] = [];
  let length = 0;
  for (const line of lines) {
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
    ENOSPC: 'the disk is full',
  };
  return new SignalboxError('file', `it could not be written: ${reasons[code ?? ''] ?? message}.`, {
    file: path,
    cause,
  });
}
