import { type Design, drawsOf, foldRows } from './design.ts';
import type { Sampled } from './interval.ts';

/** Several numbers computed at once from how often each row counts. NaN = not defined on these rows. */
export type Statistic = (weights: Uint16Array) => readonly number[];

/** Any statistic of the rows, with its draws and fold values; for what is no plain mean. */
export function sampleStatistic(design: Design, statistic: Statistic): Sampled[] {
  const values = statistic(new Uint16Array(design.rows).fill(1));
  const draws = values.map(() => new Float64Array(design.draws));
  let d = 0;
  for (const weights of drawsOf(design)) {
    statistic(weights).forEach((value, s) => {
      draws[s]![d] = value;
    });
    d++;
  }
  const folds = foldRows(design).map((list) => {
    const weights = new Uint16Array(design.rows);
    for (const i of list) weights[i] = 1;
    return statistic(weights);
  });
  return values.map((value, s) => ({
    value,
    draws: draws[s]!,
    folds: folds.map((fold) => fold[s]!),
    n: design.rows,
  }));
}
