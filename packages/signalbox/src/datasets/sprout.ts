import type { Context } from '../core/context.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { userMessage } from '../core/query.ts';
import { type Fields, objectIn, requiredText, textIn } from './files/fields.ts';
import { stemOf } from './files/files.ts';
import { numberIn } from './files/numbers.ts';
import { isSprout, openParquet, type ParquetSource, rowsOf } from './files/parquet-rows.ts';
import { type TableBuilder, tableBuilder } from './table/build.ts';
import { type KeyedRows, keyedRows, partOfName, splitOf } from './table/keyed-rows.ts';
import { tableName } from './table/names.ts';

/** What stands beside the models, and what it is to us. */
const known = { prompt: 'text', dataset: 'group', golden_answer: 'reference' } as const;

/** SPROUT, the data of CARROT, as Parquet: a prompt and for each model a struct of score, tokens and response. */
export const sprout: Format = {
  name: 'sprout',
  summary: 'Parquet of prompt and a struct for each model, the part in the file name (SPROUT, CARROT)',
  detect: (files) => files.length > 0 && files.every(isSprout),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const rows = keyedRows(table);
    const passed = new Set<string>();
    for (const file of files) await readFile({ file, table, rows, passed }, context);
    if (passed.size > 0)
      table.note(`Columns that are neither models nor known were not read: ${[...passed].join(', ')}.`);
    rows.end();
    return table.finish({ name: tableName(files), format: 'sprout', options, file: files[0]?.path ?? '' });
  },
};

async function readFile(
  work: {
    readonly file: SourceFile;
    readonly table: TableBuilder;
    readonly rows: KeyedRows;
    readonly passed: Set<string>;
  },
  context: Context,
): Promise<void> {
  const { file, table, rows, passed } = work;
  const source = await openParquet(file);
  const { models, others } = columnsIn(source);
  if (models.length === 0 || !others.includes('prompt'))
    throw new SignalboxError(
      'format',
      'a column `prompt` and a struct with `score` for each model were expected: this is not SPROUT. Leave out --format to have the format detected.',
      { file: file.path },
    );
  for (const name of others) if (!Object.hasOwn(known, name)) passed.add(name);
  for (const model of models) table.model(model);
  const part = partOfName(file.name);
  for await (const { fields, row: number } of rowsOf(file, source, context)) {
    const place = { file: file.path, line: number };
    const [group, reference] = [textIn(fields, 'dataset', place), textIn(fields, 'golden_answer', place)];
    const row = rows.row(JSON.stringify([file.name, number]), {
      id: `${part ?? stemOf(file.name)}/${number - 1}`,
      messages: userMessage(requiredText(fields, 'prompt', place)),
      ...(group !== undefined && { group }),
      ...(reference !== undefined && { reference }),
      ...splitOf(part),
    });
    for (const model of models) {
      const said: Fields = objectIn(fields[model], `\`${model}\``, place);
      const measure = (name: string, high?: number) =>
        numberIn(said[name], {
          what: `\`${name}\` of ${model}`,
          low: 0,
          ...(high !== undefined && { high }),
          place,
        });
      if (Object.values(said).every((value) => value === null || value === undefined)) continue;
      rows.cell(row, model, {
        score: measure('score', 1),
        tokensIn: measure('num_input_tokens'),
        tokensOut: measure('num_output_tokens'),
        answer: textIn(said, 'response', place),
        kind: 'graded',
        place,
      });
    }
  }
}

/** Structs that hold a score are models. */
function columnsIn({ metadata: { schema } }: ParquetSource): { models: string[]; others: string[] } {
  const models: string[] = [];
  const others: string[] = [];
  let at = 1;
  const skip = (): string[] => {
    const element = schema[at++];
    const inside: string[] = [];
    for (let i = 0; i < (element?.num_children ?? 0); i++) {
      inside.push(schema[at]?.name ?? '');
      skip();
    }
    return inside;
  };
  for (let i = 0; i < (schema[0]?.num_children ?? 0); i++) {
    const name = schema[at]?.name ?? '';
    (skip().includes('score') ? models : others).push(name);
  }
  return { models, others };
}
