import type { Context } from '../core/context.ts';
import { type Place, SignalboxError } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { type Fields, objectIn, requiredText, textIn } from './files/fields.ts';
import { headText } from './files/files.ts';
import { readJsonl } from './files/jsonl-rows.ts';
import { numeric } from './files/numbers.ts';
import { timeIn } from './files/times.ts';
import { answerOf, messagesOf } from './logs/chat.ts';
import { type LoggedCall, logTable, unitScore } from './logs/logs.ts';
import { chosenMetric } from './table/metric.ts';
import { tableName } from './table/names.ts';

/** Logs of OpenAI's evals (`oaieval`): a specification, events of samples, and a final report; one file a run. */
export const openaiEvals: Format = {
  name: 'openai-evals',
  summary: 'event logs of oaieval, one JSONL a model and eval (OpenAI evals)',
  metrics: true,
  detect: (files) => files.length > 0 && files.every(looksRight),
  read: async (files, options, context) => {
    const logs = logTable();
    for (const file of files) {
      const run = logs.run();
      const { spec, samples } = await readRun(file, context);
      const place = { file: file.path, line: 1 };
      const about = {
        task: requiredText(spec, 'eval_name', place),
        // Where there are several, those behind the first grade what it answered.
        model: modelOf(spec, place),
      };
      const names = [...new Set([...samples.values()].flatMap(({ scores }) => [...scores.keys()]))];
      const metric =
        names.length === 0
          ? undefined
          : chosenMetric(names, options, { what: `the eval ${about.task}`, place });
      for (const [id, sample] of samples)
        for (const call of callsOf(id, sample, { ...about, metric })) run(call);
    }
    return logs.finish({
      name: tableName(files),
      format: 'openai-evals',
      options,
      file: files[0]?.path ?? '',
    });
  },
};

function looksRight(file: SourceFile): boolean {
  const head = headText(file);
  return (
    /^\s*\{\s*"spec"\s*:\s*\{/.test(head) && /"completion_fns"\s*:/.test(head) && /"eval_name"\s*:/.test(head)
  );
}

/** What the events of one sample say. */
interface Sample {
  /** By name, in the order of the events: `correct` of a match, and each number of `metrics`. */
  readonly scores: Map<string, { readonly value: number; readonly place: Place }[]>;
  readonly place: Place;
  prompt?: unknown;
  answer?: string | undefined;
  reference?: string | undefined;
  usage?: Fields;
  time?: string | undefined;
  failed?: boolean;
}

async function readRun(file: SourceFile, context: Context) {
  let spec: Fields | undefined;
  const samples = new Map<string, Sample>();
  for await (const { value, place } of readJsonl(file, context)) {
    if (spec === undefined) spec = objectIn(value['spec'], '`spec`', place);
    else if (value['final_report'] === undefined) addEvent(value, samples, place);
  }
  return { spec: spec ?? {}, samples };
}

function modelOf(spec: Fields, place: Place): string {
  const names = spec['completion_fns'];
  const [first] = Array.isArray(names) ? (names as unknown[]) : [];
  if (typeof first === 'string' && first !== '') return first;
  throw new SignalboxError('format', '`completion_fns` names no model.', place);
}

function addEvent(event: Fields, samples: Map<string, Sample>, place: Place): void {
  const id = textIn(event, 'sample_id', place);
  if (id === undefined) return;
  const sample: Sample = samples.get(id) ?? { scores: new Map(), place };
  samples.set(id, sample);
  sample.time ??= textIn(event, 'created_at', place);
  const data = objectIn(event['data'], '`data`', place);
  const add = (name: string, value: number): void => {
    sample.scores.set(name, [...(sample.scores.get(name) ?? []), { value, place }]);
  };
  if (event['type'] === 'sampling' && sample.prompt === undefined) {
    // The first is what the model was asked; later ones may be of a model that grades.
    sample.prompt = data['prompt'];
    sample.answer = textOf(data['sampled']);
    sample.usage = objectIn(data['usage'], '`usage`', place);
  } else if (event['type'] === 'match') {
    if (typeof data['correct'] !== 'boolean')
      throw new SignalboxError('row', '`correct` of a match is no truth.', place);
    add('correct', data['correct'] ? 1 : 0);
    sample.reference ??= textOf(data['expected']);
    sample.answer ??= textOf(data['sampled']) ?? textOf(data['picked']);
  } else if (event['type'] === 'metrics') {
    for (const [name, value] of Object.entries(data)) {
      const number =
        typeof value === 'boolean' ? Number(value) : typeof value === 'number' ? numeric(value) : undefined;
      if (number !== undefined) add(name, number);
    }
  } else if (event['type'] === 'error') sample.failed = true;
}

/** Text, or texts as lines. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (!Array.isArray(value)) return undefined;
  const [first] = value as unknown[];
  return value.length === 1
    ? textOf(first)
    : value.filter((each) => typeof each === 'string').join('\n') || undefined;
}

/** A call for each time that the sample was scored; one without score where it never was. */
function callsOf(
  id: string,
  sample: Sample,
  { task, model, metric }: { task: string; model: string; metric: string | undefined },
): LoggedCall[] {
  const { place, reference } = sample;
  const time = timeIn(sample.time);
  const scores = metric === undefined ? [] : (sample.scores.get(metric) ?? []);
  const failed = sample.failed === true && scores.length === 0;
  const { tokensIn, tokensOut } = answerOf({ usage: sample.usage }, place);
  const what = `the ${metric} of ${id}`;
  return (scores.length === 0 ? [undefined] : scores).map((score) => ({
    key: id,
    example: {
      id,
      messages: messagesOf(sample.prompt) ?? [],
      group: task,
      ...(reference !== undefined && { reference }),
      ...(time !== undefined && { time: new Date(time).toISOString() }),
    },
    model,
    cell: {
      score: score === undefined ? undefined : unitScore(score.value, what, score.place),
      answer: sample.answer,
      status: failed ? ('error' as const) : ('ok' as const),
      kind: metric === 'correct' ? ('binary' as const) : ('graded' as const),
      tokensIn,
      tokensOut,
      place: score?.place ?? place,
    },
  }));
}
