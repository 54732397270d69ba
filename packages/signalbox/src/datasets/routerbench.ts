import type { Context } from '../core/context.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { userMessage } from '../core/query.ts';
import { csvHeader, readCsv } from './files/csv-rows.ts';
import { stemOf } from './files/files.ts';
import { numberIn } from './files/numbers.ts';
import { pythonText } from './files/python-literal.ts';
import { type TableBuilder, tableBuilder } from './table/build.ts';
import { tableName } from './table/names.ts';

const required = ['sample_id', 'prompt', 'eval_name'];
const costEnding = '|total_cost';
const answerEnding = '|model_response';

/** Names of files as they are published, and the group that we call them by. */
const groupsOfFiles: Readonly<Record<string, string>> = {
  arc_challenge: 'arc',
  mbpp: 'mbpp',
  winograde: 'winogrande',
  winogrande: 'winogrande',
};

/** RouterBench (arXiv 2403.12031), wide: scores, answers and costs in US dollars of each model, as CSV. */
export const routerbench: Format = {
  name: 'routerbench',
  summary: 'wide CSV with <model>|model_response and <model>|total_cost (RouterBench)',
  detect: (files) =>
    files.length > 0 &&
    files.every((file) => {
      const header = csvHeader(file);
      return (
        required.every((name) => header.includes(name)) && header.some((name) => name.endsWith(costEnding))
      );
    }),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const ids = new Map<string, number>();
    // A file named *_train alone is all the data there is, and no training part.
    const parts = new Set(files.map((file) => splitOf(file)));
    const bySplit = parts.has('train') && parts.has('test');
    for (const file of files) await readFile({ file, table, ids, bySplit, context });
    const repeated = [...ids.values()].filter((count) => count > 1).length;
    if (repeated > 0) {
      table.note(
        `${repeated} values of sample_id stand on several rows; the later rows are called \`id#2\` and so on.`,
      );
    }
    return table.finish({
      name: tableName(files),
      format: 'routerbench',
      options,
      file: files[0]?.path ?? '',
    });
  },
};

function splitOf(file: SourceFile): 'train' | 'test' | undefined {
  const suffix = /[-_](train|test)$/.exec(stemOf(file.name))?.[1];
  return suffix === 'train' || suffix === 'test' ? suffix : undefined;
}

function groupOf(file: SourceFile): string | undefined {
  return groupsOfFiles[stemOf(file.name).replace(/[-_](train|test)$/, '')];
}

async function readFile(work: {
  readonly file: SourceFile;
  readonly table: TableBuilder;
  readonly ids: Map<string, number>;
  readonly bySplit: boolean;
  readonly context: Context;
}): Promise<void> {
  const { file, table, ids, bySplit, context } = work;
  const { header, rows } = await readCsv(file, context);
  const columns = columnsOf(header, file);
  const split = bySplit ? splitOf(file) : undefined;
  for await (const { cells, place } of rows) {
    const cell = (column: number): string => cells[column] ?? '';
    const scores = columns.models.map(({ id, score }) =>
      numberIn(cell(score), { what: `the score of ${id}`, low: 0, high: 1, text: true, place }),
    );
    if (scores.some((score) => score === undefined)) {
      table.drop('incomplete', 1);
      continue;
    }
    const name = cell(columns.id);
    if (name === '') throw new SignalboxError('row', '`sample_id` is empty.', place);
    const count = (ids.get(name) ?? 0) + 1;
    ids.set(name, count);
    const group = groupOf(file) ?? cell(columns.evaluation);
    const example = table.example({
      id: count === 1 ? name : `${name}#${count}`,
      messages: userMessage(pythonText(cell(columns.prompt))),
      ...(group !== '' && { group }),
      ...(split !== undefined && { split }),
    });
    for (const [i, { id, cost, answer }] of columns.models.entries()) {
      const text = answer === -1 ? '' : cell(answer);
      table.cell(example, table.model(id), {
        score: scores[i],
        cost:
          cost === -1
            ? undefined
            : numberIn(cell(cost), { what: `the cost of ${id}`, low: 0, text: true, place }),
        answer: text === '' ? undefined : pythonText(text),
        place,
      });
    }
  }
}

function columnsOf(header: readonly string[], file: SourceFile) {
  const missing = required.filter((name) => !header.includes(name));
  const models = header
    .map((id, score) => ({
      id,
      score,
      cost: header.indexOf(`${id}${costEnding}`),
      answer: header.indexOf(`${id}${answerEnding}`),
    }))
    .filter(({ cost, answer }) => cost !== -1 || answer !== -1);
  if (missing.length > 0 || models.length === 0) {
    const lack =
      missing.length > 0
        ? `no column ${missing.map((name) => `\`${name}\``).join(', ')}`
        : `no columns \`<model>${costEnding}\``;
    throw new SignalboxError(
      'format',
      `${lack}: this is not RouterBench's wide CSV. Leave out --format to have the format detected.`,
      { file: file.path, line: 1 },
    );
  }
  return {
    models,
    id: header.indexOf('sample_id'),
    prompt: header.indexOf('prompt'),
    evaluation: header.indexOf('eval_name'),
  };
}
