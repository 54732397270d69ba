import type { Ledger } from '../../core/results-evidence.ts';
import { type Matrix, row } from '../../math/matrix.ts';
import type { Design } from '../../metrics/design.ts';
import { asEstimate, interval, minus, type Sampled } from '../../metrics/interval.ts';
import { averages } from '../../metrics/means.ts';
import { comparedQuality } from '../forecast.ts';
import type { Plan } from '../protocol.ts';
import { qualityUnder, sideBySide } from './values.ts';

/**
 * What a choice lost against the best answer of each row, on the whole and by group. The best answer is known in
 * hindsight alone, so no policy has a regret of 0; how much less one has than another is what can be compared.
 */
export function regretOf(
  shares: { readonly chosen: Matrix; readonly incumbent: Matrix },
  { plan, design }: { readonly plan: Plan; readonly design: Design },
): Ledger['regret'] {
  const quality = comparedQuality(plan);
  const best = Float64Array.from({ length: quality.rows }, (_, i) => Math.max(...row(quality, i)));
  const lost = (share: Matrix): Float64Array => qualityUnder(share, plan).map((y, i) => best[i]! - y);
  const [ours, theirs] = averages(design, sideBySide([lost(shares.chosen), lost(shares.incumbent)]));
  const entry = (group: string | null, a: Sampled, b: Sampled): Ledger['regret'][number] => {
    const { p: _, ...saved } = interval(minus(b, a), design);
    return {
      group,
      system: asEstimate(interval(a, design), 0, 1),
      incumbent: asEstimate(interval(b, design), 0, 1),
      saved,
    };
  };
  const primary = plan.table.primary === 'macro' ? 'macro' : 'weighted';
  // Within one group a fold may hold no row, so its interval is that of the rows.
  const bare = (sampled: Sampled): Sampled => ({ ...sampled, folds: [] });
  return [
    entry(null, ours![primary], theirs![primary]),
    ...(design.groupNames.length < 2
      ? []
      : design.groupNames.map((name, g) => entry(name, bare(ours!.groups[g]!), bare(theirs!.groups[g]!)))),
  ];
}
