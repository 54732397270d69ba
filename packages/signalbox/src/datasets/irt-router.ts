import type { Format, SourceFile } from '../core/format.ts';
import { userMessage } from '../core/query.ts';
import { columnsOf } from './files/columns.ts';
import { csvHeader, readCsv } from './files/csv-rows.ts';
import { stemOf } from './files/files.ts';
import { numberIn } from './files/numbers.ts';
import { tableBuilder } from './table/build.ts';
import { keyedRows, partOfName, splitOf } from './table/keyed-rows.ts';
import { tableName } from './table/names.ts';

const required = ['question', 'performance', 'task', 'llm'] as const;
const usual = [...required, 'ground_truth', 'completion', 'input_tokens', 'output_tokens', 'cost'] as const;

/** IRT-Router: one line for each question and LLM, with answer, tokens and cost in US dollars. A question is its text. */
export const irtRouter: Format = {
  name: 'irt-router',
  summary: 'long CSV of question, llm and performance, with completion and cost (IRT-Router)',
  detect: (files) => files.length > 0 && files.every(looksRight),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const rows = keyedRows(table);
    let index = 0;
    for (const file of files) {
      const { header, rows: lines } = await readCsv(file, context);
      columnsOf(header, required, { file, format: 'IRT-Router' });
      const place = Object.fromEntries(usual.map((name) => [name, header.indexOf(name)]));
      const part = partOfName(file.name);
      for await (const { cells, place: where } of lines) {
        const cell = (name: (typeof usual)[number]): string => cells[place[name]!] ?? '';
        const number = (name: (typeof usual)[number], high?: number) =>
          numberIn(cell(name), {
            what: `\`${name}\``,
            low: 0,
            ...(high !== undefined && { high }),
            text: true,
            place: where,
          });
        const [text, group, reference, answer] = [
          cell('question'),
          cell('task'),
          cell('ground_truth'),
          cell('completion'),
        ];
        const row = rows.row(JSON.stringify([part, text]), {
          id: `${stemOf(file.name)}/${index++}`,
          messages: userMessage(text),
          ...(group !== '' && { group }),
          ...(reference !== '' && { reference }),
          ...splitOf(part),
        });
        rows.cell(row, cell('llm'), {
          score: number('performance', 1),
          cost: number('cost'),
          tokensIn: number('input_tokens'),
          tokensOut: number('output_tokens'),
          answer: answer === '' ? undefined : answer,
          kind: 'graded',
          place: where,
        });
      }
    }
    rows.end();
    return table.finish({
      name: tableName(files),
      format: 'irt-router',
      options,
      file: files[0]?.path ?? '',
    });
  },
};

function looksRight(file: SourceFile): boolean {
  const header = csvHeader(file);
  return required.every((name) => header.includes(name));
}
