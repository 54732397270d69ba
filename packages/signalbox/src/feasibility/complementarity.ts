import type { Estimate } from '../core/results.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import type { Design } from '../metrics/design.ts';
import { asEstimate, interval } from '../metrics/interval.ts';
import { averages } from '../metrics/means.ts';
import { isRight } from './outcomes.ts';
import { growPool, type PoolStep } from './pool-curve.ts';

/** Who answers what that others do not. Models go by their columns; all shares are by the primary average; right means above .5. */
export interface Complementarity {
  readonly allRight: Estimate;
  readonly noneRight: Estimate;
  readonly exactlyOne: Estimate;
  /** Share of rows that 0, 1, ... M models solve. */
  readonly solvedBy: readonly number[];
  /** Share of rows that this model alone solves. */
  readonly unique: readonly number[];
  /** How much lower the mean of each row's best outcome is without this model. */
  readonly marginal: readonly number[];
  /** Share of rows on which two models are both right or both wrong; null for more than 60 models, as the two below. */
  readonly agreement: number[][] | null;
  /** Cohen's kappa: agreement beyond chance; 1 where two models never differ. */
  readonly kappa: number[][] | null;
  /** Share of rows on which two models are both wrong. */
  readonly doubleFault: number[][] | null;
  readonly poolCurve: readonly PoolStep[];
}

export interface ComplementarityArgs {
  /** Rows x models, no cell missing. */
  readonly quality: Matrix;
  readonly design: Design;
  readonly primary: 'quality' | 'macro';
}

/** Beyond so many models no matrix of pairs is made: nobody could read it. */
const mostPaired = 60;

export function complementarity({ quality, design, primary }: ComplementarityArgs): Complementarity {
  const { rows, cols: models, data } = quality;
  const share = rowShares(design, primary);
  const events = matrix(rows, 3);
  const solvedBy = new Float64Array(models + 1);
  const unique = new Float64Array(models);
  const marginal = new Float64Array(models);
  for (let i = 0; i < rows; i++) {
    const cells = data.subarray(i * models, (i + 1) * models);
    const { right, last, best, lead } = lookAt(cells);
    events.data.set([right === models ? 1 : 0, right === 0 ? 1 : 0, right === 1 ? 1 : 0], i * 3);
    solvedBy[right]! += share[i]!;
    if (right === 1) unique[last]! += share[i]!;
    if (best >= 0) marginal[best]! += lead * share[i]!;
  }
  const [allRight, noneRight, exactlyOne] = averages(design, events).map(({ weighted, macro }) =>
    asEstimate(interval({ ...(primary === 'macro' ? macro : weighted), folds: [] }, design), 0, 1),
  );
  return {
    allRight: allRight!,
    noneRight: noneRight!,
    exactlyOne: exactlyOne!,
    solvedBy: [...solvedBy],
    unique: [...unique],
    marginal: [...marginal],
    ...pairs(quality, share),
    poolCurve: growPool({ quality, design, share }),
  };
}

interface Look {
  /** How many models are right, and the last of them. */
  readonly right: number;
  readonly last: number;
  /** The best model, and by how much it leads the second. */
  readonly best: number;
  readonly lead: number;
}

function lookAt(cells: ArrayLike<number>): Look {
  let [right, last, best, most, second] = [0, -1, -1, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let m = 0; m < cells.length; m++) {
    const y = cells[m]!;
    if (isRight(y)) {
      right++;
      last = m;
    }
    if (y > most) {
      second = most;
      most = y;
      best = m;
    } else if (y > second) second = y;
  }
  return { right, last, best, lead: most - Math.max(second, 0) };
}

/** What each row counts. */
function rowShares({ rows, groupOf, groupNames }: Design, primary: 'quality' | 'macro'): Float64Array {
  if (primary === 'quality') return new Float64Array(rows).fill(1 / rows);
  const counts = new Float64Array(groupNames.length);
  for (const g of groupOf) counts[g]!++;
  const filled = counts.filter((n) => n > 0).length;
  return Float64Array.from(groupOf, (g) => 1 / (filled * counts[g]!));
}

type Pairs = Pick<Complementarity, 'agreement' | 'kappa' | 'doubleFault'>;

function pairs({ rows, cols: models, data }: Matrix, share: Float64Array): Pairs {
  if (models > mostPaired) return { agreement: null, kappa: null, doubleFault: null };
  const both = matrix(models, models);
  const right = new Int32Array(models);
  for (let i = 0; i < rows; i++) {
    let count = 0;
    for (let m = 0; m < models; m++) if (isRight(data[i * models + m]!)) right[count++] = m;
    for (let a = 0; a < count; a++) {
      for (let b = 0; b <= a; b++) both.data[right[a]! * models + right[b]!]! += share[i]!;
    }
  }
  const bothRight = (a: number, b: number): number => both.data[Math.max(a, b) * models + Math.min(a, b)]!;
  const chance = (m: number): number => bothRight(m, m);
  const square = (of: (a: number, b: number) => number): number[][] =>
    Array.from({ length: models }, (_, a) => Array.from({ length: models }, (_, b) => of(a, b)));
  // Rounding of sums of shares must not leave [0, 1].
  const within = (x: number): number => Math.min(1, Math.max(0, x));
  const fault = (a: number, b: number): number => within(1 - chance(a) - chance(b) + bothRight(a, b));
  const agree = (a: number, b: number): number => (a === b ? 1 : within(bothRight(a, b) + fault(a, b)));
  return {
    agreement: square(agree),
    doubleFault: square(fault),
    kappa: square((a, b) => {
      const expected = chance(a) * chance(b) + (1 - chance(a)) * (1 - chance(b));
      return agree(a, b) > 1 - 1e-9 ? 1 : (agree(a, b) - expected) / (1 - expected);
    }),
  };
}
