import type { Dataset } from '../core/dataset.ts';
import type { Forecasts } from '../core/policy.ts';
import type { Encoded, Prediction } from '../core/router.ts';
import { at, type Matrix, matrix } from '../math/matrix.ts';
import { type CostState, predictCosts } from './cost.ts';

/** Dollars, or the share of strong calls where a weak and a strong model are named and no cost is recorded. */
export type CostUnit = 'usd' | 'strong share';

export function costUnitOf(table: Dataset): CostUnit | null {
  if (table.cost?.data.some((value) => !Number.isNaN(value))) return 'usd';
  return pairOf(table) === undefined ? null : 'strong share';
}

/** Column numbers of the weak and the strong model, where both are named and present. */
export function pairOf({ models, weak, strong }: Dataset): { weak: number; strong: number } | undefined {
  const [w, s] = [models.findIndex(({ id }) => id === weak), models.findIndex(({ id }) => id === strong)];
  return w === -1 || s === -1 || w === s ? undefined : { weak: w, strong: s };
}

/** Observed cost in the table's unit, for the rows given; undefined without a unit, or where a cell that is compared has none. */
export function observedCost(table: Dataset, rows: Int32Array): Matrix | undefined {
  const unit = costUnitOf(table);
  if (unit === null) return undefined;
  const out = matrix(rows.length, table.models.length);
  const strong = pairOf(table)?.strong;
  for (let i = 0; i < rows.length; i++) {
    for (let m = 0; m < out.cols; m++) {
      const value = unit === 'usd' ? at(table.cost!, rows[i]!, m) : m === strong ? 1 : 0;
      if (Number.isNaN(value)) return undefined;
      out.data[i * out.cols + m] = value;
    }
  }
  return out;
}

/** Observed latency of the rows given, in milliseconds; undefined where a cell that is compared has none. */
export function observedLatency(table: Dataset, rows: Int32Array): Matrix | undefined {
  if (table.latencyMs === undefined) return undefined;
  const out = matrix(rows.length, table.models.length);
  for (let i = 0; i < rows.length; i++)
    for (let m = 0; m < out.cols; m++) out.data[i * out.cols + m] = at(table.latencyMs, rows[i]!, m);
  return out.data.some(Number.isNaN) ? undefined : out;
}

/** Observed quality of the compared rows: rows x models. */
export function comparedQuality({
  table,
  compared,
}: {
  readonly table: Dataset;
  readonly compared: Int32Array;
}): Matrix {
  const out = matrix(compared.length, table.models.length);
  compared.forEach((row, i) => {
    for (let m = 0; m < out.cols; m++) out.data[i * out.cols + m] = at(table.quality, row, m);
  });
  return out;
}

/** What a call on each query will cost, whichever router asks; undefined without a unit of cost. */
export function costForecast(args: {
  readonly table: Dataset;
  readonly input: Encoded;
  readonly costs: CostState | undefined;
}): Matrix | undefined {
  const { table, input, costs } = args;
  if (costs) return withoutNaN(predictCosts(input, costs), dearest);
  const pair = pairOf(table);
  return pair && shareCosts(input.queries.length, table, pair.strong);
}

/**
 * Completes a router's prediction for a policy: costs beside it, its own or else those of `costForecast`, and a
 * number in every cell.
 */
export function forecast(args: {
  readonly table: Dataset;
  readonly prediction: Prediction;
  readonly cost: Matrix | undefined;
}): Forecasts {
  const { table, prediction } = args;
  const cost = prediction.cost ? withoutNaN(prediction.cost, dearest) : args.cost;
  return {
    models: table.models.map(({ id }) => id),
    quality: withoutNaN(prediction.quality, -1),
    ...(cost && { cost }),
    ...(prediction.capable && { capable: withoutNaN(prediction.capable, 0) }),
    ...pairOf(table),
  };
}

/** Instead of a cost that is not known. */
const dearest = Number.MAX_VALUE;

function shareCosts(rows: number, table: Dataset, strong: number): Matrix {
  const out = matrix(rows, table.models.length);
  for (let i = 0; i < rows; i++) out.data[i * out.cols + strong] = 1;
  return out;
}

/** A model of which nothing is known comes last, whatever the policy. */
function withoutNaN(m: Matrix, instead: number): Matrix {
  const out = matrix(m.rows, m.cols);
  for (let i = 0; i < out.data.length; i++) out.data[i] = Number.isNaN(m.data[i]!) ? instead : m.data[i]!;
  return out;
}
