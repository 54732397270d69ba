import type { Status } from '../core/dataset.ts';
import { type Place, SignalboxError } from '../core/errors.ts';
import type { ReadOptions } from '../core/format.ts';
import type { Example, Message } from '../core/query.ts';
import { userMessage } from '../core/query.ts';
import { type Fields, objectIn, textIn } from './files/fields.ts';
import { numberIn, numeric, shown } from './files/numbers.ts';
import { contentOf } from './logs/chat.ts';
import { type LoggedCall, unitScore } from './logs/logs.ts';
import { chosenMetric } from './table/metric.ts';

/** What a log says of all its samples. */
export interface InspectLog {
  readonly status: string;
  readonly task: string;
  readonly model: string;
  readonly dataset: string | undefined;
}

export interface InspectWork extends InspectLog {
  readonly options: ReadOptions;
  readonly place: Place;
}

/**
 * One sample of a log: one call of the model that is evaluated, whatever it took to answer.
 * @throws SignalboxError for a malformed sample, and where it has several scores and none is chosen
 */
export function inspectCall(sample: Fields, work: InspectWork): LoggedCall {
  const { task, model, dataset, place } = work;
  const id = sample['id'];
  if (typeof id !== 'string' && typeof id !== 'number')
    throw new SignalboxError(
      'row',
      `the \`id\` of a sample is ${shown(id)}; text or a number was expected.`,
      place,
    );
  const reference = targetOf(sample['target']);
  const time = textIn(sample, 'started_at', place);
  const example: Example = {
    id: `${task}/${id}`,
    messages: promptOf(sample, place),
    group: task,
    ...(reference !== undefined && { reference }),
    ...(dataset !== undefined && { dataset }),
    ...(time !== undefined && { time }),
  };
  const usage = objectIn(
    objectIn(sample['model_usage'], '`model_usage`', place)[model],
    '`model_usage`',
    place,
  );
  const count = (name: string): number | undefined =>
    numberIn(usage[name], { what: `\`${name}\``, low: 0, place });
  const tokensIn = count('input_tokens');
  const seconds = ['working_time', 'total_time'].map((name) =>
    numberIn(sample[name], { what: `\`${name}\``, low: 0, place }),
  );
  const latency = seconds.find((value) => value !== undefined);
  const cached = (count('input_tokens_cache_read') ?? 0) + (count('input_tokens_cache_write') ?? 0);
  return {
    key: JSON.stringify(id),
    example,
    model,
    cell: {
      ...outcomeOf(sample, work),
      tokensIn: tokensIn === undefined ? undefined : tokensIn + cached,
      tokensOut: count('output_tokens'),
      cost: count('total_cost'),
      latencyMs: latency === undefined ? undefined : 1000 * latency,
      place,
    },
  };
}

/** What was asked: the input, with the options of a multiple choice lettered below it. */
function promptOf(sample: Fields, place: Place): readonly Message[] {
  const { input, choices } = sample;
  const options = Array.isArray(choices)
    ? choices.map((choice, i) => `${String.fromCharCode(65 + i)}) ${String(choice)}`)
    : [];
  const below = options.length === 0 ? '' : `\n\n${options.join('\n')}`;
  if (typeof input === 'string') return userMessage(input + below);
  if (!Array.isArray(input))
    throw new SignalboxError('row', `\`input\` is ${shown(input)}; text or messages were expected.`, place);
  const messages = input.map((each: unknown) => {
    const { role, content } = objectIn(each, 'a message of `input`', place);
    if (typeof role !== 'string')
      throw new SignalboxError('row', 'a message of `input` has no `role`.', place);
    return { role, content: contentOf(content) };
  });
  const last = messages.at(-1);
  if (below !== '' && typeof last?.content === 'string')
    messages[messages.length - 1] = { ...last, content: last.content + below };
  return messages;
}

function targetOf(target: unknown): string | undefined {
  const list = (Array.isArray(target) ? target : [target]).filter(
    (each) => typeof each === 'string' && each !== '',
  );
  return list.length === 0 ? undefined : list.join('\n');
}

/** Score, answer and status. A sample that failed shows nothing of the model's quality: it has no score. */
function outcomeOf(sample: Fields, { options, task, place }: InspectWork) {
  const output = objectIn(sample['output'], '`output`', place);
  const completion = textIn(output, 'completion', place) ?? '';
  if (sample['error'] !== undefined && sample['error'] !== null)
    return { status: 'error' as const, ...(completion !== '' && { answer: completion }) };
  const scores = scoresOf(sample, place);
  const status = statusOf(sample, output);
  if (scores.size === 0) return { status, ...(completion !== '' && { answer: completion }) };
  const name = chosenMetric([...scores.keys()], options, { what: `the task ${task}`, place });
  const { value, answer } = scores.get(name)!;
  const number = scoreOf(value, name, place);
  const score = number === undefined ? undefined : unitScore(number, `the score ${name}`, place);
  return {
    score,
    answer: answer ?? (completion === '' ? undefined : completion),
    status: value === 'N' && status === 'ok' ? ('refused' as const) : status,
    kind: typeof value === 'string' && /^[CIN]$/.test(value) ? ('binary' as const) : ('graded' as const),
  };
}

/** Why the model stopped, where that was not of its own accord. */
function statusOf(sample: Fields, output: Fields): Status {
  const choices = output['choices'];
  const [first] = Array.isArray(choices) ? (choices as unknown[]) : [];
  const reason = typeof first === 'object' && first !== null ? (first as Fields)['stop_reason'] : undefined;
  if (reason === 'content_filter') return 'refused';
  const limited = sample['limit'] !== undefined && sample['limit'] !== null;
  return limited || reason === 'max_tokens' || reason === 'model_length' ? 'truncated' : 'ok';
}

interface Scored {
  readonly value: unknown;
  readonly answer: string | undefined;
}

/** The scores of a sample by scorer; one that gives several values has each as `scorer.name`. */
function scoresOf(sample: Fields, place: Place): ReadonlyMap<string, Scored> {
  const scores = new Map<string, Scored>();
  for (const [name, given] of Object.entries(objectIn(sample['scores'], '`scores`', place))) {
    const score = objectIn(given, `the score ${name}`, place);
    const { value } = score;
    const answer =
      typeof score['answer'] === 'string' && score['answer'] !== '' ? score['answer'] : undefined;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, one] of Object.entries(value)) scores.set(`${name}.${key}`, { value: one, answer });
    } else scores.set(name, { value, answer });
  }
  return scores;
}

const words: Readonly<Record<string, number>> = { C: 1, I: 0, P: 0.5, N: 0 };
const truths: Readonly<Record<string, number>> = { yes: 1, true: 1, no: 0, false: 0 };

/** As Inspect's own `value_to_float`; what it would count as 0 with a warning is refused. */
function scoreOf(value: unknown, name: string, place: Place): number | undefined {
  if (value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value)))
    return undefined;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') {
    const word = Object.hasOwn(words, value) ? words[value] : undefined;
    const truth = Object.hasOwn(truths, value.toLowerCase()) ? truths[value.toLowerCase()] : undefined;
    if (word !== undefined || truth !== undefined) return word ?? truth;
  }
  const number = numeric(value);
  if (number !== undefined) return number;
  throw new SignalboxError(
    'row',
    `the score ${name} is ${shown(value)}; C, I, P, N, a truth or a number was expected. Choose another with --metric.`,
    place,
  );
}
