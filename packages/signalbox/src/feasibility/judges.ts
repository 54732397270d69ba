import type { Estimate, Flag } from '../core/results.ts';
import { clusteredStandardError } from '../math/bootstrap.ts';
import { normalQuantile, studentTQuantile } from '../math/hypothesis.ts';
import type { Matrix } from '../math/matrix.ts';
import type { Design } from '../metrics/design.ts';
import { asEstimate, interval } from '../metrics/interval.ts';
import { sampleStatistic } from '../metrics/statistic.ts';
import { isRight } from './outcomes.ts';

/** How far two judges of the same answers agree, over all cells that both have scored. */
export interface JudgeAgreement {
  /** Cohen's kappa of right (above .5) and wrong. */
  readonly kappa: Estimate;
  /** Agreement of the scores themselves: ICC(2,1), two-way random, absolute agreement (Shrout and Fleiss 1979). */
  readonly icc: Estimate;
  readonly flags: Flag[];
}

/** Below it agreement is less than substantial (Landis and Koch 1977). */
const substantial = 0.6;

/** Of two matrices of scores, rows x models; NaN where a judge gave none. */
export function judgeAgreement(first: Matrix, second: Matrix, design: Design): JudgeAgreement {
  const sums = rowSums(first, second);
  const [kappa, icc] = sampleStatistic(design, (weights) => {
    const total = new Float64Array(columns);
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      for (let c = 0; c < columns; c++) total[c]! += weight * sums[i * columns + c]!;
    }
    return [kappaOf(total), iccOf(total)];
  }).map((sampled) => asEstimate(interval({ ...sampled, folds: [] }, design), -1, 1));
  return { kappa: kappa!, icc: icc!, flags: disagreement(kappa!) };
}

/** Of each row: cells that both judged, right by the first, by the second, by both, and the sums of x, y, x^2, y^2, x y. */
const columns = 9;

function rowSums(first: Matrix, second: Matrix): Float64Array {
  const out = new Float64Array(first.rows * columns);
  for (let cell = 0; cell < first.data.length; cell++) {
    const [x, y] = [first.data[cell]!, second.data[cell]!];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    const [a, b] = [isRight(x) ? 1 : 0, isRight(y) ? 1 : 0];
    const row = Math.floor(cell / first.cols) * columns;
    [1, a, b, a * b, x, y, x * x, y * y, x * y].forEach((value, c) => {
      out[row + c]! += value;
    });
  }
  return out;
}

function kappaOf([n, a, b, both]: ArrayLike<number> & Iterable<number>): number {
  const [p, q] = [a! / n!, b! / n!];
  const expected = p * q + (1 - p) * (1 - q);
  const agreed = 1 - p - q + (2 * both!) / n!;
  return expected > 1 - 1e-12 ? 1 : (agreed - expected) / (1 - expected);
}

function iccOf(total: Float64Array): number {
  const [n, x, y, xx, yy, xy] = [total[0]!, total[4]!, total[5]!, total[6]!, total[7]!, total[8]!];
  if (n < 2) return Number.NaN;
  const grand = (x + y) / (2 * n);
  const between = (xx + yy + 2 * xy) / 2 - 2 * n * grand * grand;
  const judges = (x * x + y * y) / n - 2 * n * grand * grand;
  const whole = xx + yy - 2 * n * grand * grand;
  const rowSquare = between / (n - 1);
  const error = Math.max(0, whole - between - judges) / (n - 1);
  const scale = rowSquare + error + (2 * (judges - error)) / n;
  return scale > 1e-12 ? (rowSquare - error) / scale : 1;
}

function disagreement({ value, low, high }: Estimate): Flag[] {
  if (!(value < substantial)) return [];
  const round = (x: number): string => x.toFixed(2);
  return [
    {
      code: 'judge-disagreement',
      models: [],
      groups: [],
      message:
        `The two judges agree no better than kappa ${round(value)} (${round(low)} to ${round(high)}; 1 = always, ` +
        `0 = by chance, ${substantial} = substantial). Differences between models that are smaller than what the ` +
        `judges dispute cannot be believed: let people label a few hundred answers and correct by them.`,
    },
  ];
}

