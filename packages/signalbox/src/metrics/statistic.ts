import { type Design, drawsOf, foldRows } from './design.ts';
import type { Sampled } from './interval.ts';

/**
 * Several numbers computed at once from how often each row counts. NaN = not defined on these rows. The sample says
 * which rows those are among all rows (0), the draws and the folds of one design, in this order: what several
 * statistics need of the same sample need be computed only once.
 */
export type Statistic = (weights: Uint16Array, sample: number) => readonly number[];

/** Any statistic of the rows, with its draws and fold values; for what is no plain mean. */
export function sampleStatistic(design: Design, statistic: Statistic): Sampled[] {
  const values = statistic(new Uint16Array(design.rows).fill(1), 0);
  const draws = values.map(() => new Float64Array(design.draws));
  let d = 0;
  for (const weights of drawsOf(design)) {
    const drawn = d++;
    statistic(weights, drawn + 1).forEach((value, s) => {
      draws[s]![drawn] = value;
    });
  }
  const folds = foldRows(design).map((list, fold) => {
    const weights = new Uint16Array(design.rows);
    for (const i of list) weights[i] = 1;
    return statistic(weights, 1 + design.draws + fold);
  });
  return values.map((value, s) => ({
    value,
    draws: draws[s]!,
    folds: folds.map((fold) => fold[s]!),
    n: design.rows,
  }));
}
