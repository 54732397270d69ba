import type { TrustWorldName } from '../../packages/signalbox/src/pipeline/config.ts';
import type { PlainTrial } from './coverage.ts';
import type { Covered, Trial } from './trial.ts';
import type { TrueAnswers } from './truth.ts';
import type { Answer } from './worker.ts';

/** How often something happened, and whether that is within what was promised. */
export interface Share {
  readonly count: number;
  readonly of: number;
  /** Null where nothing was promised. */
  readonly kept: boolean | null;
}

export interface Tally {
  readonly world: TrustWorldName;
  readonly truth: TrueAnswers;
  readonly trials: number;
  /** Share of each answer. */
  readonly quality: Readonly<Record<string, number>>;
  readonly cost: Readonly<Record<string, number>>;
  /** A yes, or task table, where the true answer is no; a yes to cost where it is no. */
  readonly falseQuality: Share | null;
  readonly falseCost: Share | null;
  readonly lift: Share;
  readonly band: Share | null;
  /** Certificates whose policy loses more than epsilon in the population. */
  readonly violations: Share | null;
  readonly seconds: number;
}

/** At most `rate`, judged with two standard errors above (FEASIBILITY, C14). */
function atMost(rate: number, count: number, of: number): Share {
  return { count, of, kept: count <= of * rate + 2 * Math.sqrt(of * rate * (1 - rate)) };
}

/** At least `rate`, judged with two standard errors below. */
function atLeast(rate: number, count: number, of: number): Share {
  return { count, of, kept: count >= of * rate - 2 * Math.sqrt(of * rate * (1 - rate)) };
}

const holds = ({ low, high, truth }: Covered): boolean => truth >= low - 1e-9 && truth <= high + 1e-9;

export function tallies(answers: readonly Answer[]): Tally[] {
  const truths = new Map(
    answers.flatMap((one) => (one.kind === 'truth' ? [[one.world, one.truth] as const] : [])),
  );
  const trials = Map.groupBy(
    answers.flatMap((one) => (one.kind === 'trial' ? [one.trial] : [])),
    ({ world }) => world,
  );
  return [...truths].flatMap(([world, truth]) => {
    const list = trials.get(world) ?? [];
    return list.length === 0 ? [] : [tallyOf(world, truth, list)];
  });
}

function tallyOf(world: TrustWorldName, truth: TrueAnswers, list: readonly Trial[]): Tally {
  const n = list.length;
  const count = (is: (trial: Trial) => boolean): number => list.filter(is).length;
  const shares = (of: (trial: Trial) => string): Record<string, number> => {
    const groups = Map.groupBy(list, of);
    return Object.fromEntries([...groups].map(([answer, some]) => [answer, some.length / n]));
  };
  const certified = list.flatMap((one) => (one.certified ? [one.certified] : []));
  const banded = list.flatMap(({ band }) => (band ? [band] : []));
  const violated = certified.filter(({ epsilon, loss }) => loss > epsilon + 1e-9).length;
  return {
    world,
    truth,
    trials: n,
    quality: shares(({ quality }) => quality),
    cost: shares(({ cost }) => cost),
    falseQuality:
      truth.quality === 'no'
        ? atMost(
            0.05,
            count(({ quality }) => quality === 'yes' || quality === 'task-table'),
            n,
          )
        : null,
    falseCost:
      truth.cost === 'no'
        ? atMost(
            0.05,
            count(({ cost }) => cost === 'yes'),
            n,
          )
        : null,
    lift: atLeast(0.93, list.filter(({ lift }) => holds(lift)).length, n),
    band: banded.length === 0 ? null : atLeast(0.95, banded.filter(holds).length, banded.length),
    // Of all draws: a draw without a certificate violates nothing.
    violations: certified.length === 0 ? null : atMost(0.05, violated, n),
    seconds: list.reduce((sum, { seconds }) => sum + seconds, 0) / n,
  };
}

/** Coverage of plain intervals: between 93 and 97 %, within two standard errors. */
export function plainCoverage(answers: readonly Answer[]): { mean: Share; lift: Share } {
  const trials = answers.flatMap((one): readonly PlainTrial[] => (one.kind === 'plain' ? one.trials : []));
  const both = (of: (trial: PlainTrial) => Covered): Share => {
    const count = trials.filter((one) => holds(of(one))).length;
    const n = trials.length;
    const slack = 2 * Math.sqrt(0.95 * 0.05 * n);
    return { count, of: n, kept: count >= 0.93 * n - slack && count <= 0.97 * n + slack };
  };
  return { mean: both(({ mean }) => mean), lift: both(({ lift }) => lift) };
}
