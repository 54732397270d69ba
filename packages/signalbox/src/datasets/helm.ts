import { basename, dirname } from 'node:path';
import type { Context } from '../core/context.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Format, ReadOptions, SourceFile } from '../core/format.ts';
import { type Fields, objectIn, textIn } from './files/fields.ts';
import { headText, readBytes, stopIfAborted } from './files/files.ts';
import { elements } from './files/json-array.ts';
import { members } from './files/json-object.ts';
import { type HelmStats, helmCall, statsOf } from './helm-instance.ts';
import { type LogTable, logTable } from './logs/logs.ts';
import { chosenMetric } from './table/metric.ts';
import { tableName } from './table/names.ts';

/** Files of a run folder, and how each begins. */
const kinds = {
  'run_spec.json': /^\s*\{\s*"name"\s*:[\s\S]*"(scenario_spec|adapter_spec)"\s*:/,
  'scenario_state.json': /^\s*\{\s*"adapter_spec"\s*:/,
  'per_instance_stats.json': /^\s*\[\s*(\]|\{\s*"instance_id"\s*:)/,
  'scenario.json': /^\s*\{/,
  'stats.json': /^\s*\[\s*(\]|\{\s*"name"\s*:\s*\{)/,
  'instances.json': /^\s*\[/,
  'display_predictions.json': /^\s*\[/,
  'display_requests.json': /^\s*\[/,
} as const;

/** HELM: run folders with `run_spec.json`, `scenario_state.json` and `per_instance_stats.json`. */
export const helm: Format = {
  name: 'helm',
  summary: 'run folders of scenario_state.json and per_instance_stats.json (HELM)',
  metrics: true,
  detect: (files) => files.length > 0 && files.every(looksRight),
  // What describes a scenario is the same in the runs of all models.
  told: ({ path }) => (/^(scenario_state|per_instance_stats)/.test(basename(path)) ? '' : dirname(path)),
  read: async (files, options, context) => {
    const logs = logTable();
    const folders = Map.groupBy(files, ({ path }) => dirname(path));
    let empty = 0;
    for (const [i, [folder, inside]] of [...folders].entries()) {
      stopIfAborted(context);
      context.progress('reading runs', i, folders.size);
      const file = (name: keyof typeof kinds) => inside.find(({ path }) => basename(path) === name);
      const [state, stats] = [file('scenario_state.json'), file('per_instance_stats.json')];
      if (state && stats)
        await readRun({ state, stats, spec: file('run_spec.json') }, { logs, options, context });
      else if (state || stats) {
        const lack = state ? 'per_instance_stats.json' : 'scenario_state.json';
        throw new SignalboxError(
          'format',
          `\`${lack}\` is not beside it; a run of HELM has both. Bring the whole folder.`,
          { file: (state ?? stats)!.path },
        );
      } else if (inside.length > 0 && folder !== '') empty++;
    }
    if (empty > 0) logs.table.note(`${empty} folders hold no outcomes of instances and were passed over.`);
    return logs.finish({ name: tableName(files), format: 'helm', options, file: files[0]?.path ?? '' });
  },
};

function looksRight(file: SourceFile): boolean {
  const name = basename(file.path);
  return Object.hasOwn(kinds, name) && kinds[name as keyof typeof kinds].test(headText(file));
}

interface RunFiles {
  readonly state: SourceFile;
  readonly stats: SourceFile;
  readonly spec: SourceFile | undefined;
}

async function readRun(
  { state, stats, spec }: RunFiles,
  { logs, options, context }: { logs: LogTable; options: ReadOptions; context: Context },
): Promise<void> {
  const place = { file: state.path };
  const requests: { fields: Fields; line: number }[] = [];
  let adapter: Fields = {};
  for (const { name, value, line } of members(await readBytes(state), state.path)) {
    if (name === 'adapter_spec') adapter = objectIn(value, '`adapter_spec`', place);
    if (name !== 'request_states') continue;
    if (!Array.isArray(value))
      throw new SignalboxError('row', '`request_states` is no list.', { ...place, line });
    for (const each of value) requests.push({ fields: objectIn(each, 'a request state', place), line });
  }
  const model = textIn(adapter, 'model', place) ?? textIn(adapter, 'model_deployment', place);
  if (model === undefined)
    throw new SignalboxError('format', '`adapter_spec` names no `model`; is it a run of HELM?', place);
  const task = taskOf((await nameOf(spec)) ?? basename(dirname(state.path)));
  const scores = await readStats(stats, context);
  const names = [...new Set([...scores.values()].flatMap((each) => [...each.keys()]))].filter(isScore);
  const metric =
    names.length === 0
      ? undefined
      : chosenMetric(names, options, { what: `the run ${task}`, place: { file: stats.path } });
  const [run, seen] = [logs.run(), new Set<string>()];
  const work = { task, model, metric, scores };
  for (const { fields, line } of requests) {
    const call = helmCall(fields, { ...work, place: { ...place, line } });
    if (typeof call === 'string') logs.table.drop(call, 1);
    // One instance may be several requests, one for each of its options.
    else if (!seen.has(call.trial)) {
      seen.add(call.trial);
      run(call.call);
    }
  }
}

async function nameOf(spec: SourceFile | undefined): Promise<string | undefined> {
  if (spec === undefined) return undefined;
  for (const { name, value, line } of members(await readBytes(spec), spec.path))
    if (name === 'name') return textIn({ name: value }, 'name', { file: spec.path, line });
  return undefined;
}

/** The name of a run without its model: `mmlu:subject=anatomy,model=openai_gpt2` is of the task `mmlu:subject=anatomy`. */
function taskOf(name: string): string {
  const colon = name.indexOf(':');
  if (colon === -1) return name;
  const kept = name
    .slice(colon + 1)
    .split(',')
    .filter((part) => !/^(model|model_deployment)=/.test(part));
  return kept.length === 0 ? name.slice(0, colon) : `${name.slice(0, colon)}:${kept.join(',')}`;
}

async function readStats(file: SourceFile, context: Context): Promise<HelmStats> {
  const scores = new Map<string, Map<string, number>>();
  for (const { value, line } of elements(await readBytes(file), file.path)) {
    stopIfAborted(context);
    statsOf(value, scores, { file: file.path, line });
  }
  return scores;
}

/** What HELM counts and measures beside the scores. */
const bookkeeping =
  /^(num_|inference_|training_|finish_reason_|logprob|perplexity|bits_per_byte|batch_size|prompt_truncated|max_prob|predicted_index|logits_)/;

function isScore(name: string): boolean {
  return !bookkeeping.test(name);
}
