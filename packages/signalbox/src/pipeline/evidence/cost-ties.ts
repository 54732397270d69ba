import { expectedOf, shares } from '../../core/choice.ts';
import type { Estimate } from '../../core/results.ts';
import type { CostTiesResult } from '../../core/results-evidence.ts';
import { at } from '../../math/matrix.ts';
import type { Design } from '../../metrics/design.ts';
import { asEstimate, interval, type Sampled } from '../../metrics/interval.ts';
import type { CrossFitted } from '../fitted.ts';
import { comparedQuality, observedCost } from '../forecast.ts';
import type { Plan } from '../protocol.ts';
import { sampledOf } from './values.ts';

/**
 * What the oracle's ties are worth in cost (FEASIBILITY, figure 5): rows on which best single is among the best and a
 * cheaper model does as well, and the share of best single's cost that the cheapest of the best would save there.
 * In hindsight: it bounds what a router may save without loss, and none reaches it. Undefined without costs.
 */
export function costTies(
  bestSingle: CrossFitted,
  { plan, design }: { readonly plan: Plan; readonly design: Design },
): CostTiesResult | undefined {
  const cost = plan.table.cost && observedCost(plan.table, plan.compared);
  if (cost === undefined) return undefined;
  const quality = comparedQuality(plan);
  const share = shares(bestSingle.forecasts.quality);
  const [own, worth] = [expectedOf(share, cost), expectedOf(share, quality)];
  const [tied, saved] = [new Float64Array(quality.rows), new Float64Array(quality.rows)];
  for (let i = 0; i < quality.rows; i++) {
    let [most, least] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let m = 0; m < quality.cols; m++) most = Math.max(most, at(quality, i, m));
    if (worth[i]! < most) continue;
    for (let m = 0; m < quality.cols; m++)
      if (at(quality, i, m) === most) least = Math.min(least, at(cost, i, m));
    if (!(least < own[i]!)) continue;
    tied[i] = 1;
    saved[i] = own[i]! - least;
  }
  const averaged = { ...plan, table: { ...plan.table, primary: 'quality' as const } };
  const [often, gain, whole] = sampledOf([tied, saved, own], { plan: averaged, design });
  const ratio = {
    ...gain!,
    value: whole!.value === 0 ? 0 : gain!.value / whole!.value,
    draws: gain!.draws.map((x, d) => (whole!.draws[d] === 0 ? 0 : x / whole!.draws[d]!)),
  };
  const shown = (sampled: Sampled): Estimate => asEstimate(interval({ ...sampled, folds: [] }, design), 0, 1);
  return { rows: shown(often!), saving: shown(ratio) };
}
