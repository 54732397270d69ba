import type { Estimate } from '../core/results.ts';
import { nadeauBengio, studentTQuantile } from '../math/hypothesis.ts';
import { column, type Matrix, matrix } from '../math/matrix.ts';
import { mean, quantile } from '../math/order.ts';
import type { Design } from '../metrics/design.ts';
import { asEstimate, interval, type Sampled } from '../metrics/interval.ts';
import { averages } from '../metrics/means.ts';
import { savingOf } from './cost-verdict.ts';

/** One-sided 95 % bounds: each holds alone. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/** As `interval` of metrics, but each side by itself at 95 %: a difference is non-inferior at epsilon where `lower` > -epsilon. */
export function oneSided({ value, draws, folds }: Sampled, { testOverTrain }: Design): Bounds {
  const sorted = draws.filter((x) => !Number.isNaN(x)).sort();
  const row = { lower: quantile(sorted, 0.05), upper: quantile(sorted, 0.95) };
  const known = folds.filter((x) => !Number.isNaN(x));
  if (known.length < 2) return row;
  const { standardError, df } = nadeauBengio({ differences: known, testOverTrain });
  const reach = studentTQuantile(0.95, df) * standardError;
  return 2 * reach >= row.upper - row.lower ? { lower: value - reach, upper: value + reach } : row;
}

/** Sum over sum, with its draws and folds: the ratio estimator, paired. */
export function ratio(a: Sampled, b: Sampled): Sampled {
  return {
    value: a.value / b.value,
    draws: a.draws.map((x, d) => x / b.draws[d]!),
    folds: a.folds.map((x, f) => x / b.folds[f]!),
    n: Math.min(a.n, b.n),
  };
}

/** Cost of a policy as a share of another's, both given row by row; null where the other costs nothing. */
export function costRatio(policy: Float64Array, other: Float64Array, design: Design): Estimate | null {
  const [a, b] = averages(design, sideBySide([policy, other]));
  if (!(b!.weighted.value > 0)) return null;
  return asEstimate(interval(ratio(a!.weighted, b!.weighted), design), 0);
}

export interface SinglesInput {
  /** Observed, compared rows x models, complete. */
  readonly quality: Matrix;
  readonly cost: Matrix;
  /** Of best single on each row: in cross-validation chosen on each fold's training rows. */
  readonly best: { readonly quality: Float64Array; readonly cost: Float64Array };
  readonly primary: 'quality' | 'macro';
  readonly epsilons: readonly number[];
  readonly design: Design;
}

/** The single model that routing must beat at an epsilon. */
export interface Incumbent {
  readonly epsilon: number;
  /** Null for best single itself. */
  readonly model: number | null;
  /** Models shown to lose less than epsilon against best single. */
  readonly nonInferior: readonly number[];
  /** Every model cheaper than the incumbent is shown to lose more than epsilon. */
  readonly settled: boolean;
  /** What the incumbent alone saves against best single, as a share of its cost; null where it is best single. */
  readonly switching: Estimate | null;
  /** Of the incumbent on each row. */
  readonly cost: Float64Array;
  readonly quality: Float64Array;
}

/** At each epsilon the cheapest single model that is itself non-inferior to best single (one-sided, 95 %). */
export function incumbents(input: SinglesInput): Incumbent[] {
  const { quality, cost, best, epsilons, design } = input;
  const columns = Array.from({ length: quality.cols }, (_, m) => column(quality, m));
  const costs = columns.map((_, m) => column(cost, m));
  const meanCosts = costs.map(mean);
  const bestCost = mean(best.cost);
  const same = columns.findIndex((values) => values.every((y, i) => y === best.quality[i]));
  const bounds = differences(input, columns, same !== -1).map((one) => oneSided(one, design));
  const cheaperThan = (price: number): number[] =>
    [...columns.keys()].filter((m) => meanCosts[m]! < price).sort((a, b) => meanCosts[a]! - meanCosts[b]!);
  return epsilons.map((epsilon) => {
    const nonInferior = [...columns.keys()].filter((m) => m === same || bounds[m]!.lower > -epsilon);
    const model = cheaperThan(bestCost).find((m) => nonInferior.includes(m)) ?? null;
    const price = model === null ? bestCost : meanCosts[model]!;
    const own = model === null ? best.cost : costs[model]!;
    const share = model === null ? null : costRatio(own, best.cost, design);
    return {
      epsilon,
      model,
      nonInferior,
      settled: cheaperThan(price).every((m) => bounds[m]!.upper < -epsilon),
      switching: share && savingOf(share),
      cost: own,
      quality: model === null ? best.quality : columns[model]!,
    };
  });
}

/** Each model less best single, on the primary average; folds count only where they choose best single differently. */
function differences(
  { best, primary, design }: SinglesInput,
  columns: readonly Float64Array[],
  fixed: boolean,
): Sampled[] {
  const values = sideBySide(columns.map((y) => y.map((value, i) => value - best.quality[i]!)));
  return averages(design, values).map(({ weighted, macro }) => {
    const chosen = primary === 'macro' ? macro : weighted;
    return fixed ? { ...chosen, folds: [] } : chosen;
  });
}

function sideBySide(columns: readonly Float64Array[]): Matrix {
  const out = matrix(columns[0]?.length ?? 0, columns.length);
  columns.forEach((values, c) => {
    for (let i = 0; i < values.length; i++) out.data[i * columns.length + c] = values[i]!;
  });
  return out;
}
