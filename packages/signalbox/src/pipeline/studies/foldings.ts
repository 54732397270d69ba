import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import type { Forecasts } from '../../core/policy.ts';
import type { FoldingsResult } from '../../core/results-foldings.ts';
import { matrix } from '../../math/matrix.ts';
import { rng, shuffle } from '../../math/rng.ts';
import type { Design } from '../../metrics/design.ts';
import { asEstimate, interval, type Sampled } from '../../metrics/interval.ts';
import { performanceGap } from '../../metrics/pgr.ts';
import { sampleStatistic } from '../../metrics/statistic.ts';
import { crossFit, fitOnSome, place } from '../cross-fit.ts';
import { designOf } from '../design.ts';
import { eachPart } from '../encoded-part.ts';
import type { CrossFitted, RouterChoice } from '../fitted.ts';
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
    /** Also by so few labelled training rows, under the first assignment; left out where a fit has no more than these. */
    readonly labels: number;
    readonly draws?: number;
  },
  context: Context,
): Promise<FoldingsResult> {
  const { plan, encoder, routers, foldings, labels, draws } = args;
  const first = args.fitted.filter(({ choice }) => routers.includes(choice.name));
  if (plan.folds === undefined || first.length === 0) return [];
  const choices = first.map(({ choice }) => choice);
  const found: Sampled[][] = [];
  for (let more = 0; more < foldings; more++) {
    context.progress('other folds', more, foldings);
    await turn(context);
    const seed = context.seed + more;
    const under = more === 0 ? plan : planOf(plan.table, { seed, folds: plan.parts.length });
    const own = { ...context, seed, rng: rng(seed), progress: () => {} };
    const fitted =
      more === 0 ? first : await crossFit(under, { choices, encoder, tune: false, keep: false }, own);
    // The same draws for all, so that they can be averaged draw by draw.
    const design = designOf(under, { draws, seed: context.seed });
    const apgr = apgrOf(under, design);
    found.push(fitted.flatMap(({ forecasts }) => apgr(forecasts) ?? []));
  }
  context.progress('other folds', foldings, foldings);
  const design = designOf(plan, { draws, seed: context.seed });
  const shown = (sampled: Sampled) => asEstimate(interval(sampled, design), 0);
  const line = (router: string, known: number | null, each: readonly Sampled[]): FoldingsResult => {
    if (each.length === 0) return [];
    const values = each.map((sampled, more) => ({ seed: context.seed + more, value: shown(sampled) }));
    return [{ router, measure: 'apgr', labels: known, values, mean: shown(meanOf(each)) }];
  };
  const few = await withFewLabels({ plan, encoder, choices, labels }, context);
  const apgr = apgrOf(plan, design);
  const column = (lists: readonly (readonly Sampled[])[], r: number): Sampled[] =>
    lists.flatMap((list) => list[r] ?? []);
  const ofFew = few.flatMap((forecasts) => apgr(forecasts) ?? []);
  return choices.flatMap(({ name }, r) => [
    ...line(name, labels, column([ofFew], r)),
    ...line(name, null, column(found, r)),
  ]);
}

/** Undefined where the table names no weak and strong model. */
function apgrOf(plan: Plan, design: Design): (forecasts: Forecasts) => Sampled | undefined {
  const observed = comparedQuality(plan);
  return (forecasts) => {
    const gap = gapOf(forecasts, observed);
    return gap && sampleStatistic(design, performanceGap(gap))[0]!;
  };
}

/** Forecasts of each router fitted on so many rows of each part, drawn by chance; none where a part has no more. */
async function withFewLabels(
  args: {
    readonly plan: Plan;
    readonly encoder: Encoder;
    readonly choices: readonly RouterChoice[];
    readonly labels: number;
  },
  context: Context,
): Promise<Forecasts[]> {
  const { plan, encoder, choices, labels } = args;
  const out: Forecasts[] = [];
  if (plan.parts.some(({ train }) => train.length <= labels)) return out;
  const quiet = { ...context, progress: () => {} };
  await eachPart(
    { plan, encoder },
    async (fold, part) => {
      context.progress('few labels', part, plan.parts.length);
      const order = Int32Array.from(fold.train.queries.keys());
      const some = shuffle(order, rng(`${context.seed}/few labels/${part}`))
        .slice(0, labels)
        .sort();
      for (const [r, choice] of choices.entries()) {
        const { forecasts } = await fitOnSome(choice, { fold, plan }, some, quiet);
        out[r] ??= { ...forecasts, quality: matrix(plan.compared.length, forecasts.quality.cols) };
        place(fold, forecasts.quality, out[r].quality);
      }
    },
    quiet,
  );
  context.progress('few labels', plan.parts.length, plan.parts.length);
  return out;
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
