import type { Format, SourceFile } from '../core/format.ts';
import { userMessage } from '../core/query.ts';
import { objectIn, requiredText, textIn } from './files/fields.ts';
import { headText, stemOf } from './files/files.ts';
import { readJsonl } from './files/jsonl-rows.ts';
import { numberIn } from './files/numbers.ts';
import { tableBuilder } from './table/build.ts';
import { keyedRows, partOfName, splitOf } from './table/keyed-rows.ts';
import { tableName } from './table/names.ts';

/** Avengers-Pro (arXiv 2508.12631): one line for each query, with the score and the cost of each model. */
export const avengersPro: Format = {
  name: 'avengers-pro',
  summary: 'JSONL of query, records {model: score} and usages {model: {cost}} (Avengers-Pro)',
  detect: (files) => files.length > 0 && files.every(looksRight),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const rows = keyedRows(table);
    for (const file of files) {
      let line = 0;
      for await (const { value, place } of readJsonl(file, context)) {
        const text = requiredText(value, 'query', place);
        const group = textIn(value, 'dataset', place);
        const index = textIn(value, 'index', place) ?? String(line);
        const row = rows.row(JSON.stringify([file.name, line++]), {
          id: `${group ?? stemOf(file.name)}/${index}`,
          messages: userMessage(text),
          ...(group !== undefined && { group }),
          ...splitOf(partOfName(file.name)),
        });
        const usages = objectIn(value['usages'], '`usages`', place);
        for (const [model, given] of Object.entries(objectIn(value['records'], '`records`', place))) {
          const usage = objectIn(usages[model], `the usage of ${model}`, place);
          rows.cell(row, model, {
            score: numberIn(given, { what: `the score of ${model}`, low: 0, high: 1, place }),
            cost: numberIn(usage['cost'], { what: `the cost of ${model}`, low: 0, place }),
            kind: 'graded',
            place,
          });
        }
      }
    }
    rows.end();
    return table.finish({
      name: tableName(files),
      format: 'avengers-pro',
      options,
      file: files[0]?.path ?? '',
    });
  },
};

function looksRight(file: SourceFile): boolean {
  const text = headText(file);
  const first = text.split('\n', 1)[0]!;
  return /^\s*\{/.test(first) && /"query"\s*:/.test(first) && /"records"\s*:\s*\{/.test(text);
}
