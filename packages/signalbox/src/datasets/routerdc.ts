import type { Context } from '../core/context.ts';
import type { ScoreKind } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Format, ReadOptions, SourceFile } from '../core/format.ts';
import { userMessage } from '../core/query.ts';
import { headText, readBytes, stemOf, stopIfAborted } from './files/files.ts';
import { elements } from './files/json-array.ts';
import { numberIn, shown } from './files/numbers.ts';
import { type TableBuilder, tableBuilder } from './table/build.ts';
import { tableName } from './table/names.ts';

/** Multiple choice: the score is the probability of the right option where it was chosen, else 0. */
const choiceTasks = new Set(['mmlu', 'cmmlu', 'arc_challenge', 'ceval']);
/** Means of ten samples. */
const sampledTasks = new Set(['gsm8k', 'humaneval', 'mbpp', 'javascript']);

/** What the name of a file says of its rows. */
interface Part {
  readonly file: SourceFile;
  readonly stem: string;
  readonly group?: string;
  readonly split?: 'train' | 'test';
  readonly rule: 'choice' | 'sampled' | 'raw';
}

/**
 * RouterDC (arXiv 2409.19886): JSON arrays of `{question, scores: {model: number}, cluster_id?}`; task and
 * split are in the file's name. LLMRouter's preprocessed `train.json` has the same shape without tasks.
 */
export const routerdc: Format = {
  name: 'routerdc',
  summary: 'JSON arrays of {question, scores}, task and split in the file names (RouterDC, LLMRouter)',
  detect: (files) =>
    files.length > 0 &&
    files.every((file) => /^\s*\[\s*\{\s*"(question|scores|cluster_id)"\s*:/.test(headText(file))),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const parts = files.map(partOf);
    const stems = parts.map(({ stem }) => stem);
    for (const [i, part] of parts.entries()) {
      context.progress('reading', i, files.length);
      const alone = stems.indexOf(part.stem) === stems.lastIndexOf(part.stem);
      await readPart({ part, table, context, prefix: alone ? part.stem : part.file.name });
    }
    // Without groups there is no macro average.
    const grouped = parts.some(({ group }) => group !== undefined);
    return table.finish({ ...about(files, options), primary: grouped ? 'macro' : 'quality' });
  },
};

function about(files: readonly SourceFile[], options: ReadOptions) {
  return { name: tableName(files), format: 'routerdc', options, file: files[0]?.path ?? '' };
}

function partOf(file: SourceFile): Part {
  const stem = stemOf(file.name);
  const [, task, suffix] = /^(.+)[-_](train|test)$/.exec(stem) ?? [];
  const named = task ?? stem;
  const rule = choiceTasks.has(named) ? 'choice' : sampledTasks.has(named) ? 'sampled' : 'raw';
  const group = task ?? (rule === 'raw' ? undefined : stem);
  const split = suffix ?? (stem === 'train' || stem === 'test' ? stem : undefined);
  return {
    file,
    stem,
    rule,
    ...(group !== undefined && { group }),
    ...((split === 'train' || split === 'test') && { split }),
  };
}

async function readPart(work: {
  readonly part: Part;
  readonly table: TableBuilder;
  readonly context: Context;
  readonly prefix: string;
}): Promise<void> {
  const { part, table, context, prefix } = work;
  const { file, group, split } = part;
  let index = 0;
  for (const { value, line } of elements(await readBytes(file), file.path)) {
    if (index % 1000 === 0) stopIfAborted(context);
    const place = { file: file.path, line };
    const { question, scores } = recordOf(value, place);
    const example = table.example({
      id: `${prefix}/${index++}`,
      messages: userMessage(question),
      ...(group !== undefined && { group }),
      ...(split !== undefined && { split }),
    });
    for (const [model, given] of Object.entries(scores)) {
      const column = table.model(model);
      const score = numberIn(given, { what: `the score of ${model}`, low: 0, high: 1, place });
      if (score !== undefined) table.cell(example, column, { ...judged(score, part.rule), place });
    }
  }
  if (index === 0)
    throw new SignalboxError('table', 'the array is empty: there are no rows in it.', { file: file.path });
}

function judged(
  score: number,
  rule: Part['rule'],
): { score: number; rawScore: number; k: number; kind: ScoreKind } {
  if (rule === 'choice') return { score: score > 0 ? 1 : 0, rawScore: score, k: 1, kind: 'binary' };
  if (rule === 'sampled') return { score, rawScore: score, k: 10, kind: 'mean' };
  return { score, rawScore: score, k: 1, kind: 'graded' };
}

function recordOf(value: unknown, place: { file: string; line: number }) {
  const wrong = (what: string): SignalboxError =>
    new SignalboxError(
      'row',
      `${what}. Each element must be {"question": "...", "scores": {"model": number}}.`,
      place,
    );
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong('this element is not an object');
  const { question, scores } = value as Record<string, unknown>;
  if (typeof question !== 'string') throw wrong(`\`question\` is ${shown(question)} where text was expected`);
  if (typeof scores !== 'object' || scores === null || Array.isArray(scores)) {
    throw wrong(`\`scores\` is ${shown(scores)} where an object was expected`);
  }
  return { question, scores: scores as Record<string, unknown> };
}
