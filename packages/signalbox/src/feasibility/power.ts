import type { Estimate } from '../core/results.ts';
import { normalCdf, normalQuantile } from '../math/hypothesis.ts';
import { column, type Matrix } from '../math/matrix.ts';
import { mean } from '../math/order.ts';

/** Power that a needed number of rows is told for, and the two-sided level of the test. */
const power = 0.8;
const level = 0.05;
/** Share of 1 / (1 - m) that a bet may reach; see the betting test. */
const caution = 0.75;

/** A number of labels beyond this is no advice. */
const mostLabelled = 1_000_000;

/** One question about a paired difference: `discordance` is the mean square of the difference, for right-or-wrong outcomes the share of rows on which the two differ. */
export interface Paired {
  readonly discordance: number;
  /** Difference of the means to be seen, in fractions. */
  readonly effect: number;
}

/**
 * Paired rows at which the difference is seen at the two-sided level .05 with probability .8:
 * (z(.975) sqrt(psi) + z(.8) sqrt(psi - effect^2))^2 / effect^2 (Connor 1987; Miettinen 1968). Infinity where there is
 * no effect. An effect beyond the discordance cannot be: then the discordance is taken to be the effect.
 */
export function rowsForPower({ discordance, effect }: Paired): number {
  if (effect === 0) return Number.POSITIVE_INFINITY;
  const psi = Math.max(discordance, Math.abs(effect));
  const root =
    normalQuantile(1 - level / 2) * Math.sqrt(psi) + normalQuantile(power) * Math.sqrt(psi - effect ** 2);
  return (root / effect) ** 2;
}

/** Probability that the difference is seen on so many rows. */
export function powerOf({ discordance, effect }: Paired, rows: number): number {
  const psi = Math.max(discordance, Math.abs(effect));
  const spread = Math.sqrt(psi - effect ** 2);
  const reach = Math.abs(effect) * Math.sqrt(rows) - normalQuantile(1 - level / 2) * Math.sqrt(psi);
  if (spread === 0) return reach > 0 ? 1 : 0;
  return normalCdf(reach / spread);
}

/** The rows needed at an observed discordance, for both ends of its interval, rounded up; null where it is not known or the effect is none. */
export function rowsRange(discordance: Estimate, effect: number): readonly [number, number] | null {
  const ends = [discordance.low, discordance.high].map((psi) => rowsForPower({ discordance: psi, effect }));
  return ends.every(Number.isFinite) ? [Math.ceil(ends[0]!), Math.ceil(ends[1]!)] : null;
}

/**
 * Calibration rows at which a fixed sequence would reach threshold `until` with probability about .8 a step: for each
 * threshold (losses are rows x thresholds, safest first) the betting test needs about
 * (sqrt(2 log(1/delta)) + z(.8))^2 variance / (epsilon - loss)^2 rows, and no fewer than its bounded bets allow.
 * Null where a loss on the way is not below epsilon, or so little below that nobody would label so much.
 */
export function rowsToCertify(args: {
  readonly losses: Matrix;
  readonly until: number;
  readonly epsilon: number;
  readonly delta: number;
}): number | null {
  const { losses, until, epsilon, delta } = args;
  const evidence = Math.log(1 / delta);
  let most = 0;
  for (let t = 0; t <= until; t++) {
    const values = column(losses, t);
    const loss = mean(values);
    const gap = epsilon - loss;
    if (!(gap > 0)) return null;
    const square = mean(values.map((value) => (value - loss) ** 2));
    const noisy = ((Math.sqrt(2 * evidence) + normalQuantile(power)) ** 2 * square) / gap ** 2;
    const bounded = evidence / Math.log1p((caution * gap) / (1 - epsilon));
    most = Math.max(most, noisy, bounded);
  }
  return most > mostLabelled ? null : Math.ceil(most);
}
