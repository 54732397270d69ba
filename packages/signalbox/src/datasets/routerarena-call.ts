import { type Place, SignalboxError } from '../core/errors.ts';
import { type Fields, objectIn, requiredText, textIn } from './files/fields.ts';
import { numberIn, shown } from './files/numbers.ts';
import type { Cell } from './table/calls.ts';

/** One call of RouterArena: a model's answer to a query, and what its grader made of it. */
export interface ArenaCall {
  readonly id: string;
  readonly text: string;
  /** The benchmark: what stands in the index before the first `_` or `-`. */
  readonly group?: string;
  /** The index without its number: the benchmark and its part. */
  readonly dataset?: string;
  readonly reference?: string;
  readonly model: string;
  readonly cell: Cell;
  /** Name of the metric, where a score was moved into [0, 1]. */
  readonly clipped?: string;
  /** Tokens in the total that are neither input nor output. */
  readonly hiddenTokens: number;
  /** Stands in a prediction file beside the router's choices, only to show what the other models would do. */
  readonly optimality: boolean;
  readonly place: Place;
}

/** @throws SignalboxError for a line that is not of the cached results */
export function cachedCall(value: Fields, place: Place): ArenaCall {
  const { evaluation_result: evaluation } = value;
  const graded = objectIn(evaluation, 'evaluation_result', place);
  const reference = textIn(graded, 'ground_truth', place);
  return {
    ...queryOf(value, { index: 'global_index', text: 'question', place }),
    ...(reference !== undefined && { reference }),
    model: requiredText(value, 'llm_selected', place),
    ...outcomeOf({
      generated: value,
      score: graded['score'],
      cost: graded['inference_cost'],
      metric: textIn(graded, 'metric', place) ?? 'a metric without a name',
      place,
    }),
    optimality: false,
    place,
  };
}

/** @throws SignalboxError for an element that is not of a prediction file */
export function predictedCall(value: unknown, place: Place): ArenaCall {
  const fields = objectIn(value, 'the element', place);
  return {
    ...queryOf(fields, { index: 'global index', text: 'prompt', place }),
    model: requiredText(fields, 'prediction', place),
    ...outcomeOf({
      generated: objectIn(fields['generated_result'], 'generated_result', place),
      score: fields['accuracy'],
      cost: fields['cost'],
      metric: 'accuracy',
      place,
    }),
    optimality: fields['for_optimality'] === true,
    place,
  };
}

function queryOf(
  fields: Fields,
  name: { readonly index: string; readonly text: string; readonly place: Place },
) {
  const id = requiredText(fields, name.index, name.place);
  const dataset = id.replace(/_?\d+$/, '');
  const group = /^[^_-]+/.exec(dataset)?.[0];
  return {
    id,
    text: requiredText(fields, name.text, name.place),
    ...(group !== undefined && { group, dataset }),
  };
}

interface Outcome {
  /** What holds the answer, its tokens and whether the call succeeded; empty = nothing was called. */
  readonly generated: Fields;
  readonly score: unknown;
  readonly cost: unknown;
  readonly metric: string;
  readonly place: Place;
}

/** A failed call shows nothing of the model's quality: its published score is kept, and is no score. */
function outcomeOf({ generated, score: given, cost, metric, place }: Outcome) {
  const failed = hasFailed(generated, place);
  const raw = numberIn(given, { what: `the score (${metric})`, place });
  const score = raw === undefined || failed ? undefined : Math.min(1, Math.max(0, raw));
  const usage = objectIn(generated['token_usage'], 'token_usage', place);
  const tokens = (name: string): number | undefined =>
    numberIn(usage[name], { what: `\`${name}\``, low: 0, place });
  const [tokensIn, tokensOut] = [tokens('input_tokens'), tokens('output_tokens')];
  const hidden = (tokens('total_tokens') ?? 0) - (tokensIn ?? 0) - (tokensOut ?? 0);
  const cell: Cell = {
    score,
    rawScore: raw,
    cost: numberIn(cost, { what: 'the cost', low: 0, place }),
    tokensIn,
    tokensOut,
    answer: textIn(generated, 'generated_answer', place),
    status: failed === undefined ? undefined : failed ? 'error' : 'ok',
    kind: 'graded',
  };
  return {
    cell,
    hiddenTokens: tokensIn === undefined || tokensOut === undefined ? 0 : Math.max(0, hidden),
    ...(score !== undefined && score !== raw && { clipped: metric }),
  };
}

/** Whether the call failed; undefined where nothing says. */
function hasFailed(generated: Fields, place: Place): boolean | undefined {
  const { success, error } = generated;
  if (typeof success === 'boolean') return !success;
  if (success !== undefined && success !== null) {
    throw new SignalboxError('row', `\`success\` is ${shown(success)}; true or false was expected.`, place);
  }
  return error === undefined || error === null || error === '' ? undefined : true;
}
