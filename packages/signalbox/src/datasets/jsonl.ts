import type { Format, SourceFile } from '../core/format.ts';
import type { Fields } from './files/fields.ts';
import { endingOf, headText } from './files/files.ts';
import { readJsonl } from './files/jsonl-rows.ts';
import { tableBuilder } from './table/build.ts';
import { droppedIn, longReader, type Roles, rolesIn } from './table/long.ts';
import { tableName } from './table/names.ts';

/** The canonical long form, one JSON object on each line; the first may be `{"signalbox": {...}}`. */
export const jsonl: Format = {
  name: 'jsonl',
  summary: 'canonical long form, one JSON object a line',
  detect: (files) => files.length > 0 && files.every(looksRight),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const reader = longReader(table, options, false);
    let roles: Roles = {};
    for (const file of files) {
      let first = true;
      for await (const { value, place } of readJsonl(file, context)) {
        const said = first ? value['signalbox'] : undefined;
        first = false;
        if (typeof said === 'object' && said !== null) {
          roles = { ...rolesIn(said as Fields, place, context), ...roles };
          table.dropAll(droppedIn(said as Fields, place));
        } else reader.row(value, place);
      }
    }
    reader.end();
    return table.finish({
      name: tableName(files),
      format: 'jsonl',
      ...roles,
      options,
      file: files[0]?.path ?? '',
    });
  },
};

/** By its first line, or by its ending where the first line is longer than what is seen of it. */
function looksRight(file: SourceFile): boolean {
  const text = headText(file).trimStart();
  const end = text.indexOf('\n');
  if (!text.startsWith('{')) return false;
  if (/^\{\s*"(signalbox|query_id)"\s*:/.test(text)) return true;
  try {
    const value = JSON.parse(end === -1 ? text : text.slice(0, end)) as object;
    return 'query_id' in value && 'model' in value;
  } catch {
    return end === -1 && file.size > file.head.length && ['jsonl', 'ndjson'].includes(endingOf(file.name));
  }
}
