import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Format, ReadOptions, SourceFile } from '../core/format.ts';
import { userMessage } from '../core/query.ts';
import { csvHeader, readCsv } from './files/csv-rows.ts';
import { endingOf, stemOf } from './files/files.ts';
import { readJsonl } from './files/jsonl-rows.ts';
import { shown } from './files/numbers.ts';
import { type TableBuilder, tableBuilder } from './table/build.ts';
import { tableName } from './table/names.ts';

/** What RouteLLM's evaluations hold: two benchmarks, and the prompts of each that stood in training data. */
export interface RouteLlm {
  readonly mmlu?: Dataset;
  readonly gsm8k?: Dataset;
  /** Prompts of the benchmark, as `normalPrompt` gives them. */
  readonly contaminated: { readonly mmlu: ReadonlySet<string>; readonly gsm8k: ReadonlySet<string> };
}

type Benchmark = 'mmlu' | 'gsm8k';
interface Sorted {
  readonly mmlu: SourceFile[];
  readonly gsm8k: SourceFile[];
  readonly contaminated: readonly { readonly of: Benchmark; readonly file: SourceFile }[];
}

/**
 * RouteLLM (arXiv 2406.18665): CSV files of `prompt`, weak model, strong model (True or False), and
 * `<model>_response`; one file per MMLU subject, and `gsm8k_responses.csv`.
 */
export const routellm: Format = {
  name: 'routellm',
  summary: 'CSV of prompt, weak and strong model, the MMLU subject in the file name (RouteLLM)',
  detect: (files) => {
    const { mmlu, gsm8k, contaminated } = sorted(files);
    const tables = [...mmlu, ...gsm8k];
    const others = files.filter(({ name }) => !isMtBench(name)).length;
    return tables.length > 0 && tables.length + contaminated.length === others && tables.every(looksRight);
  },
  read: async (files, options, context) => {
    const { mmlu, gsm8k } = sorted(files);
    const table = tableBuilder();
    const tables = mmlu.length + gsm8k.length === 0 ? files : [...mmlu, ...gsm8k];
    const passed = files.filter(({ name }) => endingOf(name) === 'csv').length - tables.length;
    if (passed > 0)
      table.note(`${passed} CSV files are neither MMLU nor GSM8K by their names and were not read.`);
    const both = mmlu.length > 0 && gsm8k.length > 0;
    if (both) {
      table.note(
        'MMLU and GSM8K are in one table, the subjects and `gsm8k` as its groups; name one of them to see it alone.',
      );
    }
    return readTables({ files: tables, table, options, context, name: both ? 'routellm' : tableName(files) });
  },
};

/** Each benchmark as a table of its own, with the lists of contaminated prompts, from this or the published layout. */
export async function readRouteLlm(
  files: readonly SourceFile[],
  options: ReadOptions,
  context: Context,
): Promise<RouteLlm> {
  const { mmlu, gsm8k, contaminated } = sorted(files);
  const prompts = { mmlu: new Set<string>(), gsm8k: new Set<string>() };
  for (const { of, file } of contaminated) {
    for (const prompt of await contaminatedPrompts(file, context)) prompts[of].add(prompt);
  }
  const read = (name: Benchmark, some: SourceFile[]): Promise<Dataset> =>
    readTables({ files: some, table: tableBuilder(), options, context, name });
  return {
    ...(mmlu.length > 0 && { mmlu: await read('mmlu', mmlu) }),
    ...(gsm8k.length > 0 && { gsm8k: await read('gsm8k', gsm8k) }),
    contaminated: prompts,
  };
}

/** A prompt as it is compared with the contamination lists, which hold whole prompts. */
export function normalPrompt(text: string): string {
  return text.normalize('NFC').trim();
}

