import { shares } from '../../core/choice.ts';
import { at, type Matrix, matrix } from '../../math/matrix.ts';
import { argmax } from '../../math/order.ts';
import type { CrossFitted, Tuning } from '../fitted.ts';
import { comparedQuality } from '../forecast.ts';
import type { Plan } from '../protocol.ts';

/** A router picked anew for each part, and what was picked. */
export interface Picked {
  readonly share: Matrix;
  /** Per part. */
  readonly picks: readonly CrossFitted[];
  /** The one that most parts picked. */
  readonly usual: CrossFitted;
}

/**
 * The best router by nested choice: each part takes the router of the greatest value on the fifth of its training
 * rows that the tuning fits had not seen, and is tested with that one. What is measured so is the procedure "try
 * all, keep the best", and no score on test rows has chosen anything. Undefined where no router was tuned.
 */
export function pickRouter(plan: Plan, fitted: readonly CrossFitted[]): Picked | undefined {
  const routers = fitted.filter(
    ({ choice, tuning }) => !choice.router.baseline && tuning.length === plan.parts.length,
  );
  if (routers.length === 0) return undefined;
  const picks = plan.parts.map((_, part) => {
    const values = routers.map(({ tuning }) => tuningValue(tuning[part]!, plan));
    return routers[argmax(values.map((value) => (Number.isNaN(value) ? -1 : value)))]!;
  });
  const out = matrix(plan.compared.length, plan.table.models.length);
  for (const [part, pick] of picks.entries()) {
    const share = shares(pick.forecasts.quality);
    for (let i = 0; i < out.rows; i++) {
      if (plan.folds !== undefined && plan.folds[i] !== part) continue;
      out.data.set(share.data.subarray(i * out.cols, (i + 1) * out.cols), i * out.cols);
    }
  }
  const counts = routers.map((router) => picks.filter((pick) => pick === router).length);
  return { share: out, picks, usual: routers[argmax(counts)]! };
}

/** Mean quality of the argmax choice over the tuning rows on which every model is observed, by the primary average. */
function tuningValue({ rows, forecasts }: Tuning, { table }: Plan): number {
  const share = shares(forecasts.quality);
  const quality = comparedQuality({ table, compared: rows });
  const groups = new Map<string, { sum: number; n: number }>();
  rows.forEach((row, i) => {
    let value = 0;
    for (let m = 0; m < quality.cols; m++) {
      const part = at(share, i, m);
      if (part > 0) value += part * at(quality, i, m);
    }
    if (Number.isNaN(value)) return;
    const name = table.primary === 'macro' ? (table.examples[row]!.group ?? '') : '';
    const group = groups.get(name) ?? { sum: 0, n: 0 };
    groups.set(name, { sum: group.sum + value, n: group.n + 1 });
  });
  const means = [...groups.values()].map(({ sum, n }) => sum / n);
  return means.reduce((sum, mean) => sum + mean, 0) / means.length;
}
