import type { Dataset } from '../core/dataset.ts';
import type { Plain } from '../core/plain.ts';
import type { Policy } from '../core/policy.ts';
import { primaryMeans, takeRows } from '../core/table.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import type { CrossFitted, Tuning } from './fitted.ts';
import { comparedQuality } from './forecast.ts';
import type { Plan } from './protocol.ts';

/** A policy that routers are judged under. */
export interface Judged {
  readonly policy: Policy;
  readonly params: object;
  /** Of a policy that learned before, as an artifact carries it; else it learns on each part's training rows. */
  readonly state?: Plain;
}

/**
 * What a policy makes of a router's forecasts: compared rows x models. A policy that learns is fitted for each
 * part on the rows that the part's tuning fit had not seen, and applied to that part's test rows.
 */
export function utilityOf(
  { forecasts, tuning }: Pick<CrossFitted, 'forecasts' | 'tuning'>,
  { policy, params, state }: Judged,
  plan: Plan,
): Matrix {
  if (policy.fit === undefined || state !== undefined) return policy.utility(forecasts, params, state);
  const out = matrix(forecasts.quality.rows, forecasts.quality.cols);
  for (const [fold, part] of plan.parts.entries()) {
    const means = primaryMeans(takeRows(plan.table, part.train));
    const learned = fitPolicy({ policy, params }, tuning[fold]!, { table: plan.table, means });
    const utility = policy.utility(forecasts, params, learned);
    for (let i = 0; i < out.rows; i++) {
      if (plan.folds !== undefined && plan.folds[i] !== fold) continue;
      out.data.set(utility.data.subarray(i * out.cols, (i + 1) * out.cols), i * out.cols);
    }
  }
  return out;
}

/** State of a policy that learns, from forecasts of rows that their fit had not seen. */
export function fitPolicy(
  { policy, params }: Judged,
  { rows, forecasts }: Tuning,
  { table, means }: { readonly table: Dataset; readonly means: Float64Array },
): Plain {
  return policy.fit!({ forecasts, quality: comparedQuality({ table, compared: rows }), means }, params);
}
