import type { VotesResult } from '../../core/results-votes.ts';
import { primaryMeans, takeRows } from '../../core/table.ts';
import type { Matrix } from '../../math/matrix.ts';
import { type Ballots, rankBy } from '../../metrics/ballots.ts';
import type { VoteBudget } from '../../metrics/confident-subset.ts';
import { logOdds, type Replay } from '../../metrics/panel-vote.ts';
import { observedLatency } from '../forecast.ts';
import type { Plan } from '../protocol.ts';
import { ballotsOf, complete } from '../recorded-votes.ts';

type Told = VotesResult['systems'][number];

/** One way of voting, replayed on the compared rows; each part by what its training rows say. */
export interface Voting extends Pick<Told, 'name' | 'panel' | 'weights'> {
  /** Of a router's confidences: the rule that chooses whom to ask. */
  readonly rule?: string;
  /** Name of the router and of its encoder, where it is one. */
  readonly by?: { readonly router: string; readonly encoder: string };
  /** The most members, in each part. */
  readonly sizes: readonly number[];
  /** Of a fixed panel, in each part. */
  readonly members?: readonly (readonly number[])[];
  readonly replayed: Omit<Replay, 'needed'> & { readonly needed?: Float64Array };
}

/** One part of a plan as votes see it. */
export interface VotePart {
  readonly number: number;
  readonly ballots: TimedBallots;
  /** Places of its rows among the compared ones. */
  readonly places: Int32Array;
  /** By training rows: accuracy of each LLM, its rank, and its log odds. */
  readonly accuracy: Float64Array;
  readonly rank: Int32Array;
  readonly weights: Float64Array;
  /** Complete training rows; rows of the table. */
  readonly learned: Int32Array;
}
export type TimedBallots = Ballots & { readonly latency: Matrix | undefined };

/** All that votes rest on. */
export interface VoteWork {
  readonly plan: Plan;
  readonly letters: Int32Array;
  readonly options: number;
  readonly budget: VoteBudget;
  readonly parts: readonly VotePart[];
}

export function voteWork(plan: Plan, letters: Int32Array, budget: VoteBudget): VoteWork {
  const options = Math.max(2, new Set(letters.filter((letter) => letter !== -1)).size);
  const { table, compared, folds } = plan;
  const parts = plan.parts.map(({ train }, number): VotePart => {
    const places = Int32Array.from(compared.keys()).filter((i) => folds === undefined || folds[i] === number);
    const accuracy = primaryMeans(takeRows(table, train));
    const rows = places.map((i) => compared[i]!);
    return {
      number,
      places,
      ballots: timedBallots({ plan, letters }, rows),
      accuracy,
      rank: rankBy(accuracy),
      weights: accuracy.map((a) => logOdds(a, options)),
      learned: train.filter((row) => complete(table.quality, row)),
    };
  });
  return { plan, letters, options, budget, parts };
}

export function timedBallots(
  { plan, letters }: Pick<VoteWork, 'plan' | 'letters'>,
  rows: Int32Array,
): TimedBallots {
  return { ...ballotsOf(plan, letters, rows), latency: observedLatency(plan.table, rows) };
}

/** Replays of the parts, each at the places of its rows. */
export function joined(
  { plan, parts }: Pick<VoteWork, 'plan' | 'parts'>,
  replays: readonly Replay[],
): Replay {
  const together = (of: (one: Replay) => Float64Array): Float64Array => {
    const out = new Float64Array(plan.compared.length);
    parts.forEach(({ places }, i) => {
      const values = of(replays[i]!);
      places.forEach((place, row) => {
        out[place] = values[row]!;
      });
    });
    return out;
  };
  return {
    quality: together(({ quality }) => quality),
    asked: together(({ asked }) => asked),
    needed: together(({ needed }) => needed),
    ...(replays.every(({ cost }) => cost) && {
      cost: { asked: together(({ cost }) => cost!.asked), needed: together(({ cost }) => cost!.needed) },
    }),
    ...(replays.every(({ latency }) => latency) && {
      latency: {
        sequential: together(({ latency }) => latency!.sequential),
        sequentialStopped: together(({ latency }) => latency!.sequentialStopped),
        parallel: together(({ latency }) => latency!.parallel),
        parallelStopped: together(({ latency }) => latency!.parallelStopped),
      },
    }),
  };
}
