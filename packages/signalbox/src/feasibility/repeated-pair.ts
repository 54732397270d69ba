import { type Matrix, matrix } from '../math/matrix.ts';
import { type Outcomes, type Repeats, repeatsOf } from './outcomes.ts';

/** Cells with two samples or more, rows x models; NaN elsewhere. */
export interface Repeated {
  readonly mean: Matrix;
  /** Variance of the mean by chance alone, estimated without bias. */
  readonly chance: Matrix;
  /** Mean square difference of two samples: of right and wrong, how often they differ. */
  readonly flip: Matrix;
}

export function repeatedCells(outcomes: Outcomes): Repeated {
  const { rows, cols } = outcomes.quality;
  const [mean, chance, flip] = [0, 1, 2].map(() => matrix(rows, cols, Number.NaN));
  for (let cell = 0; cell < rows * cols; cell++) {
    const repeats = repeatsOf(outcomes, cell);
    if (repeats.k < 2) continue;
    const { middle, variance } = spreadOf(repeats);
    mean!.data[cell] = middle;
    chance!.data[cell] = variance / repeats.k;
    flip!.data[cell] = 2 * variance;
  }
  return { mean: mean!, chance: chance!, flip: flip! };
}

function spreadOf({ k, right, values }: Repeats): { middle: number; variance: number } {
  if (!Number.isNaN(right)) {
    const p = right / k;
    return { middle: p, variance: (k * p * (1 - p)) / (k - 1) };
  }
  const middle = values.reduce((sum, y) => sum + y, 0) / k;
  return { middle, variance: values.reduce((sum, y) => sum + (y - middle) ** 2, 0) / (k - 1) };
}

/** How far apart two models are, beyond the chance of their samples, over rows on which both have repeats. */
export interface PairFigures {
  readonly n: number;
  /** (p_a - p_b)^2 of each row, estimated without bias; NaN without repeats. 0 on average for copies. */
  readonly distance: Float64Array;
  /** p_a - p_b of each row. */
  readonly difference: Float64Array;
  /** Mean of `distance`. */
  readonly apart: number;
  /** Chance that two runs of one of them differ, the mean of the two. */
  readonly flips: number;
  /** Chance that a run of one and a run of the other differ. */
  readonly disagreement: number;
  /** Variance over rows of the true means, summed over the two models. */
  readonly variance: number;
}

export function repeatedPair({ mean, chance, flip }: Repeated, a: number, b: number): PairFigures {
  const { rows, cols } = mean;
  const distance = new Float64Array(rows).fill(Number.NaN);
  const difference = new Float64Array(rows).fill(Number.NaN);
  let n = 0;
  let [flips, apart, noise, squares, sumA, sumB] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const [x, y] = [i * cols + a, i * cols + b];
    const [p, q] = [mean.data[x]!, mean.data[y]!];
    if (Number.isNaN(p) || Number.isNaN(q)) continue;
    const luck = chance.data[x]! + chance.data[y]!;
    n++;
    difference[i] = p - q;
    distance[i] = (p - q) ** 2 - luck;
    apart += distance[i]!;
    flips += (flip.data[x]! + flip.data[y]!) / 2;
    noise += luck;
    squares += p * p + q * q;
    sumA += p;
    sumB += q;
  }
  const variance = (squares - noise - (sumA * sumA + sumB * sumB) / n) / n;
  return {
    n,
    distance,
    difference,
    apart: apart / n,
    flips: flips / n,
    disagreement: Math.max(0, (apart + flips) / n),
    variance: Math.max(0, variance),
  };
}
