import { type Matrix, matrix, row } from '../../math/matrix.ts';
import { mean } from '../../math/order.ts';

/** Answers' worth of belief that a newcomer is as good as the pool's average model. */
const kappa = 10;

/**
 * How much better than the pool's average model a newcomer is: the mean difference on the queries that it answered,
 * shrunk to 0 by ten answers. Differences, because the queries of a few answers may be harder or easier than most.
 * `expected` is what the pool's average model is worth on each of them; where that is NaN an answer says nothing.
 */
export function ability(quality: Float64Array, expected: Float64Array): number {
  let [sum, n] = [0, 0];
  quality.forEach((value, i) => {
    const difference = value - expected[i]!;
    if (Number.isNaN(difference)) return;
    sum += difference;
    n++;
  });
  return sum / (n + kappa);
}

/** Mean over models of each row, without NaN; NaN where a row holds nothing else. */
export function poolMeans(values: Matrix): Float64Array {
  return Float64Array.from({ length: values.rows }, (_, i) => mean(row(values, i)));
}

/** The matrix with a column more; cells of the others are copied bit by bit. */
export function withColumn(values: Matrix, last: ArrayLike<number>): Matrix {
  const out = matrix(values.rows, values.cols + 1);
  for (let i = 0; i < values.rows; i++) {
    out.data.set(row(values, i), i * out.cols);
    out.data[i * out.cols + values.cols] = last[i]!;
  }
  return out;
}

export const clamped = (x: number): number => Math.min(1, Math.max(0, x));

/** A table of shrunken means, cells x models, with the models' means over all cells. */
interface Means {
  readonly means: Matrix;
  readonly overall: Float64Array;
}

/**
 * A table of means with a newcomer's column: in each cell the mean of its answers there, shrunk by `kappa` rows to
 * the pool's mean of the cell plus the newcomer's ability, so that a cell without an answer of its own still tells
 * how hard it is.
 */
export function admitToMeans(args: {
  readonly table: Means;
  /** The cell of each answer; -1 where it has none. */
  readonly cells: Int32Array;
  readonly quality: Float64Array;
  readonly kappa: number;
}): Means & { readonly counts: Float64Array } {
  const { table, cells, quality, kappa } = args;
  const pool = poolMeans(table.means);
  const usual = known(mean(table.overall), 0.5);
  const expected = Float64Array.from(cells, (cell) => (cell < 0 ? usual : known(pool[cell]!, usual)));
  const better = ability(quality, expected);
  const [sums, counts] = [new Float64Array(table.means.rows), new Float64Array(table.means.rows)];
  cells.forEach((cell, i) => {
    if (cell < 0) return;
    sums[cell]! += quality[i]!;
    counts[cell]! += 1;
  });
  const column = pool.map((value, cell) => {
    const prior = clamped(known(value, usual) + better);
    const n = counts[cell]!;
    return n === 0 || kappa === Number.POSITIVE_INFINITY
      ? prior
      : (sums[cell]! + kappa * prior) / (n + kappa);
  });
  return {
    means: withColumn(table.means, column),
    overall: Float64Array.of(...table.overall, clamped(usual + better)),
    counts,
  };
}

const known = (value: number, instead: number): number => (Number.isNaN(value) ? instead : value);
