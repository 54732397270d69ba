import type { Context } from '../core/context.ts';
import { type Place, SignalboxError } from '../core/errors.ts';
import type { Format, ReadOptions, SourceFile } from '../core/format.ts';
import { type Message, sha256, userMessage } from '../core/query.ts';
import { type Fields, objectIn, requiredText, textIn } from './files/fields.ts';
import { headText, readBytes } from './files/files.ts';
import { members } from './files/json-object.ts';
import { readJsonl } from './files/jsonl-rows.ts';
import { numberIn } from './files/numbers.ts';
import { type LoggedCall, logTable, unitScore } from './logs/logs.ts';
import { chosenMetric } from './table/metric.ts';
import { tableName } from './table/names.ts';

/** Output of promptfoo (`promptfoo eval --output x.json`, version 3; or `.jsonl`). */
export const promptfoo: Format = {
  name: 'promptfoo',
  summary: 'output of promptfoo, .json (version 3) or .jsonl; repeats of a test are repeats',
  metrics: true,
  detect: (files) => files.length > 0 && files.every((file) => isOutput(file) || isLines(file)),
  read: async (files, options, context) => {
    const logs = logTable();
    for (const file of files) {
      const run = logs.run();
      const results: Result[] = [];
      for await (const result of resultsOf(file, context)) results.push(result);
      const modelOf = modelNames(results);
      for (const { fields, place } of results) run(callOf(fields, { modelOf, options, place }));
    }
    return logs.finish({ name: tableName(files), format: 'promptfoo', options, file: files[0]?.path ?? '' });
  },
};

function isOutput(file: SourceFile): boolean {
  return /^\s*\{\s*("evalId"\s*:\s*(null|"[^"]*")\s*,\s*)?"results"\s*:\s*\{\s*"version"\s*:\s*\d/.test(
    headText(file),
  );
}

function isLines(file: SourceFile): boolean {
  const text = headText(file);
  return (
    /^\s*\{/.test(text) && ['"promptIdx"', '"testIdx"', '"failureReason"'].every((key) => text.includes(key))
  );
}

interface Result {
  readonly fields: Fields;
  readonly place: Place;
}

async function* resultsOf(file: SourceFile, context: Context): AsyncGenerator<Result> {
  if (!isOutput(file)) {
    for await (const { value, place } of readJsonl(file, context)) yield { fields: value, place };
    return;
  }
  for (const { name, value, line } of members(await readBytes(file), file.path)) {
    if (name !== 'results') continue;
    const place = { file: file.path, line };
    const { version, results } = objectIn(value, '`results`', place);
    if (version !== 3 || !Array.isArray(results)) {
      throw new SignalboxError(
        'format',
        `this is version ${String(version)} of promptfoo's output; version 3 was expected. Run it with a newer promptfoo, or export it again.`,
        place,
      );
    }
    for (const [i, each] of results.entries())
      yield { fields: objectIn(each, `result ${i + 1}`, place), place };
  }
}

type NameOf = (provider: Fields, place: Place) => string;

/** The provider's id; where one id has several labels, as with other settings, the label behind it. */
function modelNames(results: readonly Result[]): NameOf {
  const labels = new Map<string, Set<string>>();
  const parts = (provider: Fields, place: Place): [string, string] => [
    requiredText(provider, 'id', place),
    textIn(provider, 'label', place) ?? '',
  ];
  for (const { fields, place } of results) {
    const [id, label] = parts(objectIn(fields['provider'], '`provider`', place), place);
    labels.set(id, (labels.get(id) ?? new Set()).add(label));
  }
  return (provider, place) => {
    const [id, label] = parts(provider, place);
    return labels.get(id)!.size > 1 && label !== '' ? `${id} (${label})` : id;
  };
}

interface Work {
  readonly modelOf: NameOf;
  readonly options: ReadOptions;
  readonly place: Place;
}

function callOf(fields: Fields, { modelOf, options, place }: Work): LoggedCall {
  const prompt = requiredText(objectIn(fields['prompt'], '`prompt`', place), 'raw', place);
  const response = objectIn(fields['response'], '`response`', place);
  const usage = objectIn(response['tokenUsage'], '`tokenUsage`', place);
  const vars = fields['vars'] ?? objectIn(fields['testCase'], '`testCase`', place)['vars'];
  const amount = (from: Fields, name: string): number | undefined => {
    const value = numberIn(from[name], { what: `\`${name}\``, low: 0, place });
    // What a provider does not tell is written as 0.
    return value === 0 ? undefined : value;
  };
  const latency = response['cached'] === true ? undefined : amount(fields, 'latencyMs');
  return {
    // A repeat is a test of its own number and the same text.
    key: prompt,
    example: {
      id: sha256(prompt).slice(0, 16),
      messages: messagesOf(prompt),
      ...(vars !== undefined && vars !== null && { cluster: sha256(JSON.stringify(vars)).slice(0, 16) }),
    },
    model: modelOf(objectIn(fields['provider'], '`provider`', place), place),
    cell: {
      ...outcomeOf(fields, { response, options, place }),
      cost: amount(response, 'cost') ?? amount(fields, 'cost'),
      tokensIn: amount(usage, 'prompt'),
      tokensOut: amount(usage, 'completion'),
      latencyMs: latency,
      place,
    },
  };
}

/** A prompt that is a chat as JSON is read as one. */
function messagesOf(prompt: string): readonly Message[] {
  if (!/^\s*\[\s*\{/.test(prompt)) return userMessage(prompt);
  try {
    const parsed = JSON.parse(prompt) as Message[];
    const isChat = parsed.every(
      ({ role, content }) => typeof role === 'string' && typeof content === 'string',
    );
    return isChat ? parsed.map(({ role, content }) => ({ role, content })) : userMessage(prompt);
  } catch {
    return userMessage(prompt);
  }
}

/** Score, answer and status. `failureReason` 2 is a call that failed, which is no wrong answer. */
function outcomeOf(
  fields: Fields,
  { response, options, place }: { response: Fields; options: ReadOptions; place: Place },
) {
  const { output } = response;
  const answer =
    output === undefined || output === null
      ? undefined
      : typeof output === 'string'
        ? output
        : JSON.stringify(output);
  if (fields['failureReason'] === 2) return { status: 'error' as const, answer };
  const named = objectIn(fields['namedScores'], '`namedScores`', place);
  const names = ['score', ...Object.keys(named)];
  const name =
    options.metrics === undefined ? 'score' : chosenMetric(names, options, { what: 'a result', place });
  const what = `the score ${name}`;
  const score = numberIn(name === 'score' ? fields['score'] : named[name], { what, place });
  return {
    score: score === undefined ? undefined : unitScore(score, what, place),
    answer: answer === '' ? undefined : answer,
    status: response['isRefusal'] === true ? ('refused' as const) : ('ok' as const),
    kind: score === 0 || score === 1 ? ('binary' as const) : ('graded' as const),
  };
}
