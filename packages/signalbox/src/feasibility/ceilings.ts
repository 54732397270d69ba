import type { Estimate } from '../core/results.ts';
import { matrix } from '../math/matrix.ts';
import { descending } from '../math/order.ts';
import { rng } from '../math/rng.ts';
import type { Design } from '../metrics/design.ts';
import { asEstimate, interval, type Sampled } from '../metrics/interval.ts';
import { type Averages, averages } from '../metrics/means.ts';
import { expectedBest, gradedHalves } from './graded-halves.ts';
import { type Chosen, choose, choosingSize, halfOf, type Ties, tieNodes } from './halves.ts';
import { type Outcomes, type Repeats, repeatsOf } from './outcomes.ts';

/** What the best choice of a model per query could reach; null where the repeats do not tell. */
export interface Ceilings {
  /** The best of one sample of each model: a perfect judge of answers reaches it, no router does. */
  readonly oneSample: Estimate;
  /** Mean of the greatest observed mean: too high, since chance is chosen with it. */
  readonly plugIn: Estimate;
  /** Chosen on one half of the repeats, scored on the other, ties shared alike: too low. */
  readonly splitHalf: Estimate | null;
  /** The same, ties going to the model that is better on the whole: a closer bound from below. */
  readonly splitHalfByAccuracy: Estimate | null;
  /** Plug-in carried on to infinitely many repeats, its excess taken to shrink as 1 / K. */
  readonly extrapolated: Estimate | null;
  /** Between the lower limit of split-half and the upper limit of plug-in the true ceiling is found. */
  readonly band: { readonly low: number; readonly high: number } | null;
}

/** Ceilings of all compared rows, and of each group that has repeats where not all have. */
export interface AllCeilings extends Ceilings {
  readonly groups?: Readonly<Record<string, Ceilings>>;
}

const columns = ['oneSample', 'plugIn', 'splitHalf', 'splitHalfByAccuracy', 'extrapolated'] as const;
/** Shrinks a group's accuracies towards those of all rows, as the task table does. */
const kappa = 10;

/** Ceilings by `primary`, with intervals over the design's clusters. Folds play no part: nothing is fitted. */
export function ceilings(outcomes: Outcomes, design: Design, primary: 'quality' | 'macro'): AllCeilings {
  const { rows } = outcomes.quality;
  const out = matrix(rows, columns.length);
  const orders = preferences(outcomes, design);
  const nodes = tieNodes(outcomes.quality.cols);
  const halves = halvesOf();
  for (let i = 0; i < rows; i++) {
    const ties = { order: orders[design.groupOf[i]!]!, nodes };
    out.data.set(rowCeilings(outcomes, i, { ties, halves }), i * columns.length);
  }
  const measured = averages(design, out);
  const all = estimates(measured, design, ({ weighted, macro }) => (primary === 'macro' ? macro : weighted));
  if (design.groupNames.length < 2) return all;
  const groups = design.groupNames.flatMap((name, g) => {
    const one = estimates(measured, design, ({ groups }) => groups[g]!);
    return one.splitHalf === null ? [] : [[name, one] as const];
  });
  return groups.length === 0 ? all : { ...all, groups: Object.fromEntries(groups) };
}

function estimates(
  measured: readonly Averages[],
  design: Design,
  of: (averages: Averages) => Sampled,
): Ceilings {
  const [oneSample, plugIn, splitHalf, splitHalfByAccuracy, extrapolated] = measured.map((averages) => {
    const sampled = of(averages);
    return Number.isNaN(sampled.value) ? null : asEstimate(interval({ ...sampled, folds: [] }, design), 0, 1);
  });
  return {
    oneSample: oneSample!,
    plugIn: plugIn!,
    splitHalf: splitHalf!,
    splitHalfByAccuracy: splitHalfByAccuracy!,
    extrapolated: extrapolated!,
    band: splitHalf && plugIn ? { low: splitHalf.low, high: plugIn.high } : null,
  };
}

interface RowWork {
  readonly ties: Ties;
  readonly halves: typeof halfOf;
}

/** What one row adds to each column; NaN where a cell has no second sample. */
function rowCeilings(outcomes: Outcomes, row: number, { ties, halves }: RowWork): number[] {
  const { quality } = outcomes;
  const plain = singleCeiling(outcomes, row);
  if (plain !== undefined) return [plain, plain, Number.NaN, Number.NaN, Number.NaN];
  const cells = Array.from({ length: quality.cols }, (_, m) => repeatsOf(outcomes, row * quality.cols + m));
  let plugIn = 0;
  for (let m = 0; m < cells.length; m++) plugIn = Math.max(plugIn, quality.data[row * quality.cols + m]!);
  const binary = cells.every(({ right }) => !Number.isNaN(right));
  const repeated = cells.every(({ k }) => k >= 2);
  const oneSample = binary
    ? 1 - cells.reduce((none, { right, k }) => none * (1 - right / k), 1)
    : expectedBest(cells);
  if (!repeated) return [oneSample, plugIn, Number.NaN, Number.NaN, Number.NaN];
  const chosen = binary
    ? choose(
        cells.map(({ right, k }) => halves(right, k)),
        ties,
      )
    : gradedHalves(cells, ties.order, rng(`halves/${row}`));
  return [oneSample, plugIn, chosen.averaged, chosen.ordered, extrapolate(plugIn, chosen, cells)];
}

/** One sample of each model, right or wrong: 1 where any is right. Undefined where the row has more to say. */
function singleCeiling({ quality: { cols, data }, k, samples }: Outcomes, row: number): number | undefined {
  if (samples !== undefined) return undefined;
  let any = 0;
  for (let m = 0, cell = row * cols; m < cols; m++, cell++) {
    const value = data[cell]!;
    if ((value !== 0 && value !== 1) || k.data[cell] !== 1) return undefined;
    if (value === 1) any = 1;
  }
  return any;
}

/** Where O(n) = O + c / n, the two values O(K) and O(h) give O. */
function extrapolate(whole: number, { seen }: Chosen, cells: readonly Repeats[]): number {
  const ratio = cells.reduce((sum, { k }) => sum + choosingSize(k) / k, 0) / cells.length;
  return (whole - ratio * seen) / (1 - ratio);
}

/** Each law once: rows share a few. */
function halvesOf(): typeof halfOf {
  const laws = new Map<number, Map<number, ReturnType<typeof halfOf>>>();
  return (right, k) => {
    const ofSize = laws.get(k) ?? new Map<number, ReturnType<typeof halfOf>>();
    laws.set(k, ofSize);
    const law = ofSize.get(right) ?? halfOf(right, k);
    ofSize.set(right, law);
    return law;
  };
}

/** Models by accuracy, for each group, the best first. */
function preferences({ quality }: Outcomes, { groupNames, groupOf }: Design): number[][] {
  const { rows, cols, data } = quality;
  const sums = matrix(groupNames.length, cols);
  const counts = new Float64Array(groupNames.length);
  const overall = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    const g = groupOf[i]!;
    counts[g]!++;
    for (let m = 0; m < cols; m++) {
      sums.data[g * cols + m]! += data[i * cols + m]!;
      overall[m]! += data[i * cols + m]! / rows;
    }
  }
  return groupNames.map((_, g) =>
    descending(overall.map((mean, m) => (sums.data[g * cols + m]! + kappa * mean) / (counts[g]! + kappa))),
  );
}
