import type { Context } from '../../core/context.ts';
import type { VoteBudget } from '../../metrics/confident-subset.ts';
import { baselineNames, findPolicy, findRouter, listedRouters, routerNames } from '../config.ts';
import { crossFit } from '../cross-fit.ts';
import { designOf } from '../design.ts';
import { compare, crossFitted, type Evaluated } from '../evaluate.ts';
import type { Judged } from '../judged.ts';
import { type StudyArgs, thinned } from './study.ts';
import { voteLinesOf, votesAdjusted, votesResult, votings } from './votings.ts';

/** Calls that a vote may make unless told otherwise: the best fixed subset on these rows has as many. */
const usualCalls = 4;
const quickDraws = 500;

/** Compares routers as a report does, and beside them every vote, with the calls that each takes. */
export async function evaluateVotes(
  { table: given, encoder, routers, quick, policy, budget: limits = {} }: StudyArgs,
  context: Context,
): Promise<Evaluated & { readonly judged: readonly Judged[] }> {
  const started = performance.now();
  const table = quick ? thinned(given) : given;
  const judged = [policy ?? (await findPolicy('argmax'))];
  const named = routers === undefined ? routerNames : listedRouters(routers);
  const wanted = [...new Set([...baselineNames, ...named])].filter((name) => !voting(name));
  const choices = await Promise.all(wanted.map((name) => findRouter(name)));
  const { planned, fitted, used, notes } = await crossFitted({ table, choices, encoder, judged }, context);
  // Only these are fitted twice: the number of LLMs to ask is chosen on rows that the second fit had not seen.
  const voters = await Promise.all(
    [...new Set(['subset', ...named.filter(voting)])].map((name) => findRouter(name)),
  );
  const confident =
    used.name === 'none'
      ? []
      : await crossFit(planned, { choices: voters, encoder: used, tune: true }, context);
  const all = [...fitted, ...confident];
  const budget = budgetOf(limits, planned.table.models.length);
  const design = designOf(planned, { draws: quick ? quickDraws : undefined, seed: context.seed });
  const votes = votings(planned, { routers: confident, budget });
  const set = await compare(
    {
      plan: planned,
      design,
      fitted: all,
      judged,
      curvePolicy: (await findPolicy('utility')).policy,
      encoderName: used.name,
      started,
      notes: votes
        ? notes
        : [...notes, 'Few of the recorded answers name an option, so nothing is put to the vote.'],
      ...(votes && { more: voteLinesOf(votes) }),
    },
    context,
  );
  return {
    set: {
      ...set,
      ...(votes && {
        systems: votesAdjusted(set.systems, votes),
        votes: votesResult(votes, design),
      }),
      seconds: (performance.now() - started) / 1000,
    },
    plan: planned,
    design,
    fitted: all,
    encoder: used,
    judged,
  };
}

/** Where time alone is limited, every LLM may be asked. */
function budgetOf({ calls, latencyMs }: Partial<VoteBudget>, models: number): VoteBudget {
  const most = calls ?? (latencyMs === undefined ? usualCalls : models);
  return { calls: Math.min(most, models), ...(latencyMs !== undefined && { latencyMs }) };
}

/** `subset` and its variants, whose confidences choose who votes. */
const voting = (name: string): boolean => name.split(':')[0] === 'subset';
