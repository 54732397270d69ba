import { at, type Matrix } from '../math/matrix.ts';
import type { Ballots } from './ballots.ts';

/** LLMs that vote on one row, in the order in which they are asked, and what the vote of each counts. */
export interface Panel {
  readonly members: readonly number[];
  /** 0 or more, in the order of `members`. */
  readonly weights: readonly number[];
}

/** What came of one vote. */
export interface Ruling {
  /** The most accurate voter of the winning answer; -1 where nobody voted. */
  readonly winner: number;
  /** Calls after which no answer still to come could change the outcome. */
  readonly calls: number;
}

interface Tally {
  readonly answer: number;
  weight: number;
  /** Rank by accuracy of its most accurate voter, and who that is. */
  rank: number;
  voter: number;
}

/**
 * The answer of the greatest weight; of equals the one with the most accurate voter (the least `rank`). The leader
 * stands once no rival, known or yet unheard of, could overtake it if every LLM still to be asked voted for it.
 */
export function ruling(answers: Int32Array, panel: Panel, rank: ArrayLike<number>): Ruling {
  const { members } = panel;
  const tallies: Tally[] = [];
  let calls = members.length;
  for (let asked = 0; asked < members.length; asked++) {
    count(tallies, answers, panel, { asked, rank });
    if (calls === members.length && settled(tallies, panel, asked + 1, rank)) calls = asked + 1;
  }
  return { winner: leaderOf(tallies)?.voter ?? -1, calls };
}

function count(
  tallies: Tally[],
  answers: Int32Array,
  { members, weights }: Panel,
  { asked, rank }: { readonly asked: number; readonly rank: ArrayLike<number> },
): void {
  const voter = members[asked]!;
  const answer = answers[voter]!;
  if (answer === -1) return;
  const known = tallies.find((tally) => tally.answer === answer);
  if (known === undefined) {
    tallies.push({ answer, weight: weights[asked]!, rank: rank[voter]!, voter });
    return;
  }
  known.weight += weights[asked]!;
  if (rank[voter]! < known.rank) {
    known.rank = rank[voter]!;
    known.voter = voter;
  }
}

const beats = (a: Pick<Tally, 'weight' | 'rank'>, b: Pick<Tally, 'weight' | 'rank'>): boolean =>
  a.weight > b.weight || (a.weight === b.weight && a.rank < b.rank);

function leaderOf(tallies: readonly Tally[]): Tally | undefined {
  let leader: Tally | undefined;
  for (const tally of tallies) if (leader === undefined || beats(tally, leader)) leader = tally;
  return leader;
}

function settled(
  tallies: readonly Tally[],
  { members, weights }: Panel,
  asked: number,
  rank: ArrayLike<number>,
): boolean {
  if (asked === members.length) return true;
  const leader = leaderOf(tallies);
  if (leader === undefined) return false;
  const unheard = { weight: 0, rank: Number.POSITIVE_INFINITY };
  return [...tallies, unheard].every((rival) => {
    if (rival === leader) return true;
    // Added up in the order of the calls, so that a tie here is a tie in the count.
    const most = { weight: rival.weight, rank: rival.rank };
    for (let later = asked; later < members.length; later++) {
      most.weight += weights[later]!;
      most.rank = Math.min(most.rank, rank[members[later]!]!);
    }
    return !beats(most, leader);
  });
}

/** Votes on some rows, replayed. `needed` is with early stop, `asked` without; milliseconds where they are recorded. */
export interface Replay {
  readonly quality: Float64Array;
  readonly asked: Float64Array;
  readonly needed: Float64Array;
  /** US dollars of all calls, and of those that were needed one after the other. */
  readonly cost?: { readonly asked: Float64Array; readonly needed: Float64Array };
  readonly latency?: Latencies;
}

/** One after the other latencies add up; all at once the slowest counts. With early stop the rest is not waited for. */
export interface Latencies {
  readonly sequential: Float64Array;
  readonly sequentialStopped: Float64Array;
  readonly parallel: Float64Array;
  readonly parallelStopped: Float64Array;
}

/** Replays the vote of each row's panel on recorded answers; a row is scored as its winner, 0 where nobody voted. */
export function replay(
  ballots: Ballots & { readonly latency?: Matrix | undefined },
  { panel, rank }: { readonly panel: (row: number) => Panel; readonly rank: ArrayLike<number> },
): Replay {
  const { answers, quality, cost, latency } = ballots;
  const { rows, cols } = quality;
  const blank = (): Float64Array => new Float64Array(rows);
  const out = { quality: blank(), asked: blank(), needed: blank() };
  const paid = cost && { asked: blank(), needed: blank() };
  const waited = latency && {
    sequential: blank(),
    sequentialStopped: blank(),
    parallel: blank(),
    parallelStopped: blank(),
  };
  for (let row = 0; row < rows; row++) {
    const own = answers.subarray(row * cols, (row + 1) * cols);
    const voters = panel(row);
    const { winner, calls } = ruling(own, voters, rank);
    out.quality[row] = winner === -1 ? 0 : at(quality, row, winner);
    out.asked[row] = voters.members.length;
    out.needed[row] = calls;
    const sum = (m: Matrix, first: number): number =>
      voters.members.slice(0, first).reduce((total, member) => total + at(m, row, member), 0);
    if (paid) {
      paid.asked[row] = sum(cost, voters.members.length);
      paid.needed[row] = sum(cost, calls);
    }
    if (waited) {
      const arrivals = byArrival(voters, (member) => at(latency, row, member));
      const arrived = ruling(own, arrivals, rank).calls;
      waited.sequential[row] = sum(latency, voters.members.length);
      waited.sequentialStopped[row] = sum(latency, calls);
      waited.parallel[row] = at(latency, row, arrivals.members.at(-1)!);
      waited.parallelStopped[row] = at(latency, row, arrivals.members[arrived - 1]!);
    }
  }
  return { ...out, ...(paid && { cost: paid }), ...(waited && { latency: waited }) };
}

/** The panel in the order in which answers come in when all are asked at once. */
function byArrival({ members, weights }: Panel, latency: (member: number) => number): Panel {
  const order = [...members.keys()].sort((a, b) => latency(members[a]!) - latency(members[b]!) || a - b);
  return { members: order.map((i) => members[i]!), weights: order.map((i) => weights[i]!) };
}

/** log((A - 1) a / (1 - a)) with A options and accuracy a (OUTPUT, Measures); nobody worse than guessing has a say. */
export function logOdds(accuracy: number, options: number): number {
  const inside = Math.min(Math.max(accuracy, 1e-9), 1 - 1e-9);
  return Math.max(0, Math.log(((options - 1) * inside) / (1 - inside)));
}
