import type { Call, Dataset } from '../../core/dataset.ts';
import type { Example, Message } from '../../core/query.ts';
import { at, type Matrix } from '../../math/matrix.ts';
import { type LongField, longFields } from '../table/canonical.ts';

/** One row of the canonical long form as it is written; fields without a value are left out, but the score. */
export type LongRow = { [F in LongField]?: string | number | readonly Message[] | null };

const detailFields = ['reference', 'cluster', 'time', 'dataset', 'source'] as const;
const measures = {
  raw_score: 'rawScore',
  cost: 'cost',
  tokens_in: 'tokensIn',
  tokens_out: 'tokensOut',
  latency_ms: 'latencyMs',
  propensity: 'propensity',
} as const satisfies Partial<Record<LongField, keyof Dataset>>;

/**
 * The table as rows, query by query. Text and what else belongs to the query stand on its first row; group
 * and split on all. The first query names every model, so that none is lost and their order stays.
 */
export function* longRows(table: Dataset): Generator<LongRow> {
  for (const [i, example] of table.examples.entries()) {
    let first = true;
    for (let j = 0; j < table.models.length; j++) {
      const rows = cellRows(table, i, j);
      const known = rows.some((row) => Object.keys(row).length > 0);
      const last = first && j === table.models.length - 1;
      if (!known && i > 0 && !last) continue;
      for (const row of rows) {
        yield { ...queryFields(example, first), model: table.models[j]!.id, score: null, ...row };
        first = false;
      }
    }
  }
}

/** Fields that some row of the table has, in the canonical order: the columns of CSV and Parquet. */
export function usedFields(table: Dataset): LongField[] {
  const used = new Set<LongField>(['query_id', 'model', 'score']);
  for (const example of table.examples) {
    for (const name of Object.keys(queryFields(example, true)) as LongField[]) used.add(name);
  }
  for (const [field, name] of Object.entries(measures)) if (table[name]) used.add(field as LongField);
  if (table.samples || table.calls) used.add('sample');
  if (table.scoreKind) used.add('score_kind');
  if (table.k.data.some((k) => k > 1)) used.add('k');
  if (table.completion) for (const name of ['answer', 'status'] as const) used.add(name);
  return longFields.filter((field) => used.has(field));
}

/** All that belongs to the query. */
export function detailsOf(example: Example): LongRow {
  return queryFields(example, true);
}

function queryFields(example: Example, first: boolean): LongRow {
  const { id, group, split } = example;
  const row: LongRow = { query_id: id };
  if (first) Object.assign(row, promptOf(example));
  if (group !== undefined) row.group = group;
  if (split !== undefined) row.split = split;
  if (first) for (const name of detailFields) if (example[name] !== undefined) row[name] = example[name];
  return row;
}

function promptOf({ messages }: Example): LongRow {
  const [only] = messages;
  if (only === undefined) return {};
  const plain = messages.length === 1 && only.role === 'user' && Object.keys(only).length === 2;
  return plain && typeof only.content === 'string' && only.content !== ''
    ? { text: only.content }
    : { messages };
}

/** What is known of one cell: a row for each repeat, or one for the mean; one without a field where nothing is. */
function cellRows(table: Dataset, i: number, j: number): LongRow[] {
  const calls = table.calls?.(i, j) ?? [];
  if (calls.length > 1) return calls.map(callRow);
  const score = at(table.quality, i, j);
  const k = at(table.k, i, j);
  const row: LongRow = {};
  for (const [field, name] of Object.entries(measures) as [
    LongField,
    (typeof measures)[keyof typeof measures],
  ][]) {
    const value = cellOf(table[name], i, j);
    if (value !== undefined) row[field] = value;
  }
  const scored = (value: number): LongRow =>
    table.scoreKind === undefined ? { score: value } : { score: value, score_kind: table.scoreKind };
  const samples = (table.samples ?? [])
    .map((sample) => at(sample, i, j))
    .filter((value) => !Number.isNaN(value));
  const { answer, status } = table.completion?.(i, j) ?? {};
  const said: LongRow = { ...(answer !== undefined && { answer }), ...(status !== undefined && { status }) };
  // A mean of more repeats than were kept is written as a mean.
  if (samples.length > 1 && samples.length === k) {
    return samples.map((value, s) => ({ ...row, ...scored(value), sample: s, ...(s === 0 && said) }));
  }
  if (!Number.isNaN(score)) Object.assign(row, scored(score), k > 1 && { k });
  return [{ ...row, ...said }];
}

function callRow(call: Call): LongRow {
  const { score = null, sample = 0, k = 1, answer, status, kind } = call;
  const row: LongRow = { score };
  if (sample > 0) row.sample = sample;
  if (k > 1) row.k = k;
  if (kind !== undefined && score !== null) row.score_kind = kind;
  for (const [field, name] of Object.entries(measures) as [LongField, keyof Call][]) {
    const value = call[name];
    if (value !== undefined) row[field] = value;
  }
  if (answer !== undefined) row.answer = answer;
  if (status !== undefined) row.status = status;
  return row;
}

function cellOf(m: Matrix | undefined, i: number, j: number): number | undefined {
  const value = m === undefined ? Number.NaN : at(m, i, j);
  return Number.isNaN(value) ? undefined : value;
}
