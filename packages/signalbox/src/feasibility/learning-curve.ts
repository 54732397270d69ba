import { mean, quantile } from '../math/order.ts';
import { type Rng, rng } from '../math/rng.ts';

/** Values of repeated fits on so many labelled rows. */
export interface LearningPoint {
  readonly n: number;
  readonly values: readonly number[];
}

/** V(n) = limit - scale n^-power. */
export interface PowerLaw {
  readonly limit: number;
  readonly scale: number;
  readonly power: number;
}

export interface LearningCurve {
  readonly fit: PowerLaw;
  /** 95 % of the refits at each point's n, in the order of the points. */
  readonly band: readonly { readonly n: number; readonly low: number; readonly high: number }[];
  /** Refits, each on repeats drawn with replacement. */
  readonly refits: readonly PowerLaw[];
}

const [leastPower, mostPower] = [0.2, 1.5];
/** A value more than this many times the greatest n seen is no forecast. */
const farthest = 100;

/**
 * Weighted least squares with the power in [.2, 1.5]. A point weighs rows x repeats, as the variance of a fit falls about
 * as 1 / n: weights from the few repeats themselves would make the band too narrow. Null with fewer than three
 * sizes. A curve that does not rise steadily follows no power law (Viering and Loog, 2103.10948): its band says so.
 */
export function fitLearningCurve(
  given: readonly LearningPoint[],
  { draws = 400, seed }: { readonly draws?: number; readonly seed: number },
): LearningCurve | null {
  const points = given.filter(({ n, values }) => n > 0 && values.length > 0).sort((a, b) => a.n - b.n);
  if (points.length < 3) return null;
  const weights = points.map(({ n, values }) => n * values.length);
  const fit = fitOnce(points, weights);
  const random = rng(`learning-curve/${seed}`);
  const refits = Array.from({ length: draws }, () =>
    fitOnce(
      points.map(({ n, values }) => ({ n, values: redrawn(values, random) })),
      weights,
    ),
  );
  const band = points.map(({ n }) => {
    const sorted = refits.map((one) => valueAt(one, n)).sort((a, b) => a - b);
    return { n, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
  });
  return { fit, band, refits };
}

/** One fewer than there are: then the spread of the mean is right for few repeats too. */
function redrawn(values: readonly number[], random: Rng): number[] {
  return values.slice(Math.min(1, values.length - 1)).map(() => values[random.int(values.length)]!);
}

export function valueAt({ limit, scale, power }: PowerLaw, n: number): number {
  return limit - scale * n ** -power;
}

/**
 * Labelled rows at which the curve reaches the target: [by the fit, by the refit that reaches it later than four
 * fifths of all]; so many suffice with probability .8. Null where the fit, or a fifth of the refits, stays below, or
 * gets there only far beyond what was seen.
 */
export function rowsToReach(
  { fit, refits, band }: LearningCurve,
  target: number,
): readonly [number, number] | null {
  const most = farthest * (band.at(-1)?.n ?? 0);
  const needed = (law: PowerLaw): number => {
    const lack = law.limit - target;
    // A curve that falls, or is flat, is above the target from the first row on or never.
    if (law.scale <= 0) return lack >= 0 ? 1 : Number.POSITIVE_INFINITY;
    return lack > 0 ? Math.max(1, (law.scale / lack) ** (1 / law.power)) : Number.POSITIVE_INFINITY;
  };
  const sorted = refits.map(needed).sort((a, b) => a - b);
  const late = sorted[Math.ceil(0.8 * sorted.length) - 1] ?? Number.POSITIVE_INFINITY;
  const found = needed(fit);
  return found <= most && late <= most
    ? [Math.ceil(Math.min(found, late)), Math.ceil(Math.max(found, late))]
    : null;
}

/** For each power a line in n^-power; the best power by a grid, then by golden section. */
function fitOnce(points: readonly LearningPoint[], weights: readonly number[]): PowerLaw {
  const means = points.map(({ values }) => mean(values));
  const at = (power: number): PowerLaw & { error: number } => line(points, { means, weights, power });
  const grid = Array.from({ length: 14 }, (_, i) => leastPower + (0.1 * i * (mostPower - leastPower)) / 1.3);
  const best = grid.reduce((a, b) => (at(b).error < at(a).error ? b : a));
  let [low, high] = [Math.max(leastPower, best - 0.1), Math.min(mostPower, best + 0.1)];
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 20; i++) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (at(a).error < at(b).error) high = b;
    else low = a;
  }
  const { limit, scale, power } = at((low + high) / 2);
  return { limit, scale, power };
}

function line(
  points: readonly LearningPoint[],
  { means, weights, power }: { means: readonly number[]; weights: readonly number[]; power: number },
): PowerLaw & { error: number } {
  let [w, x, y, xx, xy] = [0, 0, 0, 0, 0];
  points.forEach(({ n }, i) => {
    const [u, v, g] = [n ** -power, means[i]!, weights[i]!];
    w += g;
    x += g * u;
    y += g * v;
    xx += g * u * u;
    xy += g * u * v;
  });
  const spread = xx - (x * x) / w;
  const slope = spread > 0 ? (xy - (x * y) / w) / spread : 0;
  const limit = (y - slope * x) / w;
  const error = points.reduce(
    (sum, { n }, i) => sum + weights[i]! * (means[i]! - limit - slope * n ** -power) ** 2,
    0,
  );
  return { limit, scale: -slope, power, error };
}

/** A lead within a group that is worth telling from none. */
const groupLead = 0.05;

/**
 * Labels that a group needs before its own best model may override the best of all: those at which the standard error
 * of the difference of two models, root of discordance / n, is a lead of 5 points. At the discordance of .2 that pools
 * commonly have, 80: measured task tables stop losing between 70 and 100. Beside it the groups that have fewer.
 */
export function rowsPerGroup(
  discordance: number,
  counts: Readonly<Record<string, number>>,
): { readonly minimum: number; readonly short: Readonly<Record<string, number>> } {
  const minimum = Math.ceil(discordance / groupLead ** 2 - 1e-9);
  const short = Object.fromEntries(Object.entries(counts).filter(([, n]) => n < minimum));
  return { minimum, short };
}
