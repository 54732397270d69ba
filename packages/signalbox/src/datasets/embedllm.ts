import type { Format, SourceFile } from '../core/format.ts';
import { userMessage } from '../core/query.ts';
import { columnsOf } from './files/columns.ts';
import { csvHeader, readCsv } from './files/csv-rows.ts';
import { stemOf } from './files/files.ts';
import { numberIn } from './files/numbers.ts';
import { tableBuilder } from './table/build.ts';
import { keyedRows, partOfName, splitOf } from './table/keyed-rows.ts';
import { tableName } from './table/names.ts';

const required = ['prompt_id', 'model_name', 'label', 'prompt'] as const;
/** Lists beside the tables: they hold no outcomes. */
const lists = new Set(['model_order', 'question_order']);

/** EmbedLLM (arXiv 2410.02223): `train.csv`, `val.csv` and `test.csv`, one line for each prompt and model. */
export const embedllm: Format = {
  name: 'embedllm',
  summary: 'long CSV of prompt, model_name and label, the part in the file name (EmbedLLM)',
  detect: (files) => files.some(looksRight) && files.every((file) => looksRight(file) || isList(file)),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const rows = keyedRows(table);
    for (const file of files) {
      if (isList(file)) continue;
      const { header, rows: lines } = await readCsv(file, context);
      const column = columnsOf(header, required, { file, format: 'EmbedLLM' });
      const [category, part] = [header.indexOf('category'), partOfName(file.name)];
      for await (const { cells, place } of lines) {
        const [id, text] = [cells[column.prompt_id]!, cells[column.prompt]!];
        const group = category === -1 ? '' : cells[category]!;
        const model = cells[column.model_name]!;
        const row = rows.row(JSON.stringify([part, id, text]), {
          id,
          messages: userMessage(text),
          ...(group !== '' && { group }),
          ...splitOf(part),
        });
        rows.cell(row, model, {
          score: numberIn(cells[column.label], {
            what: `the label of ${model}`,
            low: 0,
            high: 1,
            text: true,
            place,
          }),
          kind: 'binary',
          place,
        });
      }
    }
    rows.end();
    return table.finish({ name: tableName(files), format: 'embedllm', options, file: files[0]?.path ?? '' });
  },
};

function looksRight(file: SourceFile): boolean {
  const header = csvHeader(file);
  return required.every((name) => header.includes(name));
}

function isList(file: SourceFile): boolean {
  return lists.has(stemOf(file.name));
}
