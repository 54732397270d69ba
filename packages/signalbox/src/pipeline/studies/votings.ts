import type { Estimate, System } from '../../core/results.ts';
import type { VotesResult } from '../../core/results-votes.ts';
import { holm } from '../../math/hypothesis.ts';
import { matrix } from '../../math/matrix.ts';
import type { VoteBudget } from '../../metrics/confident-subset.ts';
import type { Design } from '../../metrics/design.ts';
import { asEstimate, interval } from '../../metrics/interval.ts';
import { averages } from '../../metrics/means.ts';
import type { CrossFitted } from '../fitted.ts';
import type { Line } from '../line.ts';
import type { Plan } from '../protocol.ts';
import { lettersOf } from '../recorded-votes.ts';
import { confidentVotings } from './confident-votes.ts';
import { fixedVotings } from './fixed-votes.ts';
import { type VoteWork, type Voting, voteWork } from './vote-parts.ts';

/** Votes on a table's recorded letters. */
export interface Votings {
  readonly work: VoteWork;
  readonly list: readonly Voting[];
}

/**
 * Every vote of a study, members, weights and sizes chosen on training rows; undefined where the table records no
 * letters. `routers` are those whose confidences choose whom to ask.
 */
export function votings(
  plan: Plan,
  { routers, budget }: { readonly routers: readonly CrossFitted[]; readonly budget: VoteBudget },
): Votings | undefined {
  const letters = lettersOf(plan);
  if (letters === undefined) return undefined;
  const work = voteWork(plan, letters, budget);
  return {
    work,
    list: [...fixedVotings(work), ...routers.flatMap((router) => confidentVotings(work, router))],
  };
}

/** Votes as lines of the comparison. They see answers: no router can, before it has paid for them. */
export function voteLinesOf({ work: { plan }, list }: Votings): Line[] {
  const models = plan.table.models.length;
  const share = matrix(plan.compared.length, models, 1 / models);
  return list.map(({ name, rule, by, replayed: { quality, cost } }) => ({
    name,
    kind: 'baseline',
    share,
    outcome: { quality, ...(cost && { cost: cost.asked }) },
    fitted: true,
    made: { ...by, ...(rule !== undefined && { policy: rule }), strategy: 'vote' },
  }));
}

/** Systems, each vote's p against best single corrected for the number of votes (Holm): the best of many is picked after the fact. */
export function votesAdjusted(systems: readonly System[], { list }: Votings): System[] {
  const names = new Set(list.map(({ name }) => name));
  const votes = systems.filter(({ name, versus }) => names.has(name) && versus.bestSingle !== null);
  const p = holm(votes.map(({ versus }) => versus.bestSingle!.p));
  const adjusted = new Map(votes.map((system, i) => [system, p[i]!]));
  return systems.map((system) => {
    const [own, { bestSingle }] = [adjusted.get(system), system.versus];
    if (own === undefined || bestSingle === null) return system;
    return { ...system, versus: { ...system.versus, bestSingle: { ...bestSingle, adjusted: own } } };
  });
}

/** What a query takes under each vote, as a set of results says it. */
export function votesResult({ work: { budget, options, plan }, list }: Votings, design: Design): VotesResult {
  const of = (values: Float64Array): Estimate => {
    const [measured] = averages(design, { rows: values.length, cols: 1, data: values });
    return asEstimate(interval(measured!.weighted, design), 0);
  };
  return {
    budget: { calls: budget.calls, latencyMs: budget.latencyMs ?? null },
    options,
    systems: list.map(({ name, panel, weights, sizes, members, replayed }) => {
      const { asked, needed, cost, latency } = replayed;
      return {
        name,
        panel,
        weights,
        sizes: [...sizes],
        ...(members && { members: members.map((own) => own.map((m) => plan.table.models[m]!.id)) }),
        asked: of(asked),
        needed: needed ? of(needed) : null,
        ...(cost && { costNeeded: of(cost.needed) }),
        ...(latency && {
          latency: {
            sequential: of(latency.sequential),
            sequentialStopped: of(latency.sequentialStopped),
            parallel: of(latency.parallel),
            parallelStopped: of(latency.parallelStopped),
          },
        }),
      };
    }),
  };
}
