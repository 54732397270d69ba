import { shares } from '../../core/choice.ts';
import type { RungResult } from '../../core/results-evidence.ts';
import type { Rung } from '../../feasibility/quality-verdict.ts';
import { simultaneous } from '../../feasibility/simultaneous.ts';
import type { Matrix } from '../../math/matrix.ts';
import type { Design } from '../../metrics/design.ts';
import { minus, type Sampled } from '../../metrics/interval.ts';
import type { CrossFitted } from '../fitted.ts';
import type { Line } from '../line.ts';
import type { Plan } from '../protocol.ts';
import { type Picked, pickRouter } from './candidates.ts';
import { estimateOf, liftOf, qualityUnder, sampledOf } from './values.ts';

/** Rungs that decide before an answer is generated, and the system that stands for each. */
const before: readonly { readonly rung: string; readonly system: string }[] = [
  { rung: 'task-table', system: 'task-table' },
  { rung: 'clusters', system: 'clusters' },
  { rung: 'knn', system: 'knn' },
  { rung: 'linear', system: 'ridge' },
];

export interface Ladder {
  readonly rungs: RungResult[];
  /** What the rule of quality judges; `leftOut` is filled in where it is needed. */
  readonly candidates: Rung[];
  readonly picked: Picked | undefined;
}

interface Step {
  readonly rung: string;
  readonly phase: RungResult['phase'];
  readonly system?: string;
  readonly values: Float64Array;
}

/** How much of the headroom each kind of knowledge explains, all on the same rows and draws (FEASIBILITY, C7). */
export function ladderOf(args: {
  readonly plan: Plan;
  readonly design: Design;
  readonly fitted: readonly CrossFitted[];
  /** Votes over recorded answers, where there are some. */
  readonly more: readonly Line[];
  /** Quality of best single on each compared row. */
  readonly best: Float64Array;
}): Ladder {
  const { plan, design, fitted, best } = args;
  const picked = pickRouter(plan, fitted);
  const steps = stepsOf({ ...args, picked });
  const sampled = sampledOf([best, ...steps.map(({ values }) => values)], { plan, design });
  const [single, ...rest] = sampled as [Sampled, ...Sampled[]];
  const differences = rest.map((one) => minus(one, single));
  const early = [...steps.keys()].filter((i) => steps[i]!.phase === 'before');
  const lifts = simultaneous(
    early.map((i) => differences[i]!),
    design,
  );
  const table = steps.findIndex(({ rung }) => rung === 'task-table');
  const others = early.filter((i) => i !== table);
  const overTable =
    table === -1
      ? []
      : simultaneous(
          others.map((i) => minus(rest[i]!, rest[table]!)),
          design,
        );
  const rungs: RungResult[] = [
    {
      rung: 'constant',
      phase: 'before',
      system: 'best-single',
      value: estimateOf(single, design),
      lift: { value: 0, low: 0, high: 0, n: single.n },
    },
    ...steps.map(({ values: _, ...step }, i): RungResult => {
      const at = early.indexOf(i);
      return {
        ...step,
        value: estimateOf(rest[i]!, design),
        lift: at === -1 ? liftOf(rest[i]!, single, design) : lifts[at]!,
      };
    }),
  ];
  return {
    rungs,
    candidates: early.map((i, at): Rung => {
      const other = others.indexOf(i);
      return {
        name: steps[i]!.rung === 'best-router' ? picked!.usual.choice.name : steps[i]!.system!,
        kind: i === table ? 'table' : 'router',
        overBest: lifts[at]!,
        overTable: other === -1 || table === -1 ? null : overTable[other]!,
        leftOut: null,
      };
    }),
    picked,
  };
}

function stepsOf(args: {
  readonly plan: Plan;
  readonly fitted: readonly CrossFitted[];
  readonly more: readonly Line[];
  readonly picked: Picked | undefined;
}): Step[] {
  const { plan, fitted, more, picked } = args;
  const under = (share: Matrix): Float64Array => qualityUnder(share, plan);
  const steps: Step[] = before.flatMap(({ rung, system }) => {
    const from = fitted.find(({ choice }) => choice.name === system);
    return from === undefined
      ? []
      : [{ rung, phase: 'before' as const, system, values: under(shares(from.forecasts.quality)) }];
  });
  if (picked !== undefined)
    steps.push({
      rung: 'best-router',
      phase: 'before',
      system: picked.usual.choice.name,
      values: under(picked.share),
    });
  const votes = more.find(({ name }) => name === 'vote-subset');
  if (votes?.outcome)
    steps.push({
      rung: 'post-generation',
      phase: 'after',
      system: votes.name,
      values: votes.outcome.quality,
    });
  return steps;
}
