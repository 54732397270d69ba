import { at, type Matrix } from '../../math/matrix.ts';
import { argmax } from '../../math/order.ts';
import { cheapestAt, type Worth } from '../generated/truth.ts';
import type { TrueRows } from './rows.ts';

/**
 * What is true of a world, as means over the rows given; fresh ones make it a matter of the population. What
 * is decided beforehand is valued by the foreseen probabilities, which have the same mean and less noise.
 */
export interface PopulationTruth {
  readonly rows: number;
  /** Mean probability and mean US dollars of each model. */
  readonly quality: readonly number[];
  readonly cost: readonly number[];
  /** Number of the model of best mean, the first of equals. */
  readonly bestSingle: number;
  /** The best model of each group; of best single where there are no groups. */
  readonly taskTable: number;
  /** The best that features and group can tell: no policy that decides before generation does better. */
  readonly bestForeseen: number;
  /** E max_m p_im: the true ceiling, idiosyncrasy known. */
  readonly ceiling: number;
}

export function populationTruth(rows: TrueRows): PopulationTruth {
  const { probability, foreseen, cost, groupOf } = rows;
  const quality = columnMeans(foreseen);
  const bestSingle = argmax(quality);
  // The difference on each row is never negative, so neither is the headroom.
  const headroom =
    policyValue(probability, (i) => bestOf(probability, i)) - policyValue(probability, () => bestSingle);
  return {
    rows: foreseen.rows,
    quality,
    cost: columnMeans(cost),
    bestSingle,
    taskTable: tableValue(foreseen, groupOf),
    bestForeseen: policyValue(foreseen, (i) => bestOf(foreseen, i)),
    ceiling: quality[bestSingle]! + headroom,
  };
}

/** Mean probability of the model that is chosen on each row: the population value of a policy. */
export function policyValue(probability: Matrix, choose: (row: number) => number): number {
  let sum = 0;
  for (let i = 0; i < probability.rows; i++) sum += at(probability, i, choose(i));
  return sum / probability.rows;
}

/** The least mean cost of any policy by features and group that loses at most `epsilon` to best single. */
export function leastCost(rows: TrueRows, epsilon: number): Worth {
  const { foreseen: probability, cost } = rows;
  const best = Math.max(...columnMeans(probability));
  const test = Array.from({ length: probability.rows }, (_, i) => i);
  return cheapestAt({ probability, cost, test }, best - epsilon);
}

function bestOf(m: Matrix, i: number): number {
  return argmax(m.data.subarray(i * m.cols, (i + 1) * m.cols));
}

function columnMeans(m: Matrix): number[] {
  const sums = Array.from({ length: m.cols }, () => 0);
  for (let cell = 0; cell < m.data.length; cell++) sums[cell % m.cols]! += m.data[cell]!;
  return sums.map((sum) => sum / m.rows);
}

function tableValue(probability: Matrix, groupOf: Int32Array): number {
  const sums = new Map<number, Float64Array>();
  groupOf.forEach((group, i) => {
    const sum = sums.get(group) ?? new Float64Array(probability.cols);
    sums.set(group, sum);
    for (let m = 0; m < sum.length; m++) sum[m]! += at(probability, i, m);
  });
  let total = 0;
  for (const sum of sums.values()) total += Math.max(...sum);
  return total / probability.rows;
}
