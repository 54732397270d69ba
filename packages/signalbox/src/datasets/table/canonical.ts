import { editDistance } from '../../core/errors.ts';

/** Fields of the canonical long form: one row per query x model x sample. */
export const longFields = [
  'query_id',
  'text',
  'messages',
  'model',
  'score',
  'group',
  'split',
  'sample',
  'k',
  'score_kind',
  'status',
  'cost',
  'tokens_in',
  'tokens_out',
  'latency_ms',
  'answer',
  'reference',
  'judge',
  'propensity',
  'policy',
  'request_id',
  'predicted_score',
  'predicted_cost',
  'raw_score',
  'dataset',
  'time',
  'source',
  'cluster',
] as const;
export type LongField = (typeof longFields)[number];

/** Names that no model may have in the canonical wide form. */
export const reservedNames = [
  'query_id',
  'text',
  'messages',
  'group',
  'split',
  'cluster',
  'time',
  'dataset',
  'source',
  'reference',
] as const;

/** What may stand beside a model's score in the wide form, as `<model>|cost`. */
export const wideEndings = ['cost', 'answer', 'k', 'status'] as const;
export type WideEnding = (typeof wideEndings)[number];

/**
 * The known name that a column is surely a slip of: within two edits of a name of five letters or more, one
 * edit of one of four, whatever the case.
 */
export function slipOf(name: string, known: readonly string[]): string | undefined {
  const given = name.toLowerCase();
  return known.find((word) => {
    const allowed = word.length >= 5 ? 2 : word.length === 4 ? 1 : -1;
    return Math.abs(word.length - given.length) <= allowed && editDistance(given, word) <= allowed;
  });
}
