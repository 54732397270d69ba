import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import type { LabelsNeeded } from '../../core/results-evidence.ts';
import { fitLearningCurve, rowsPerGroup, rowsToReach } from '../../feasibility/learning-curve.ts';
import { rowsRange } from '../../feasibility/power.ts';
import { mean } from '../../math/order.ts';
import type { Design } from '../../metrics/design.ts';
import { foldRows } from '../../metrics/design.ts';
import { asEstimate, interval } from '../../metrics/interval.ts';
import type { CrossFitted, RouterChoice } from '../fitted.ts';
import type { Plan } from '../protocol.ts';
import { averaged, curveSizes, type LearningPoint, learningCurve } from './learning.ts';
import { estimateOf, sampledOf } from './values.ts';

/** How many more labels would settle it: by the learning curves of some rungs, and by the power of the paired test. */
export async function labelsNeeded(
  args: {
    readonly plan: Plan;
    readonly design: Design;
    /** Each with the rung that it stands for. */
    readonly rungs: readonly { readonly rung: string; readonly choice: RouterChoice }[];
    readonly encoder: Encoder;
    readonly fitted: readonly CrossFitted[];
    /** Quality on each compared row: of best single, and of the best router. */
    readonly best: Float64Array;
    readonly router: Float64Array | undefined;
    readonly minimumEffect: number;
    readonly repeats: number;
  },
  context: Context,
): Promise<LabelsNeeded> {
  const { plan, design, rungs, best, router, minimumEffect } = args;
  const sizes = curveSizes(plan).filter((_, i, all) => i % 2 === 0 || i === all.length - 1);
  const points = await learningCurve(
    { ...args, choices: rungs.map(({ choice }) => choice), sizes, whole: args.fitted },
    context,
  );
  const sampled = sampledOf([best, ...points.map(averaged)], { plan, design });
  const curves = rungs.map(({ rung, choice }) => {
    const own = points.flatMap((point, i) =>
      point.system === choice.name ? [{ point, sampled: sampled[i + 1]! }] : [],
    );
    const law = fitLearningCurve(
      own.map(({ point }) => ({
        n: point.rows,
        values: liftsOf(point, { best, design, primary: plan.table.primary }),
      })),
      { seed: context.seed },
    );
    return {
      law,
      shown: {
        rung,
        points: own.map(({ point, sampled }) => ({ rows: point.rows, value: estimateOf(sampled, design) })),
        // Fitted to the lift over best single; best single's value makes it the curve that is drawn.
        fit: law && { ...law.fit, limit: law.fit.limit + sampled[0]!.value },
      },
    };
  });
  const reached = curves
    .map(({ law }) => law && rowsToReach(law, minimumEffect))
    .filter((range) => range !== null)
    .sort((a, b) => a[1] - b[1])[0];
  const discordance = router === undefined ? null : discordanceOf(router, best, { plan, design });
  const paired = discordance && rowsRange(discordance, minimumEffect);
  return {
    curves: curves.map(({ shown }) => shown),
    best: sampled[0]!.value,
    discordance,
    paired: paired && [...paired],
    curve: reached ? [...reached] : null,
    perGroup: discordance && groupsShort(plan, discordance.value),
    more: paired && moreOf(paired, reached, plan),
  };
}

/** Of each fit of one size: its lift over best single by the primary average. In cross-validation each fold is a fit. */
function liftsOf(
  { repeats }: LearningPoint,
  {
    best,
    design,
    primary,
  }: { readonly best: Float64Array; readonly design: Design; readonly primary: string },
): number[] {
  const folds = foldRows(design);
  const parts = folds.length > 0 ? folds : [Int32Array.from(best.keys())];
  return repeats.flatMap((values) =>
    parts.map((rows) => {
      const gain = (some: Int32Array): number => mean(Float64Array.from(some, (i) => values[i]! - best[i]!));
      if (primary !== 'macro') return gain(rows);
      const groups = [...Map.groupBy(rows, (i) => design.groupOf[i]!).values()];
      return mean(groups.map((some) => gain(Int32Array.from(some))));
    }),
  );
}

/** Mean squared difference of the two: for right-or-wrong outcomes the share of rows on which they differ. */
function discordanceOf(
  router: Float64Array,
  best: Float64Array,
  { plan, design }: { readonly plan: Plan; readonly design: Design },
): LabelsNeeded['discordance'] {
  const squares = router.map((y, i) => (y - best[i]!) ** 2);
  const [sampled] = sampledOf([squares], { plan, design });
  return asEstimate(interval({ ...sampled!, folds: [] }, design), 0, 1);
}

/** Labels that a group needs before its own mean may override the whole (FEASIBILITY, C8). */
function groupsShort({ table, parts }: Plan, discordance: number): LabelsNeeded['perGroup'] {
  const counts: Record<string, number> = {};
  for (const row of parts[0]!.train) {
    const { group } = table.examples[row]!;
    if (group !== undefined) counts[group] = (counts[group] ?? 0) + 1;
  }
  if (Object.keys(counts).length < 2) return null;
  const { minimum, short } = rowsPerGroup(discordance, counts);
  return { minimum, short: { ...short } };
}

/** The larger of both, less what is there. */
function moreOf(
  paired: readonly [number, number],
  curve: readonly [number, number] | undefined,
  { compared, parts }: Plan,
): [number, number] {
  const beyond = (side: 0 | 1): number =>
    Math.max(
      0,
      paired[side] - compared.length,
      (curve?.[side] ?? 0) - Math.min(...parts.map(({ train }) => train.length)),
    );
  return [beyond(0), beyond(1)];
}
