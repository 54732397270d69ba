import { type Place, SignalboxError } from '../core/errors.ts';
import { userMessage } from '../core/query.ts';
import { type Fields, requiredText, textIn } from './files/fields.ts';
import { numberIn, numeric, shown } from './files/numbers.ts';
import { type LoggedCall, unitScore } from './logs/logs.ts';

interface Work {
  readonly task: string;
  readonly model: string;
  /** As `exact_match,strict-match`. */
  readonly metric: string;
  readonly place: Place;
}

/** What stands in a row besides its metrics. */
const known: ReadonlySet<string> = new Set([
  'doc_id',
  'doc',
  'target',
  'arguments',
  'resps',
  'filtered_resps',
  'filter',
  'metrics',
  'doc_hash',
  'prompt_hash',
  'target_hash',
]);

/** The metrics of one row, each with the filter that the row was scored by. */
export function metricsOf(row: Fields, place: Place): string[] {
  const filter = textIn(row, 'filter', place) ?? 'none';
  const { metrics } = row;
  const names = Array.isArray(metrics)
    ? metrics.map(String)
    : Object.keys(row).filter((name) => !known.has(name) && isScore(row[name]));
  return names.map((name) => `${name},${filter}`);
}

function isScore(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isScore);
  return typeof value === 'boolean' || numeric(value) !== undefined;
}

/**
 * The calls of one document as this filter sees them; undefined where the row is of another filter or has not
 * this metric.
 * @throws SignalboxError for a malformed row, and a score outside [0, 1]
 */
export function lmEvalCall(
  row: Fields,
  { task, model, metric, place }: Work,
): { readonly calls: readonly LoggedCall[]; readonly generations: number } | undefined {
  if (!metricsOf(row, place).includes(metric)) return undefined;
  const id = requiredText(row, 'doc_id', place);
  const name = metric.slice(0, metric.lastIndexOf(','));
  const asked = argumentsOf(row, place);
  const reference = referenceOf(row, asked);
  const scores = scoresOf(row[name], `the ${name} of document ${id}`, place);
  const { answer, unparsed } = answerOf({ row, name, asked });
  // A document's number changes with the version of a task; its hash does not.
  const hash = textIn(row, 'doc_hash', place);
  const [first] = asked;
  return {
    generations: generationsOf(row),
    calls: scores.map((score) => ({
      key: id,
      identity: hash,
      example: {
        id: `${task}/${id}`,
        messages: first === undefined ? [] : userMessage(first.prompt),
        group: task,
        ...(reference !== undefined && { reference }),
      },
      model,
      cell: {
        score,
        answer,
        status: unparsed ? ('unparsed' as const) : ('ok' as const),
        kind: score === 0 || score === 1 ? ('binary' as const) : ('graded' as const),
        place,
      },
    })),
  };
}

/** One score; where a metric is kept for each repeat, a score for each. */
function scoresOf(value: unknown, what: string, place: Place): (number | undefined)[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((each) => scoresOf(each, what, place));
  if (typeof value === 'boolean') return [value ? 1 : 0];
  const number = numberIn(value, { what, place });
  return [number === undefined ? undefined : unitScore(number, what, place)];
}

interface Asked {
  readonly prompt: string;
  /** What the model's likelihood was asked of. */
  readonly option: string | undefined;
}

/** What the model was given: `{gen_args_0: {arg_0, arg_1}}`, or in older versions a list of lists. */
function argumentsOf(row: Fields, place: Place): Asked[] {
  const given = row['arguments'];
  if (given === undefined || given === null) return [];
  if (typeof given !== 'object')
    throw new SignalboxError('row', `\`arguments\` is ${shown(given)} where an object was expected.`, place);
  return Object.values(given).flatMap((each: unknown) => {
    const [prompt, option] = typeof each === 'object' && each !== null ? Object.values(each) : [];
    if (typeof prompt !== 'string') return [];
    return [{ prompt, option: typeof option === 'string' ? option.trim() : undefined }];
  });
}

/** The target; of a multiple choice the option that it numbers. */
function referenceOf({ target }: Fields, asked: readonly Asked[]): string | undefined {
  if (Array.isArray(target)) return target.length === 0 ? undefined : target.map(String).join('\n');
  if (typeof target !== 'string' && typeof target !== 'number') return undefined;
  const option = asked.length > 1 && /^\d+$/.test(String(target)) ? asked[Number(target)]?.option : undefined;
  return option ?? (target === '' ? undefined : String(target));
}

/** The filtered answer, or by plain likelihood the option of the greatest; `[invalid]` is no answer. */
function answerOf(work: { readonly row: Fields; readonly name: string; readonly asked: readonly Asked[] }): {
  readonly answer?: string | undefined;
  readonly unparsed: boolean;
} {
  const { row, name, asked } = work;
  const filtered = row['filtered_resps'];
  if (!Array.isArray(filtered)) return { unparsed: false };
  if (asked.length > 1 && filtered.length === asked.length) {
    const likelihoods = filtered.map((each: unknown) => numeric(Array.isArray(each) ? each[0] : each));
    if (name !== 'acc' || likelihoods.includes(undefined)) return { unparsed: false };
    const best = likelihoods.indexOf(Math.max(...likelihoods.map(Number)));
    return { answer: asked[best]?.option, unparsed: false };
  }
  const [first] = filtered as unknown[];
  const text = Array.isArray(first) ? (first as unknown[])[0] : first;
  if (typeof text !== 'string') return { unparsed: false };
  return text === '[invalid]' ? { unparsed: true } : { answer: text, unparsed: false };
}

/** Generations of one prompt; the filters make one of them. */
function generationsOf({ resps }: Fields): number {
  const [first] = Array.isArray(resps) ? (resps as unknown[]) : [];
  return Array.isArray(first) && typeof first[0] === 'string' && Array.isArray(resps) && resps.length === 1
    ? first.length
    : 1;
}
