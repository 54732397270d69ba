import { basename, dirname } from 'node:path';
import type { Context } from '../core/context.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { textIn } from './files/fields.ts';
import { headText, readBytes } from './files/files.ts';
import { members } from './files/json-object.ts';
import { readJsonl } from './files/jsonl-rows.ts';
import { lmEvalCall, metricsOf } from './lm-eval-row.ts';
import { logTable } from './logs/logs.ts';
import { chosenMetric } from './table/metric.ts';
import { tableName } from './table/names.ts';

/** Samples of lm-evaluation-harness (`--log_samples`): one file for each task and run, a folder for each model. */
export const lmEval: Format = {
  name: 'lm-eval',
  summary: 'samples_TASK_DATE.jsonl of lm-evaluation-harness, a folder a model; Open LLM Leaderboard details',
  metrics: true,
  detect: (files) =>
    files.some(isSamples) && files.every((file) => isSamples(file) || isResults(file))
      ? true
      : files.length > 0 && files.every(isResults),
  // Two models may answer a task alike: which they are stands in no row.
  told: (file) => `${basename(dirname(file.path))}/${taskOf(file)}`,
  read: async (files, options, context) => {
    const logs = logTable();
    const names = await modelNames(files.filter(isResults));
    const samples = files.filter((file) => !isResults(file));
    let several = 0;
    for (const file of samples) {
      const task = taskOf(file);
      const model = names.get(dirname(file.path)) ?? basename(dirname(file.path)).replaceAll('__', '/');
      if (model === '' || model === '.') throw withoutModel(file);
      const metrics = await metricsIn(file, context);
      const metric = chosenMetric(metrics, options, { what: `the task ${task}`, place: { file: file.path } });
      const run = logs.run();
      let others = 0;
      for await (const { value, place } of readJsonl(file, context)) {
        const call = lmEvalCall(value, { task, model, metric, place });
        if (call === undefined) others++;
        else {
          if (call.generations > 1) several++;
          for (const each of call.calls) run(each);
        }
      }
      if (others > 0) logs.table.drop(`scored otherwise than by ${metric}`, others);
    }
    if (several > 0) {
      logs.table.note(
        `${several} documents have several generations and one score, which the filter made of them: they count as one sample.`,
      );
    }
    return logs.finish({ name: tableName(files), format: 'lm-eval', options, file: files[0]?.path ?? '' });
  },
};

function isSamples(file: SourceFile): boolean {
  return /^\s*\{\s*"doc_id"\s*:\s*"?\d+"?\s*,\s*"doc"\s*:/.test(headText(file));
}

/** The summary that stands beside the samples; it tells the model's name. */
function isResults(file: SourceFile): boolean {
  return /^results_.*\.json$/.test(basename(file.path)) && /^\s*\{\s*"results"\s*:/.test(headText(file));
}

function taskOf(file: SourceFile): string {
  const stem = basename(file.path).replace(/\.[^.]*$/, '');
  return stem.replace(/^samples_/, '').replace(/_\d{4}-\d{2}-\d{2}T[\d:.-]+$/, '');
}

/** Names of models by folder, as the summaries in them give it. */
async function modelNames(files: readonly SourceFile[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const file of files) {
    for (const { name, value, line } of members(await readBytes(file), file.path)) {
      const text = name === 'model_name' && textIn({ name: value }, 'name', { file: file.path, line });
      if (text) names.set(dirname(file.path), text);
    }
  }
  return names;
}

/** Every `metric,filter` of a file, in its order: filters follow each other, each over all documents. */
async function metricsIn(file: SourceFile, context: Context): Promise<string[]> {
  const found = new Set<string>();
  for await (const { value, place } of readJsonl(file, context))
    for (const name of metricsOf(value, place)) found.add(name);
  return [...found];
}

function withoutModel(file: SourceFile): SignalboxError {
  return new SignalboxError(
    'format',
    'which model this is stands in no file beside it and in no name of its folder; put the samples of each model into a folder of its name.',
    { file: file.path },
  );
}
