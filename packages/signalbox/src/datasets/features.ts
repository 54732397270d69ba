import type { Context } from '../core/context.ts';
import { SignalboxError } from '../core/errors.ts';
import type { SourceFile } from '../core/format.ts';
import { type Matrix, matrix32 } from '../math/matrix.ts';
import { readCsv } from './files/csv-rows.ts';
import { digestsOf } from './files/files.ts';
import { numeric, shown } from './files/numbers.ts';
import { columnsOf, isParquet, openParquet, rowsOf } from './files/parquet-rows.ts';
import { listFiles } from './list.ts';
import { growing } from './table/growing.ts';

/** Numbers that are known of queries beside their text. */
export interface Features {
  /** Row of each query, by its id. */
  readonly rows: ReadonlyMap<string, number>;
  readonly values: Matrix;
  /** SHA-256 of the file. */
  readonly digest: string;
}

/**
 * Reads a table with a column `query_id` and else numbers alone, as CSV or Parquet.
 * @throws SignalboxError for a query that stands twice, and where a number is missing
 */
export async function readFeatures(path: string, context: Context): Promise<Features> {
  const [file] = await listFiles([path]);
  const source = isParquet(file!) ? await parquetRows(file!, context) : await csvRows(file!, context);
  const names = source.header.filter((name) => name !== 'query_id');
  if (names.length === source.header.length || names.length === 0)
    throw new SignalboxError(
      'format',
      `features need a column \`query_id\` and at least one of numbers; the columns are ${source.header.slice(0, 8).join(', ')}.`,
      { file: path },
    );
  const rows = new Map<string, number>();
  const cells = growing();
  for await (const { fields, line } of source.rows) {
    const place = { file: path, line };
    const id = fields['query_id'];
    const known = typeof id === 'string' || typeof id === 'number' ? String(id) : '';
    if (known === '' || rows.has(known))
      throw new SignalboxError(
        'row',
        known === '' ? '`query_id` is empty.' : `the query_id ${known} is here a second time.`,
        place,
      );
    rows.set(known, rows.size);
    for (const name of names) {
      const value = numeric(fields[name]);
      if (value === undefined || !Number.isFinite(value))
        throw new SignalboxError(
          'row',
          `the feature \`${name}\` is ${shown(fields[name])}; a number was expected in every row.`,
          place,
        );
      cells.push(value);
    }
  }
  const values = matrix32(rows.size, names.length);
  for (let cell = 0; cell < values.data.length; cell++) values.data[cell] = cells.at(cell);
  return { rows, values, digest: (await digestsOf([file!]))[file!.path]! };
}

interface Rows {
  readonly header: readonly string[];
  readonly rows: AsyncIterable<{ readonly fields: Readonly<Record<string, unknown>>; readonly line: number }>;
}

async function parquetRows(file: SourceFile, context: Context): Promise<Rows> {
  const source = await openParquet(file);
  const rows = async function* () {
    for await (const { fields, row } of rowsOf(file, source, context)) yield { fields, line: row };
  };
  return { header: columnsOf(source.metadata), rows: rows() };
}

async function csvRows(file: SourceFile, context: Context): Promise<Rows> {
  const { header, rows } = await readCsv(file, context);
  const named = async function* () {
    for await (const { cells, place } of rows)
      yield { fields: Object.fromEntries(header.map((name, i) => [name, cells[i]])), line: place.line ?? 0 };
  };
  return { header, rows: named() };
}
