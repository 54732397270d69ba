import type { Estimate, ResultSet, System, Versus } from '../../core/results.ts';
import type { VotesResult } from '../../core/results-votes.ts';
import { bracket, count, counted, fixed, nbsp, points, spokenDecimals } from './numbers.ts';
import { find, label } from './reading.ts';

type Vote = VotesResult['systems'][number];

/** A vote, and the system that it is in the comparison. */
export interface Voted {
  readonly vote: Vote;
  readonly system: System;
  readonly lift: Versus | null;
}

export function votesOf(set: ResultSet): Voted[] {
  return (set.votes?.systems ?? []).flatMap((vote) => {
    const system = find(set, vote.name);
    return system ? [{ vote, system, lift: system.versus.bestSingle }] : [];
  });
}

/** How many LLMs vote on a query at most: `4`, or `3–4` where the parts chose differently. */
export function sizesOf({ sizes }: Vote): string {
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return least === most ? String(most) : `${least}–${most}`;
}

/** What the budget was, as the end of a sentence. */
export function budgetOf({ budget }: VotesResult): string {
  const calls = `${counted(budget.calls, 'call')} a query`;
  return budget.latencyMs === null ? calls : `${calls} and ${fixed(budget.latencyMs, 0)}${nbsp}ms`;
}

/** What the votes come to, in a sentence: does asking several pay, and how many calls does it take? */
export function votesSaid(set: ResultSet): string {
  const voted = votesOf(set);
  // The best of many is picked after the fact: its p must hold for all of them.
  const sure = voted.filter(({ lift }) => lift && lift.low > 0 && (lift.adjusted ?? lift.p) < 0.05);
  const [first, ...rest] = [...(sure.length > 0 ? sure : voted)].sort(
    (a, b) => (b.lift?.value ?? -1) - (a.lift?.value ?? -1),
  );
  if (first === undefined || first.lift === null) return 'Votes on recorded answers';
  const decimals = spokenDecimals(first.lift);
  const by = `${points(first.lift.value, decimals)} points ${bracket(first.lift, (x) => fixed(100 * x, decimals))}`;
  const calls = callsOf(first.vote);
  if (sure.length === 0)
    return `No vote beats the best single model beyond noise, with ${count(voted.length)} compared; the highest, ${label(first.system)}, comes to ${by}, ${calls}`;
  const others =
    rest.length === 0 ? '' : ` (${counted(rest.length, 'other vote does', 'other votes do')} too)`;
  return `A vote beats the best single model beyond noise: ${label(first.system)} by ${by}, ${calls}${others}`;
}

function callsOf({ asked, needed }: Vote): string {
  const write = (calls: Estimate): string => fixed(calls.value, 1);
  return needed === null
    ? `with ${write(asked)} calls a query`
    : `with ${write(needed)} calls a query (${write(asked)} without early stop)`;
}
