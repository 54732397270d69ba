import { shares } from '../../core/choice.ts';
import type { Flag } from '../../core/results.ts';
import type {
  CeilingsResult,
  ComplementarityResult,
  LabelQualityResult,
  NoiseResult,
  RungResult,
} from '../../core/results-evidence.ts';
import { takeRows } from '../../core/table.ts';
import { ceilings } from '../../feasibility/ceilings.ts';
import { complementarity } from '../../feasibility/complementarity.ts';
import { labelQuality } from '../../feasibility/label-quality.ts';
import { nearCopies } from '../../feasibility/near-copies.ts';
import { noise } from '../../feasibility/noise.ts';
import type { Outcomes } from '../../feasibility/outcomes.ts';
import { raschNull } from '../../feasibility/rasch.ts';
import { selectRows } from '../../math/matrix.ts';
import type { Design } from '../../metrics/design.ts';
import type { CrossFitted } from '../fitted.ts';
import { comparedQuality, observedCost } from '../forecast.ts';
import type { Plan } from '../protocol.ts';
import { estimateOf, qualityUnder, sampledOf } from './values.ts';

export interface Pool {
  readonly rungs: RungResult[];
  ceilings(taskTable: CrossFitted | undefined): CeilingsResult;
  readonly complementarity: ComplementarityResult;
  readonly noise: NoiseResult;
  readonly labelQuality: LabelQualityResult;
  readonly flags: Flag[];
}

/** What the outcomes alone say of the pool: how high it reaches, who complements whom, and how far labels can be trusted. */
export function poolOf({
  plan,
  design,
  best,
}: {
  readonly plan: Plan;
  readonly design: Design;
  readonly best: Float64Array;
}): Pool {
  const { table, compared } = plan;
  const { primary } = table;
  const quality = comparedQuality(plan);
  const outcomes: Outcomes = {
    quality,
    k: selectRows(table.k, compared),
    ...(table.samples && { samples: table.samples.map((m) => selectRows(m, compared)) }),
  };
  const { groups, ...reach } = ceilings(outcomes, design, primary);
  const nullOf = (byGroup: boolean): ReturnType<typeof raschNull> | undefined =>
    table.models.length < 2 ? undefined : raschNull({ quality, design, primary, byGroup });
  const [rasch, byGroup] = [nullOf(false), design.groupNames.length > 1 ? nullOf(true) : undefined];
  const pool = complementarity({ quality, design, primary });
  const named = <T>(values: readonly T[]): Record<string, T> =>
    Object.fromEntries(table.models.map(({ id }, m) => [id, values[m]!]));
  const rows = takeRows(table, compared);
  const noisy = noise({
    outcomes,
    models: table.models.map(({ id }) => id),
    design,
    primary,
    cost: observedCost(table, compared),
  });
  const labels = labelQuality(rows);
  const copies = nearCopies({ outcomes, clusters: design.clusters, table: rows });
  const single = sampledOf([best], { plan, design })[0]!;
  const rungs = (['splitHalf', 'oneSample'] as const).flatMap((name): RungResult[] => {
    const value = reach[name];
    if (value === null) return [];
    const over = (x: number): number => x - single.value;
    return [
      {
        rung: name === 'splitHalf' ? 'split-half' : 'one-sample',
        phase: 'ceiling',
        value,
        lift: { value: over(value.value), low: over(value.low), high: over(value.high), n: value.n },
      },
    ];
  });
  return {
    rungs,
    ceilings: (taskTable) => ({
      ...reach,
      taskTable:
        taskTable === undefined
          ? null
          : estimateOf(
              sampledOf([qualityUnder(shares(taskTable.forecasts.quality), plan)], { plan, design })[0]!,
              design,
            ),
      raschNull: rasch?.oracle ?? null,
      raschNullByGroup: byGroup?.oracle ?? null,
      ...(groups && {
        groups: Object.fromEntries(
          Object.entries(groups).map(([name, of]) => [
            name,
            {
              ...of,
              taskTable: null,
              raschNull: rasch?.groups[name] ?? null,
              raschNullByGroup: byGroup?.groups[name] ?? null,
            },
          ]),
        ),
      }),
    }),
    complementarity: {
      allRight: pool.allRight,
      noneRight: pool.noneRight,
      exactlyOne: pool.exactlyOne,
      solvedBy: [...pool.solvedBy],
      solvedByNull: rasch ? [...rasch.solvedBy] : null,
      unique: named(pool.unique),
      agreement: pool.agreement,
      kappa: pool.kappa,
      marginal: named(pool.marginal),
      poolCurve: pool.poolCurve.map(({ model, oracle }) => ({ model: table.models[model]!.id, oracle })),
    },
    noise: { ...noisy.noise, coBest: [...noisy.noise.coBest] },
    labelQuality: labels.labelQuality,
    flags: [...noisy.flags, ...copies.flags, ...labels.flags],
  };
}
