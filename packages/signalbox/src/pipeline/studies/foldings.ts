import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import type { Forecasts } from '../../core/policy.ts';
import type { FoldingsResult } from '../../core/results-foldings.ts';
import { rng } from '../../math/rng.ts';
import { asEstimate, interval, type Sampled } from '../../metrics/interval.ts';
import { performanceGap } from '../../metrics/pgr.ts';
import { sampleStatistic } from '../../metrics/statistic.ts';
import { crossFit } from '../cross-fit.ts';
import { designOf } from '../design.ts';
import type { CrossFitted } from '../fitted.ts';
import { comparedQuality } from '../forecast.ts';
import { gapOf } from '../measure-curves.ts';
import { type Plan, plan as planOf } from '../protocol.ts';
import { turn } from '../turn.ts';

/**
 * APGR of routers under several assignments of rows to folds, the first of which is there already, and its mean over
 * them: one assignment moves a figure by more than routers differ. The folds of all assignments together give the
 * mean's interval: Nadeau and Bengio's correction for repeated cross-validation (Bouckaert and Frank 2004). Empty
 * where the table is not cross-validated or names no weak and strong model.
 */
export async function foldingsOf(
  args: {
    readonly plan: Plan;
    readonly encoder: Encoder;
    readonly fitted: readonly CrossFitted[];
    readonly routers: readonly string[];
    readonly foldings: number;
    readonly draws?: number;
  },
  context: Context,
): Promise<FoldingsResult> {
  const { plan, encoder, routers, foldings, draws } = args;
  const first = args.fitted.filter(({ choice }) => routers.includes(choice.name));
  if (plan.folds === undefined || first.length === 0) return [];
  const found: Sampled[][] = [];
  for (let more = 0; more < foldings; more++) {
    context.progress('other folds', more, foldings);
    await turn(context);
    const seed = context.seed + more;
    const under = more === 0 ? plan : planOf(plan.table, { seed, folds: plan.parts.length });
    const own = { ...context, seed, rng: rng(seed), progress: () => {} };
    const choices = first.map(({ choice }) => choice);
    const fitted =
      more === 0 ? first : await crossFit(under, { choices, encoder, tune: false, keep: false }, own);
    // The same draws for all, so that they can be averaged draw by draw.
    const design = designOf(under, { draws, seed: context.seed });
    const apgr = (forecasts: Forecasts): Sampled | undefined => {
      const gap = gapOf(forecasts, comparedQuality(under));
      return gap && sampleStatistic(design, performanceGap(gap))[0]!;
    };
    found.push(fitted.flatMap(({ forecasts }) => apgr(forecasts) ?? []));
  }
  context.progress('other folds', foldings, foldings);
  const design = designOf(plan, { draws, seed: context.seed });
  const shown = (sampled: Sampled) => asEstimate(interval(sampled, design), 0);
  return first.flatMap(({ choice }, r) => {
    const each = found.flatMap((list) => list[r] ?? []);
    if (each.length < foldings) return [];
    return {
      router: choice.name,
      measure: 'apgr' as const,
      values: each.map((sampled, more) => ({ seed: context.seed + more, value: shown(sampled) })),
      mean: shown(meanOf(each)),
    };
  });
}

function meanOf(each: readonly Sampled[]): Sampled {
  const mean = (of: (one: Sampled) => number): number =>
    each.reduce((sum, one) => sum + of(one), 0) / each.length;
  return {
    value: mean(({ value }) => value),
    draws: each[0]!.draws.map((_, d) => mean(({ draws }) => draws[d]!)),
    folds: each.flatMap(({ folds }) => folds),
    n: each[0]!.n,
  };
}
