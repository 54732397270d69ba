import { shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { VerdictResult } from '../../core/results-evidence.ts';
import type { VerdictParameters } from '../../feasibility/parameters.ts';
import type { Needs, Rung } from '../../feasibility/quality-verdict.ts';
import { verdict } from '../../feasibility/verdict.ts';
import type { Evaluated } from '../evaluate.ts';
import type { CrossFitted } from '../fitted.ts';
import { costUnitOf } from '../forecast.ts';
import type { Line } from '../line.ts';
import { type Deferral, deferralOf } from './deferral.ts';
import { type LeftOut, leaveGroupsOut } from './groups-left-out.ts';
import { type Ladder, ladderOf } from './ladder.ts';
import { qualityUnder } from './values.ts';

export interface JudgeArgs {
  readonly evaluated: Pick<Evaluated, 'plan' | 'design' | 'fitted' | 'encoder'>;
  readonly parameters: VerdictParameters;
  /** Votes over recorded answers, where there are some. */
  readonly more: readonly Line[];
  /** Whose thresholds are certified, fixed before the data are seen; the best router by nested choice where it was not compared. */
  readonly costRouter: string;
  /** The best router is tried on groups it never saw even where no rung needs that for a yes. */
  readonly stress: boolean;
}

/** What the comparison's own forecasts tell. */
export interface Readings {
  readonly bestSingle: CrossFitted;
  /** Quality of best single on each compared row. */
  readonly best: Float64Array;
  readonly ladder: Ladder;
  readonly deferral: Deferral | undefined;
}

/** What the rule judges, before it is judged. */
export interface Findings extends Readings {
  readonly candidates: readonly Rung[];
  readonly leftOut: ReadonlyMap<string, LeftOut>;
}

/** Fewer groups leave nothing to leave out. */
const fewestGroups = 3;

export function readingsOf(args: JudgeArgs, { seed }: Pick<Context, 'seed'>): Readings {
  const { evaluated, parameters, more, costRouter } = args;
  const { plan, design, fitted } = evaluated;
  const bestSingle = fitted.find(({ choice }) => choice.name === 'best-single')!;
  const best = qualityUnder(shares(bestSingle.forecasts.quality), plan);
  const ladder = ladderOf({ plan, design, fitted, more, best });
  const router = fitted.find(({ choice }) => choice.name === costRouter) ?? ladder.picked?.usual;
  const deferral = router && deferralOf({ plan, design, router, bestSingle, parameters, seed });
  return { bestSingle, best, ladder, deferral };
}

/** The readings, and how candidates do where they have to on groups that they never saw: further fits. */
export async function findingsOf(args: JudgeArgs, readings: Readings, context: Context): Promise<Findings> {
  const { plan } = args.evaluated;
  const leftOut = await leftOutOf(args, readings, context);
  const candidates = readings.ladder.candidates.map(
    (rung): Rung => ({
      ...rung,
      // With one model there is no choice, so nothing that may have gone unseen.
      ...(plan.table.models.length === 1 && { overBest: { value: 0, low: 0, high: 0, n: rung.overBest.n } }),
      leftOut: leftOut.get(rung.name)?.lift ?? null,
    }),
  );
  return { ...readings, candidates, leftOut };
}

/** Both answers by the rule that was fixed beforehand. */
export function judge(
  { evaluated: { plan, design }, parameters }: Pick<JudgeArgs, 'evaluated' | 'parameters'>,
  { candidates, deferral }: Findings,
  needs: Needs,
): VerdictResult {
  const tableRows = plan.table.examples.length;
  const { quality, cost } = verdict(
    { rungs: candidates, groups: design.groupNames.length, rows: design.rows, tableRows, needs },
    {
      rows: design.rows,
      tableRows,
      calibrationRows: deferral?.calibrationRows ?? 0,
      models: plan.table.models.length,
      bestSingle: deferral?.shown.bestSingle ?? '',
      unknownCost: costUnitOf(plan.table) === null || deferral === undefined,
      steps: deferral?.steps ?? [],
    },
    parameters,
  );
  const { labels, repeats } = quality.needs;
  return {
    quality: { ...quality, needs: { labels: labels && [...labels], repeats } },
    cost,
    parameters: { ...parameters, epsilons: [...parameters.epsilons] },
  };
}

/** Only the routers of which it would decide something, since each costs a fit per group. */
async function leftOutOf(
  { evaluated, parameters, stress }: JudgeArgs,
  { ladder, bestSingle }: Pick<Findings, 'ladder' | 'bestSingle'>,
  context: Context,
): Promise<Map<string, LeftOut>> {
  const { plan, design, fitted, encoder } = evaluated;
  if (design.groupNames.length < fewestGroups) return new Map();
  const names = new Set(
    ladder.candidates
      .filter(
        ({ kind, overBest, overTable }) =>
          kind === 'router' &&
          overBest.low > parameters.minimumEffect &&
          (overTable === null || overTable.low > 0),
      )
      .map(({ name }) => name),
  );
  if (stress && ladder.picked) names.add(ladder.picked.usual.choice.name);
  if (names.size === 0) return new Map();
  const choices = fitted.map(({ choice }) => choice).filter(({ name }) => names.has(name));
  return leaveGroupsOut({ plan, design, choices, bestSingle: bestSingle.choice, encoder }, context);
}
