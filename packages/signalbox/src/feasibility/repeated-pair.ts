import { type Outcomes, type Repeats, repeatsOf } from './outcomes.ts';

/** A row on which both models of a pair have two samples or more. */
export interface Repeated {
  readonly row: number;
  readonly a: Sampled;
  readonly b: Sampled;
}

interface Sampled {
  readonly mean: number;
  /** Variance of the mean by chance alone, estimated without bias. */
  readonly chance: number;
  /** Two samples of it differ by so much in the mean square. */
  readonly flip: number;
}

/** Rows of a pair of models that have repeats; each cell is read once. */
export function repeatedRows(outcomes: Outcomes): (a: number, b: number) => Repeated[] {
  const { rows, cols } = outcomes.quality;
  const cells = new Map<number, (Sampled | undefined)[]>();
  const of = (m: number): (Sampled | undefined)[] => {
    const known = cells.get(m);
    if (known) return known;
    const made = Array.from({ length: rows }, (_, i) => sampledOf(repeatsOf(outcomes, i * cols + m)));
    cells.set(m, made);
    return made;
  };
  let last: { a: number; b: number; list: Repeated[] } | undefined;
  return (a, b) => {
    if (last?.a === a && last.b === b) return last.list;
    const [first, second] = [of(a), of(b)];
    const list: Repeated[] = [];
    for (let row = 0; row < rows; row++) {
      const [x, y] = [first[row], second[row]];
      if (x && y) list.push({ row, a: x, b: y });
    }
    last = { a, b, list };
    return list;
  };
}

function sampledOf({ k, right, values }: Repeats): Sampled | undefined {
  if (k < 2) return undefined;
  const mean = Number.isNaN(right) ? values.reduce((sum, y) => sum + y, 0) / k : right / k;
  const squares = Number.isNaN(right)
    ? values.reduce((sum, y) => sum + (y - mean) ** 2, 0)
    : k * mean * (1 - mean);
  const variance = squares / (k - 1);
  return { mean, chance: variance / k, flip: 2 * variance };
}

/** How far apart two models are, beyond the chance of their samples. */
export interface PairFigures {
  /** (p_a - p_b)^2 of each row, estimated without bias; 0 on average for copies. */
  readonly distance: number[];
  /** Chance that two runs of one of them differ, the mean of the two. */
  readonly flips: number;
  /** Chance that a run of one and a run of the other differ. */
  readonly disagreement: number;
  /** Variance over rows of the true means, summed over the two models. */
  readonly variance: number;
}

/** Squares stand for disagreement: of right and wrong they are the same thing. */
export function repeatedPair(rows: readonly Repeated[]): PairFigures {
  const average = (of: (row: Repeated) => number): number =>
    rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  const distance = rows.map(({ a, b }) => (a.mean - b.mean) ** 2 - a.chance - b.chance);
  const flips = average(({ a, b }) => (a.flip + b.flip) / 2);
  const [meanA, meanB] = [average(({ a }) => a.mean), average(({ b }) => b.mean)];
  const spread = average(({ a, b }) => (a.mean - meanA) ** 2 - a.chance + (b.mean - meanB) ** 2 - b.chance);
  return {
    distance,
    flips,
    disagreement: Math.max(
      0,
      average((row) => (row.a.mean - row.b.mean) ** 2 - row.a.chance - row.b.chance) + flips,
    ),
    variance: Math.max(0, spread),
  };
}
