import type { Context } from '../core/context.ts';
import type { Format, ReadOptions, SourceFile } from '../core/format.ts';
import { csvHeader, readCsv } from './files/csv-rows.ts';
import { type TableBuilder, tableBuilder } from './table/build.ts';
import { slipOf } from './table/canonical.ts';
import { longReader } from './table/long.ts';
import { tableName } from './table/names.ts';
import { type WideSource, wideReader } from './table/wide.ts';

/** The canonical forms as CSV: long where there is a column `model` or `score`, else wide. */
export const csv: Format = {
  name: 'csv',
  summary: 'canonical long form, or canonical wide form with a column of scores for each model, as CSV',
  detect: (files) =>
    files.length > 0 &&
    files.every((file) => csvHeader(file).some((name) => slipOf(name, ['query_id']) !== undefined)),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const long = longReader(table, options, true);
    const ids: WideSource['ids'] = new Map();
    for (const file of files) await readFile({ file, table, options, context, long, ids });
    long.end();
    return table.finish({ name: tableName(files), format: 'csv', options, file: files[0]?.path ?? '' });
  },
};

async function readFile(work: {
  readonly file: SourceFile;
  readonly table: TableBuilder;
  readonly options: ReadOptions;
  readonly context: Context;
  readonly long: ReturnType<typeof longReader>;
  readonly ids: WideSource['ids'];
}): Promise<void> {
  const { file, long } = work;
  const { header, rows } = await readCsv(file, work.context);
  const place = { file: file.path, line: 1 };
  const isLong = header.includes('model') || header.includes('score');
  const wide = isLong ? undefined : wideReader({ ...work, header, place, text: true });
  if (wide !== undefined) {
    const at = new Map(header.map((name, i) => [name, i]));
    const columns = wide.cells.map((name) => at.get(name)!);
    for await (const { cells, place: where } of rows) {
      const query = wide.query(
        Object.fromEntries(wide.about.map((name) => [name, cells[at.get(name)!]])),
        where,
      );
      for (let c = 0; c < columns.length; c++) wide.set(query, c, cells[columns[c]!]);
    }
    wide.end();
    return;
  }
  long.columns(header, place);
  for await (const { cells, place: where } of rows)
    long.row(Object.fromEntries(header.map((name, i) => [name, cells[i]])), where);
}
