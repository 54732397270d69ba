import type { Format } from '../core/format.ts';
import { tableBuilder } from './build.ts';
import { longReader, type Roles, rolesIn } from './long.ts';
import { tableName } from './names.ts';
import { columnsOf, isParquet, isSprout, openParquet, rowsOf } from './parquet-rows.ts';
import { type WideSource, wideReader } from './wide.ts';

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
    for (const file of files) {
      const source = await openParquet(file);
      const place = { file: file.path };
      const header = source.metadata.schema.length > 0 ? columnsOf(source.metadata) : [];
      const isLong = header.includes('model') || header.includes('score');
      const wide = isLong
        ? undefined
        : wideReader({ header, place, text: false, ids, table, options, context });
      if (isLong) long.columns(header, place);
      for await (const { fields, row } of rowsOf(file, source, context)) {
        (wide ?? long).row(fields, { file: file.path, line: row });
      }
      wide?.end();
      const said = (source.metadata.key_value_metadata ?? []).filter(({ key }) =>
        ['primary', 'weak', 'strong'].includes(key),
      );
      roles = {
        ...rolesIn(Object.fromEntries(said.map(({ key, value }) => [key, value])), place, context),
        ...roles,
      };
    }
    long.end();
    return table.finish({
      name: tableName(files),
      format: 'parquet',
      ...roles,
      options,
      file: files[0]?.path ?? '',
    });
  },
};
