import type { Context } from '../core/context.ts';
import { type ScoreKind, scoreKinds } from '../core/dataset.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { stopIfAborted } from './files/files.ts';
import {
  columnsOf,
  groupsOf,
  isParquet,
  isSprout,
  objectsOf,
  openParquet,
  type ParquetSource,
  piecesOf,
  type RowRange,
  rowsOf,
} from './files/parquet-rows.ts';
import { tableBuilder } from './table/build.ts';
import { droppedIn, longReader, type Roles, rolesIn } from './table/long.ts';
import { tableName } from './table/names.ts';
import { type WideReader, type WideSource, wideReader } from './table/wide.ts';

/** Columns of a wide table that are read at once. */
const width = 64;

/** The canonical forms as Parquet; in errors the line is the number of the row. */
export const parquet: Format = {
  name: 'parquet',
  summary: 'canonical long form, or canonical wide form, as Parquet',
  detect: (files) => files.length > 0 && files.every((file) => isParquet(file) && !isSprout(file)),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const long = longReader(table, options, false);
    const ids: WideSource['ids'] = new Map();
    let roles: Roles = {};
    const kinds = new Set<ScoreKind | undefined>();
    for (const file of files) {
      const source = await openParquet(file);
      const place = { file: file.path };
      const header = source.metadata.schema.length > 0 ? columnsOf(source.metadata) : [];
      const isLong = header.includes('model') || header.includes('score');
      if (isLong) {
        long.columns(header, place);
        for await (const { fields, row } of rowsOf(file, source, context))
          long.row(fields, { file: file.path, line: row });
      } else {
        const wide = wideReader({ header, place, text: false, ids, table, options, context });
        for (const range of groupsOf(source)) await readWide({ file, source, wide, range, context });
        wide.end();
      }
      const pairs = source.metadata.key_value_metadata ?? [];
      const kind = pairs.find(({ key }) => key === 'score_kind')?.value;
      kinds.add(scoreKinds.find((each) => each === kind));
      const known = pairs.filter(({ key }) => ['primary', 'weak', 'strong', 'rows_dropped'].includes(key));
      const said = Object.fromEntries(known.map(({ key, value }) => [key, value]));
      roles = { ...rolesIn(said, place, context), ...roles };
      table.dropAll(droppedIn(said, place));
    }
    long.end();
    return table.finish({
      name: tableName(files),
      format: 'parquet',
      ...roles,
      ...(kinds.size === 1 && { scoreKind: [...kinds][0] }),
      options,
      file: files[0]?.path ?? '',
    });
  },
};

/** One row group of a wide table: its queries, then the models' columns, a few at a time. */
async function readWide(work: {
  readonly file: SourceFile;
  readonly source: ParquetSource;
  readonly wide: WideReader;
  readonly range: RowRange;
  readonly context: Context;
}): Promise<void> {
  const { file, source, wide, range, context } = work;
  const { rowStart, rowEnd } = range;
  const about = await objectsOf(file, source, { ...range, columns: [...wide.about] });
  const queries = about.map((fields, i) => wide.query(fields, { file: file.path, line: rowStart + i + 1 }));
  for (let from = 0; from < wide.cells.length; from += width) {
    stopIfAborted(context);
    const columns = wide.cells.slice(from, from + width);
    const places = new Map(columns.map((name, c) => [name, from + c]));
    for (const { column, from: first, values } of await piecesOf(file, source, { ...range, columns })) {
      const place = places.get(column)!;
      for (let i = 0; i < values.length; i++) {
        const query = queries[first + i - rowStart];
        if (query !== undefined) wide.set(query, place, values[i]);
      }
    }
    context.progress(`reading ${file.name}`, rowEnd, Number(source.metadata.num_rows));
  }
}
