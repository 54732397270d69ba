import { textOf } from '../../core/query.ts';
import type { ShiftResult } from '../../core/results-evidence.ts';
import { type Matrix, row } from '../../math/matrix.ts';
import { argmax } from '../../math/order.ts';
import type { Design } from '../../metrics/design.ts';
import { asEstimate, interval } from '../../metrics/interval.ts';
import { averages } from '../../metrics/means.ts';
import type { Plan } from '../protocol.ts';
import { sideBySide } from './values.ts';

/**
 * How often a query gets another model than one of its cluster in other words: a router that reads meaning should
 * not care for the wording (FEASIBILITY, figure 9). A row's share is over the others of its cluster. Null where no
 * compared cluster holds two texts.
 */
export function paraphrases(
  { chosen, system }: { readonly chosen: Matrix; readonly system: string },
  { plan, design }: { readonly plan: Plan; readonly design: Design },
): ShiftResult['paraphrases'] {
  const clusters = new Map<string, number[]>();
  plan.compared.forEach((at, i) => {
    const { cluster } = plan.table.examples[at]!;
    if (cluster === undefined) return;
    const members = clusters.get(cluster);
    if (members === undefined) clusters.set(cluster, [i]);
    else members.push(i);
  });
  const flips = new Float64Array(plan.compared.length).fill(Number.NaN);
  let several = 0;
  for (const members of clusters.values()) {
    const texts = members.map((i) => textOf(plan.table.examples[plan.compared[i]!]!));
    if (new Set(texts).size < 2) continue;
    several++;
    const models = members.map((i) => argmax(row(chosen, i)));
    members.forEach((i, a) => {
      const others = members.map((_, b) => b).filter((b) => texts[b] !== texts[a]);
      flips[i] = others.filter((b) => models[b] !== models[a]).length / others.length;
    });
  }
  if (several === 0) return null;
  const rows = Int32Array.from(flips.keys()).filter((i) => !Number.isNaN(flips[i]!));
  const take = (from: Int32Array): Int32Array => Int32Array.from(rows, (i) => from[i]!);
  const { folds: _, kept: __, ...rest } = design;
  const part: Design = {
    ...rest,
    rows: rows.length,
    clusters: take(design.clusters),
    groupOf: new Int32Array(rows.length),
    groupNames: ['all'],
  };
  const [sampled] = averages(part, sideBySide([Float64Array.from(rows, (i) => flips[i]!)]));
  return { system, flipRate: asEstimate(interval(sampled!.weighted, part), 0, 1), clusters: several };
}
