import { type Matrix, matrix, row } from '../../math/matrix.ts';
import { mean } from '../../math/order.ts';
import { ability, clamped, withColumn } from '../shared/admitted.ts';
import { tally } from '../shared/shrunken.ts';

/** What each model is worth in each cluster, and how sure that is. */
export type ClusterMeans = {
  /** Clusters x models, expected outcomes in [0, 1]; NaN for a model never observed. */
  readonly means: Matrix;
  /** Standard errors of `means`. */
  readonly errors: Matrix;
  /** Mean of each model over all its rows. */
  readonly overall: Float64Array;
  /** How much easier each cluster is than the rest, for all models alike. */
  readonly ease: Float64Array;
  /** Variance, over clusters and models, of what neither the model nor the cluster explains. */
  readonly spread: number;
};

/** Two clusters are never taken to be more alike than one point (in a hundred). */
const leastSpread = 1e-4;

/**
 * Empirical Bayes: a model in a cluster is expected to be worth its own mean plus the ease of the cluster, and departs
 * from that by as much as the table shows over all clusters and models, beyond what chance explains. The few rows of
 * a small cluster so count little, those of a large one fully. `skip`: rows that are left out.
 */
export function fitClusterMeans(
  quality: Matrix,
  args: { readonly cells: Int32Array; readonly size: number; readonly skip?: (row: number) => boolean },
): ClusterMeans {
  const { cells, size, skip } = args;
  const { sums, counts } = tally(quality, cells, size, skip);
  const models = momentsOf(quality, skip);
  const ease = easeOf(quality, { ...args, overall: models.map(({ mean }) => mean) });
  const priors = Array.from({ length: sums.data.length }, (_, c) =>
    clamped(models[c % sums.cols]!.mean + ease[Math.floor(c / sums.cols)]!),
  );
  let [square, chance, n] = [0, 0, 0];
  sums.data.forEach((sum, c) => {
    const count = counts.data[c]!;
    if (count === 0) return;
    square += count * (sum / count - priors[c]!) ** 2;
    chance += models[c % sums.cols]!.variance;
    n += count;
  });
  const spread = Math.max((square - chance) / Math.max(n, 1), leastSpread);
  const [means, errors] = [matrix(size, sums.cols), matrix(size, sums.cols)];
  sums.data.forEach((sum, c) => {
    const cell = { sum, count: counts.data[c]!, prior: priors[c]! };
    const { mean, error } = posterior(cell, { spread, variance: models[c % sums.cols]!.variance });
    means.data[c] = mean;
    errors.data[c] = error;
  });
  return { means, errors, overall: Float64Array.from(models, ({ mean }) => mean), ease, spread };
}

/**
 * The table with a model more, from its answers: its mean is what the pool's average model is worth, plus how much
 * better it did than `expected` of that one; its clusters by the same rule as those of the others.
 */
export function admitToClusterMeans(
  table: ClusterMeans,
  args: { readonly cells: Int32Array; readonly quality: Float64Array; readonly expected: Float64Array },
): ClusterMeans {
  const { cells, quality, expected } = args;
  const usual = mean(table.overall);
  const own = clamped((Number.isNaN(usual) ? 0.5 : usual) + ability(quality, expected));
  const answers = { rows: quality.length, cols: 1, data: quality };
  const { sums, counts } = tally(answers, cells, table.means.rows);
  const { variance } = momentsOf(answers)[0]!;
  const column = Array.from(sums.data, (sum, k) =>
    posterior(
      { sum, count: counts.data[k]!, prior: clamped(own + table.ease[k]!) },
      { spread: table.spread, variance },
    ),
  );
  return {
    ...table,
    means: withColumn(
      table.means,
      column.map(({ mean }) => mean),
    ),
    errors: withColumn(
      table.errors,
      column.map(({ error }) => error),
    ),
    overall: Float64Array.of(...table.overall, own),
  };
}

interface Moments {
  readonly mean: number;
  /** Of one outcome; what two outcomes of 1/4 would add keeps a few equal ones from being taken for certain. */
  readonly variance: number;
}

function momentsOf(values: Matrix, skip?: (row: number) => boolean): Moments[] {
  return Array.from({ length: values.cols }, (_, m) => {
    let [n, sum, square] = [0, 0, 0];
    for (let i = 0; i < values.rows; i++) {
      const value = values.data[i * values.cols + m]!;
      if (Number.isNaN(value) || skip?.(i)) continue;
      n++;
      sum += value;
      square += value * value;
    }
    const variance = n === 0 ? 0 : Math.max(0, square - (sum * sum) / n);
    return { mean: sum / n, variance: (variance + 0.5) / (n + 2) };
  });
}

/** Mean over a cluster's rows of how far their outcomes lie above the models' means, shrunk by the same rule. */
function easeOf(
  quality: Matrix,
  args: {
    readonly cells: Int32Array;
    readonly size: number;
    readonly overall: readonly number[];
    readonly skip?: (row: number) => boolean;
  },
): Float64Array {
  const { cells, size, overall, skip } = args;
  const above = matrix(quality.rows, 1);
  for (let i = 0; i < quality.rows; i++)
    above.data[i] = mean(Float64Array.from(row(quality, i), (value, m) => value - overall[m]!));
  const { sums, counts } = tally(above, cells, size, skip);
  const { variance } = momentsOf(above, skip)[0]!;
  let [square, n, used] = [0, 0, 0];
  sums.data.forEach((sum, k) => {
    const count = counts.data[k]!;
    if (count === 0) return;
    square += (sum * sum) / count;
    n += count;
    used++;
  });
  const spread = Math.max((square - used * variance) / Math.max(n, 1), leastSpread);
  return Float64Array.from(
    sums.data,
    (sum, k) => posterior({ sum, count: counts.data[k]!, prior: 0 }, { spread, variance }).shift,
  );
}

/** Normal mean with a normal prior: what is expected of the cell, and the standard error that remains. */
function posterior(
  { sum, count, prior }: { readonly sum: number; readonly count: number; readonly prior: number },
  { spread, variance }: { readonly spread: number; readonly variance: number },
): { readonly mean: number; readonly shift: number; readonly error: number } {
  const shift = (sum - count * prior) / (count + variance / spread);
  return { mean: clamped(prior + shift), shift, error: Math.sqrt(1 / (count / variance + 1 / spread)) };
}
