import type { Forecasts, Policy } from '../core/policy.ts';
import type { CurvePoint, Estimate, System } from '../core/results.ts';
import { at, column, type Matrix, matrix, selectRows } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import {
  curveStatistic,
  type Observed,
  outcomes,
  pointsOf,
  type Reference,
  type Sweep,
  shareLevels,
  sweep,
  weightedMean,
} from '../metrics/curve.ts';
import type { Design } from '../metrics/design.ts';
import { hull } from '../metrics/hull.ts';
import { asEstimate, interval, type Sampled } from '../metrics/interval.ts';
import { performanceGap, type WeakStrong } from '../metrics/pgr.ts';
import { sampleStatistic } from '../metrics/statistic.ts';
import type { CrossFitted, Tuning } from './fitted.ts';
import { comparedQuality, observedCost } from './forecast.ts';
import type { Plan } from './protocol.ts';

export interface CurveInput {
  readonly design: Design;
  readonly plan: Plan;
  readonly observed: Observed;
  /** Best single's outcomes on each row. */
  readonly best: { readonly quality: Float64Array; readonly cost: Float64Array };
  readonly singles: Sweep;
  /** Of those two, for every curve. */
  readonly reference: Reference;
  readonly policy: Policy;
}

type Levels = NonNullable<System['costAt']>;

/** AIQ, APGR, CPT and cost at 95, 98 and 99 % of one system; the hull of the single models where there are no forecasts. */
export function curveFigures(
  from: { readonly forecasts: Forecasts | undefined; readonly tuning?: readonly Tuning[] },
  input: CurveInput,
): Partial<System> {
  const { observed, design, singles, reference, policy, plan } = input;
  const { forecasts } = from;
  const swept = forecasts ? sweep(forecasts, policy, observed) : singles;
  const shown = (sampled: Sampled | undefined, least = 0): Estimate | null => {
    if (sampled === undefined || Number.isNaN(sampled.value)) return null;
    return asEstimate(interval(forecasts ? sampled : { ...sampled, folds: [] }, design), least);
  };
  const [aiq, aiqLift, ...costAt] = sampleStatistic(design, curveStatistic(swept, reference)).map(
    (sampled, i) => shown(sampled, i === 1 ? -1 : 0),
  );
  const dollars = plan.table.cost !== undefined;
  const points = forecasts ? pointsOf(swept) : hull<CurvePoint>(pointsOf(singles));
  const weakStrong = forecasts && gapOf(forecasts, observed.quality);
  const gap =
    weakStrong && sampleStatistic(design, performanceGap(weakStrong)).map((sampled) => shown(sampled));
  const fixed = from.tuning?.length
    ? fixedPoints(from as Pick<CrossFitted, 'forecasts' | 'tuning'>, input)
    : undefined;
  return {
    ...(dollars && aiq && { aiq }),
    ...(dollars && aiqLift && forecasts && { aiqLift }),
    ...(gap?.[0] && { apgr: gap[0] }),
    ...(gap?.[1] && { cpt50: gap[1] }),
    ...(gap?.[2] && { cpt80: gap[2] }),
    costAt: levels(costAt),
    ...fixed,
    curve: points,
  };
}

function levels(list: readonly (Estimate | null | undefined)[]): Levels {
  return { '95': list[0] ?? null, '98': list[1] ?? null, '99': list[2] ?? null };
}

/** The order of calls that forecasts give, beside what the weak and the strong model gave; undefined without such a pair. */
export function gapOf({ quality, weak, strong }: Forecasts, observed: Matrix): WeakStrong | undefined {
  if (weak === undefined || strong === undefined) return undefined;
  const gain = Float64Array.from(
    { length: quality.rows },
    (_, i) => at(quality, i, strong) - at(quality, i, weak),
  );
  return { gain, weak: column(observed, weak), strong: column(observed, strong) };
}

/**
 * The operating point that reaches 95, 98 or 99 % of best single's quality at the least cost on a fifth of
 * the training rows, fixed there and run on the test rows: its cost as a share of best single's, and beside
 * it the share of best single's quality that it kept. A fold in which no point reaches the level stays with
 * best single; null where that is every fold.
 */
function fixedPoints(
  { forecasts, tuning }: Pick<CrossFitted, 'forecasts' | 'tuning'>,
  input: CurveInput,
): Pick<System, 'costAtFixed' | 'qualityAtFixed'> {
  const { plan, design, observed, best, reference } = input;
  const points = tuning.map((part) => operatingPoints(part, input));
  const room = matrix(forecasts.quality.rows, forecasts.quality.cols);
  const runs = shareLevels.map((_, level) => {
    const chosen = points.map((of) => of[level]);
    if (chosen.every((params) => params === undefined)) return undefined;
    const ran = { quality: best.quality.slice(), cost: best.cost.slice() };
    chosen.forEach((params, fold) => {
      if (params === undefined) return;
      const values = outcomes(input.policy.utility(forecasts, params, undefined, room), observed);
      for (let i = 0; i < plan.compared.length; i++) {
        if (plan.folds !== undefined && plan.folds[i] !== fold) continue;
        ran.quality[i] = values.quality[i]!;
        ran.cost[i] = values.cost[i]!;
      }
    });
    return ran;
  });
  const reached = runs.filter((run) => run !== undefined);
  const sampled = sampleStatistic(design, (weights, sample) => {
    const { bestQuality, bestCost } = reference(weights, sample);
    return reached.flatMap(({ quality, cost }) => [
      weightedMean(cost, weights) / bestCost,
      weightedMean(quality, weights) / bestQuality,
    ]);
  }).map((found) => asEstimate(interval(found, design), 0));
  const shown = (which: 0 | 1): (Estimate | null)[] =>
    runs.map((run) => (run ? sampled[2 * reached.indexOf(run) + which]! : null));
  return { costAtFixed: levels(shown(0)), qualityAtFixed: levels(shown(1)) };
}

/** The cheapest point that reaches each level; undefined where none does. */
function operatingPoints(tuning: Tuning, { plan, policy }: CurveInput): (object | undefined)[] {
  const full = comparedQuality({ ...plan, compared: tuning.rows });
  const costs = observedCost(plan.table, tuning.rows);
  if (costs === undefined) return [];
  const rows = Int32Array.from(tuning.rows.keys()).filter(
    (i) => !full.data.subarray(i * full.cols, (i + 1) * full.cols).some(Number.isNaN),
  );
  if (rows.length === 0) return [];
  const observed: Observed = { quality: selectRows(full, rows), cost: selectRows(costs, rows) };
  const forecasts = rowsOf(tuning.forecasts, rows);
  const points = pointsOf(sweep(forecasts, policy, observed));
  const means = Array.from(
    { length: full.cols },
    (_, m) => column(observed.quality, m).reduce((sum, y) => sum + y, 0) / rows.length,
  );
  const best = means[argmax(means)]!;
  const swept = policy.sweep(forecasts, policy.params.parse({}));
  return shareLevels.map((level) => {
    const goal = (Number(level) / 100) * best;
    const reaching = points.map((point, i) => ({ ...point, i })).filter(({ quality }) => quality >= goal);
    const least = reaching.sort((a, b) => a.cost - b.cost)[0];
    return least && swept[least.i];
  });
}

function rowsOf(forecasts: Forecasts, rows: Int32Array): Forecasts {
  const take = (m: Matrix): Matrix => selectRows(m, rows);
  return {
    ...forecasts,
    quality: take(forecasts.quality),
    ...(forecasts.cost && { cost: take(forecasts.cost) }),
  };
}
