import { type Place, SignalboxError } from '../core/errors.ts';
import { userMessage } from '../core/query.ts';
import { type Fields, objectIn, requiredText, textIn } from './files/fields.ts';
import { numberIn, shown } from './files/numbers.ts';
import { type LoggedCall, unitScore } from './logs/logs.ts';

/** Means of the statistics of each instance and trial, by name. */
export type HelmStats = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Adds one entry of `per_instance_stats.json`; those of perturbed instances are passed over. */
export function statsOf(value: unknown, scores: Map<string, Map<string, number>>, place: Place): void {
  const entry = objectIn(value, 'an element', place);
  const { stats, perturbation } = entry;
  if (perturbation !== undefined && perturbation !== null) return;
  if (!Array.isArray(stats)) throw new SignalboxError('row', '`stats` is no list.', place);
  const trial = trialOf(requiredText(entry, 'instance_id', place), entry);
  const known = scores.get(trial) ?? new Map<string, number>();
  scores.set(trial, known);
  for (const each of stats) {
    const stat = objectIn(each, 'a statistic', place);
    const name = objectIn(stat['name'], '`name` of a statistic', place);
    if (name['perturbation'] !== undefined && name['perturbation'] !== null) continue;
    const rule = (what: string) => ({ what: `\`${what}\` of a statistic`, place });
    const [sum, count] = [numberIn(stat['sum'], rule('sum')), numberIn(stat['count'], rule('count'))];
    if (sum !== undefined && count !== undefined && count > 0)
      known.set(requiredText(name, 'name', place), sum / count);
  }
}

function trialOf(id: string, { train_trial_index }: Fields): string {
  return JSON.stringify([id, train_trial_index ?? 0]);
}

interface HelmWork {
  readonly task: string;
  readonly model: string;
  readonly metric: string | undefined;
  readonly scores: HelmStats;
  readonly place: Place;
}

/**
 * The call of one request state, or why it is left out. Trials, with other examples in the prompt, are repeats.
 * @throws SignalboxError for a malformed state, and a score outside [0, 1]
 */
export function helmCall(
  state: Fields,
  { task, model, metric, scores, place }: HelmWork,
): { readonly trial: string; readonly call: LoggedCall } | string {
  const instance = objectIn(state['instance'], '`instance`', place);
  if (instance['perturbation'] !== undefined && instance['perturbation'] !== null)
    return 'perturbed instance';
  if (state['request_mode'] === 'calibration') return 'calibration request';
  const id = requiredText(instance, 'id', place);
  const result = objectIn(state['result'], '`result`', place);
  const failed = result['success'] === false;
  const trial = trialOf(id, state);
  const stats = scores.get(trial) ?? new Map<string, number>();
  const score = metric === undefined || failed ? undefined : stats.get(metric);
  const [reference, part] = [referenceOf(instance, place), textIn(instance, 'split', place)];
  const seconds = numberIn(result['request_time'], { what: '`request_time`', low: 0, place });
  const text = textOf(state, instance, place);
  return {
    trial,
    call: {
      key: id,
      example: {
        id: `${task}/${id}`,
        messages: text === '' ? [] : userMessage(text),
        group: task,
        ...(reference !== undefined && { reference }),
        ...(part !== undefined && { source: part }),
      },
      model,
      cell: {
        score:
          score === undefined ? undefined : unitScore(score, `the ${metric} of the instance ${id}`, place),
        ...answerOf(state, result, place),
        kind: score === 0 || score === 1 ? 'binary' : 'graded',
        tokensIn: stats.get('num_prompt_tokens'),
        tokensOut: stats.get('num_output_tokens') ?? stats.get('num_completion_tokens'),
        latencyMs: seconds === undefined ? undefined : 1000 * seconds,
        place,
      },
    },
  };
}

/** The input, with the options of a joint multiple choice lettered below it; the whole prompt differs by model. */
function textOf(state: Fields, instance: Fields, place: Place): string {
  const input = textIn(objectIn(instance['input'], '`input`', place), 'text', place) ?? '';
  const options = Object.entries(objectIn(state['output_mapping'], '`output_mapping`', place)).map(
    ([letter, option]) => `${letter}. ${String(option)}`,
  );
  return [input, ...options].join('\n');
}

function referenceOf(instance: Fields, place: Place): string | undefined {
  const { references } = instance;
  if (references !== undefined && references !== null && !Array.isArray(references))
    throw new SignalboxError('row', `\`references\` is ${shown(references)}; a list was expected.`, place);
  const right = ((references ?? []) as unknown[]).flatMap((each) => {
    const { tags, output } = objectIn(each, 'a reference', place);
    if (!Array.isArray(tags) || !tags.includes('correct')) return [];
    return textIn(objectIn(output, '`output`', place), 'text', place) ?? [];
  });
  return right.length === 0 ? undefined : right.join('\n');
}

/** The first completion; where each option was a request of its own there is none to show. */
function answerOf(state: Fields, result: Fields, place: Place) {
  if (result['success'] === false) return { status: 'error' as const };
  const { completions } = result;
  const first = objectIn(Array.isArray(completions) ? completions[0] : undefined, 'a completion', place);
  const { reason } = objectIn(first['finish_reason'], '`finish_reason`', place);
  const status =
    reason === 'length' ? ('truncated' as const) : reason === 'content_filter' ? ('refused' as const) : 'ok';
  const byOption = state['reference_index'] !== undefined && state['reference_index'] !== null;
  return { answer: byOption ? undefined : textIn(first, 'text', place), status: status as typeof status };
}