/** Scores of a judge, and the truth where it is known. */
export interface GoldSubset {
  /** One answer each; in [0, 1]. */
  readonly judged: ArrayLike<number>;
  /** As `judged`; NaN where nobody has looked. */
  readonly gold: ArrayLike<number>;
}

/** With fewer gold labels of either kind a rate of error is not known. */
const fewestGold = 5;

/**
 * The true share of right answers from a yes-or-no judge whose errors a gold subset shows (Rogan and Gladen
 * 1978), with the interval of Lang and Reiczigel (2014). It needs answers to be independent. Null where the gold
 * subset has fewer than five answers of either kind or the judge is no better than a coin.
 */
export function roganGladen({ judged, gold }: GoldSubset): Estimate | null {
  let [n, said, right, rightSaid, wrong, wrongSaid] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < judged.length; i++) {
    if (Number.isNaN(judged[i]!)) continue;
    const yes = isRight(judged[i]!) ? 1 : 0;
    n++;
    said += yes;
    if (Number.isNaN(gold[i]!)) continue;
    if (isRight(gold[i]!)) {
      right++;
      rightSaid += yes;
    } else {
      wrong++;
      wrongSaid += yes;
    }
  }
  if (right < fewestGold || wrong < fewestGold) return null;
  const youden = rightSaid / right + (wrong - wrongSaid) / wrong - 1;
  if (!(youden > 0)) return null;
  const clip = (x: number): number => Math.min(1, Math.max(0, x));
  const value = clip((said / n - wrongSaid / wrong) / youden);
  const z = normalQuantile(0.975);
  const size = n + z * z;
  const p = (said + (z * z) / 2) / size;
  const [hit, reject] = [(rightSaid + 1) / (right + 2), (wrong - wrongSaid + 1) / (wrong + 2)];
  const scale = hit + reject - 1;
  if (!(scale > 0)) return null;
  const middle = (p + reject - 1) / scale;
  const [hitNoise, rejectNoise] = [(hit * (1 - hit)) / (right + 2), (reject * (1 - reject)) / (wrong + 2)];
  const shift = 2 * z * z * (middle * hitNoise - (1 - middle) * rejectNoise);
  const variance = (p * (1 - p)) / size + middle ** 2 * hitNoise + (1 - middle) ** 2 * rejectNoise;
  const reach = (z * Math.sqrt(variance)) / scale;
  return {
    value,
    low: Math.min(value, clip(middle + shift - reach)),
    high: Math.max(value, clip(middle + shift + reach)),
    n,
  };
}

/**
 * The true mean score: the judge's mean over all answers plus the mean of gold less judge where gold is known
 * (Angelopoulos et al. 2023, prediction-powered inference), for gold chosen at random and any score. Answers of
 * one cluster go together. Null with fewer than two gold labels.
 */
export function predictionPowered(
  input: GoldSubset & { readonly clusters: ArrayLike<number> },
): Estimate | null {
  const { judged, gold, clusters } = input;
  const known = Array.from({ length: judged.length }, (_, i) => i).filter((i) => !Number.isNaN(judged[i]!));
  const seen = known.filter((i) => !Number.isNaN(gold[i]!));
  const [n, m] = [known.length, seen.length];
  if (m < 2) return null;
  const judge = known.reduce((sum, i) => sum + judged[i]!, 0) / n;
  const bias = seen.reduce((sum, i) => sum + gold[i]! - judged[i]!, 0) / m;
  // What each answer moves the estimate by, times n: its mean is 0, and clusters sum.
  const pull = known.map((i) => {
    const extra = Number.isNaN(gold[i]!) ? 0 : ((gold[i]! - judged[i]! - bias) * n) / m;
    return judged[i]! - judge + extra;
  });
  const error = clusteredStandardError(
    pull,
    known.map((i) => clusters[i]!),
  );
  const groups = new Set(seen.map((i) => clusters[i]!)).size;
  const reach = groups > 1 ? studentTQuantile(0.975, groups - 1) * error : Number.NaN;
  const value = judge + bias;
  return { value, low: value - reach, high: value + reach, n };
}