/** By name: `mmlu_<subject>.csv`, `gsm8k_*.csv`, and lists named for their benchmark or standing in its folder. */
function sorted(files: readonly SourceFile[]): Sorted {
  const csv = files.filter(({ name }) => endingOf(name) === 'csv');
  const lists = files.filter(
    ({ name }) => endingOf(name) === 'jsonl' && stemOf(name).includes('contaminated'),
  );
  return {
    mmlu: csv.filter(({ name }) => stemOf(name).startsWith('mmlu_')),
    gsm8k: csv.filter(({ name }) => stemOf(name).startsWith('gsm8k')),
    contaminated: lists.flatMap((file) => {
      const of = /(mmlu|gsm8k)[^/\\]*(?:[/\\][^/\\]*)?$/.exec(file.path)?.[1];
      return of === 'mmlu' || of === 'gsm8k' ? [{ of, file } as const] : [];
    }),
  };
}

function isMtBench(name: string): boolean {
  return /(^|[/\\])mt_bench[/\\]/.test(name);
}

function looksRight(file: SourceFile): boolean {
  const header = csvHeader(file);
  return header[0] === 'prompt' && (header.length === 3 || header[3] === `${header[1]}_response`);
}

async function readTables(work: {
  readonly files: readonly SourceFile[];
  readonly table: TableBuilder;
  readonly options: ReadOptions;
  readonly context: Context;
  readonly name: string;
}): Promise<Dataset> {
  const { files, table, options, context, name } = work;
  let pair: readonly [string, string] | undefined;
  for (const file of files) {
    const { header, rows } = await readCsv(file, context);
    const [prompt, weak, strong] = header;
    if (prompt !== 'prompt' || weak === undefined || strong === undefined) {
      throw new SignalboxError(
        'format',
        'the columns `prompt`, weak model and strong model were expected: this is not a table of RouteLLM. Leave out --format to have the format detected.',
        { file: file.path, line: 1 },
      );
    }
    pair ??= [weak, strong];
    if (pair[0] !== weak || pair[1] !== strong) {
      throw new SignalboxError(
        'table',
        `the models are ${weak} and ${strong}, in the first file ${pair.join(' and ')}.`,
        {
          file: file.path,
          line: 1,
        },
      );
    }
    await readRows({
      file,
      rows,
      table,
      models: pair,
      answers: pair.map((id) => header.indexOf(`${id}_response`)),
    });
  }
  const [weak, strong] = pair ?? [];
  return table.finish({ name, format: 'routellm', options, weak, strong, file: files[0]?.path ?? '' });
}

async function readRows(work: {
  readonly file: SourceFile;
  readonly rows: Awaited<ReturnType<typeof readCsv>>['rows'];
  readonly table: TableBuilder;
  readonly models: readonly string[];
  readonly answers: readonly number[];
}): Promise<void> {
  const { file, rows, table, models, answers } = work;
  const stem = stemOf(file.name);
  const group = stem.startsWith('mmlu_') ? stem.slice(5) : stem.replace(/_responses$/, '');
  let index = 0;
  for await (const { cells, place } of rows) {
    const messages = userMessage(cells[0] ?? '');
    const example = table.example({ id: `${stem}/${index++}`, messages, group });
    for (const [j, model] of models.entries()) {
      const answer = cells[answers[j] ?? -1];
      const given = cells[j + 1] ?? '';
      const score = given === 'True' ? 1 : given === 'False' ? 0 : undefined;
      if (score === undefined && given !== '') {
        throw new SignalboxError(
          'row',
          `the score of ${model} is ${shown(given)}; True or False was expected.`,
          place,
        );
      }
      table.cell(example, table.model(model), { score, kind: 'binary', answer, place });
    }
  }
}

async function contaminatedPrompts(file: SourceFile, context: Context): Promise<string[]> {
  const prompts: string[] = [];
  for await (const { value, place } of readJsonl(file, context)) {
    const { eval_prompt: prompt } = value;
    if (typeof prompt !== 'string') {
      throw new SignalboxError('row', `\`eval_prompt\` is ${shown(prompt)} where text was expected.`, place);
    }
    prompts.push(normalPrompt(prompt));
  }
  return prompts;
}
