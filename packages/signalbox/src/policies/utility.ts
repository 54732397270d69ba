import { z } from 'zod';
import type { Forecasts, Policy } from '../core/policy.ts';
import { at, matrix } from '../math/matrix.ts';
import { quantile } from '../math/order.ts';
import { masked } from './masked.ts';

const params = z.strictObject({
  /** Quality, in [0, 1], that one US dollar (one unit of the table's cost) must bring. */
  lambda: z.number().nonnegative().default(0),
});
export type UtilityParams = z.infer<typeof params>;

/** Quality less lambda times cost, both predicted for the query. */
export const utility: Policy<UtilityParams> = {
  name: 'utility',
  summary: 'predicted quality less lambda times predicted cost',
  params: params as z.ZodType<UtilityParams>,
  utility: ({ quality, cost }, { lambda }, _state, room) => {
    if (lambda === 0 || cost === undefined) return quality;
    const out = room ?? matrix(quality.rows, quality.cols);
    for (let i = 0; i < out.data.length; i++) {
      const value = quality.data[i]!;
      // However cheap, a model of which nothing is predicted comes last.
      out.data[i] = masked(value) ? Number.NEGATIVE_INFINITY : value - lambda * cost.data[i]!;
    }
    return out;
  },
  sweep: (forecasts) => criticalLambdas(forecasts).map((lambda) => ({ lambda })),
  parameter: ({ lambda }) => lambda,
};

const points = 100;

/**
 * The lambdas at which choices change: for each query the corners of the upper hull of its models in the
 * cost-quality plane; of all of them 100 quantiles, so that the curve's points are even in the share of
 * queries that change. With two models they are the quantiles of predicted gain over price difference.
 */
function criticalLambdas({ quality, cost }: Forecasts): number[] {
  if (cost === undefined) return [0];
  const all: number[] = [];
  for (let i = 0; i < quality.rows; i++) {
    let current = -1;
    for (let m = 0; m < quality.cols; m++) {
      if (
        current === -1 ||
        better(at(quality, i, m) - at(quality, i, current), at(cost, i, m) - at(cost, i, current))
      )
        current = m;
    }
    for (let step = 0; step < quality.cols; step++) {
      let next = -1;
      let least = Number.POSITIVE_INFINITY;
      for (let m = 0; m < quality.cols; m++) {
        const saved = at(cost, i, current) - at(cost, i, m);
        if (saved <= 0 || masked(at(quality, i, m))) continue;
        const ratio = (at(quality, i, current) - at(quality, i, m)) / saved;
        if (ratio < least) [next, least] = [m, ratio];
      }
      if (next === -1) break;
      all.push(Math.max(0, least));
      current = next;
    }
  }
  if (all.length === 0) return [0];
  const sorted = Float64Array.from(all).sort();
  const out = new Set([0]);
  for (let p = 0; p <= points; p++) out.add(quantile(sorted, p / points));
  // Just past the last corner every query takes its cheapest model.
  out.add(sorted[sorted.length - 1]! * 1.0001 + 1e-12);
  return [...out].sort((a, b) => a - b);
}

function better(gain: number, extraCost: number): boolean {
  return gain > 0 || (gain === 0 && extraCost < 0);
}
