import type { Context } from '../core/context.ts';
import { type Place, SignalboxError } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { userMessage } from '../core/query.ts';
import { type Fields, objectIn, requiredText, textIn } from './files/fields.ts';
import { headText, readBytes, stopIfAborted } from './files/files.ts';
import { members } from './files/json-object.ts';
import { numberIn } from './files/numbers.ts';
import { type TableBuilder, tableBuilder } from './table/build.ts';
import { type KeyedRows, keyedRows } from './table/keyed-rows.ts';
import { tableName } from './table/names.ts';

/** One run of a model over a data set. */
interface Run {
  readonly file: SourceFile;
  readonly dataset: string;
  readonly split: string;
  readonly model: string;
  readonly demo: boolean;
  readonly records: readonly { readonly fields: Fields; readonly place: Place }[];
}

/**
 * LLMRouterBench: `results/bench/<dataset>/<split>/<model>/*.json`, one file for each run. Of the runs of one data
 * set, split and model the latest counts, by the time in its name; runs marked `demo` do not.
 */
export const llmrouterbench: Format = {
  name: 'llmrouterbench',
  summary: 'one JSON file for each run of a model over a data set, with records (LLMRouterBench)',
  detect: (files) => files.length > 0 && files.every(looksRight),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const rows = keyedRows(table);
    const latest = new Map<string, Run>();
    for (const [i, file] of files.entries()) {
      stopIfAborted(context);
      context.progress('reading', i, files.length);
      keep(await runOf(file), latest, table);
    }
    for (const run of latest.values()) addRun(run, rows, context);
    rows.end();
    return table.finish({
      name: tableName(files),
      format: 'llmrouterbench',
      options,
      file: files[0]?.path ?? '',
    });
  },
};

function looksRight(file: SourceFile): boolean {
  const text = headText(file);
  return (
    /^\s*\{\s*"/.test(text) &&
    /"performance"\s*:/.test(text) &&
    /"time_taken"\s*:/.test(text) &&
    /"(dataset_name|records)"\s*:/.test(text)
  );
}

async function runOf(file: SourceFile): Promise<Run> {
  const found = new Map<string, unknown>();
  let line = 1;
  for (const member of members(await readBytes(file), file.path)) {
    found.set(member.name, member.value);
    if (member.name === 'records') line = member.line;
  }
  const place = { file: file.path, line };
  const fields: Fields = Object.fromEntries(found);
  const records = fields['records'];
  if (!Array.isArray(records))
    throw new SignalboxError(
      'row',
      '`records` is not a list; one record for each query was expected.',
      place,
    );
  return {
    file,
    dataset: requiredText(fields, 'dataset_name', { file: file.path }),
    split: textIn(fields, 'split', { file: file.path }) ?? '',
    model: requiredText(fields, 'model_name', { file: file.path }),
    demo: fields['demo'] === true,
    records: records.map((record: unknown) => ({ fields: objectIn(record, 'the record', place), place })),
  };
}

function keep(run: Run, latest: Map<string, Run>, table: TableBuilder): void {
  if (run.demo) {
    table.drop('demo run', run.records.length);
    return;
  }
  const key = JSON.stringify([run.dataset, run.split, run.model]);
  const other = latest.get(key);
  const [older, newer] = other !== undefined && timeOf(other) > timeOf(run) ? [run, other] : [other, run];
  if (older !== undefined) table.drop('older run', older.records.length);
  latest.set(key, newer);
}

/** The time in a file's name, as a number that grows; 0 where there is none. */
function timeOf({ file }: Run): number {
  const [, day, second] = /(\d{8})_(\d{6})\.json$/.exec(file.name) ?? [];
  return Number(`${day ?? ''}${second ?? ''}`);
}

/** Queries are joined by data set, split and what was asked; a text that stands twice in a run is two queries. */
function addRun({ dataset, split, model, records }: Run, rows: KeyedRows, context: Context): void {
  const times = new Map<string, number>();
  for (const { fields, place } of records) {
    stopIfAborted(context);
    const asked = textIn(fields, 'prompt', place) ?? requiredText(fields, 'origin_query', place);
    const identity = textIn(fields, 'origin_query', place) ?? asked;
    const time = times.get(identity) ?? 0;
    times.set(identity, time + 1);
    const index = textIn(fields, 'index', place) ?? '';
    const reference = textOrJson(fields['ground_truth']);
    const row = rows.row(JSON.stringify([dataset, split, identity, time]), {
      id: [dataset, split, index].filter(Boolean).join('/'),
      messages: userMessage(asked),
      group: dataset,
      ...(reference !== undefined && { reference }),
      ...(split !== '' && { source: split }),
    });
    const measure = (name: string) => numberIn(fields[name], { what: `\`${name}\``, low: 0, place });
    rows.cell(row, model, {
      score: numberIn(fields['score'], { what: `the score of ${model}`, low: 0, high: 1, place }),
      cost: measure('cost'),
      tokensIn: measure('prompt_tokens'),
      tokensOut: measure('completion_tokens'),
      answer: textOrJson(fields['prediction']),
      kind: 'graded',
      place,
    });
  }
}

/** Predictions and references are text, numbers or lists. */
function textOrJson(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
