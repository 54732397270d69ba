import { noGroup } from '../core/folds.ts';
import type { Encoded, Training } from '../core/router.ts';
import { groupMeans } from '../core/table.ts';
import { at, type Matrix, matrix } from '../math/matrix.ts';
import { fitRidge, predictRidge } from '../math/ridge.ts';

/**
 * What a call will cost, per query and model: the group's mean of log cost (a group counts once it has rows),
 * shifted by a ridge on the encoded text, which knows the length. One forecast for all routers, so that they
 * are compared by what they say of quality.
 */
export type CostState = {
  readonly groups: readonly string[];
  /** Mean log cost, groups x models, shrunk to the model's. */
  readonly logMeans: Matrix;
  readonly overall: Float64Array;
  /** Added before the logarithm, so that a free call has one. */
  readonly offset: number;
  readonly coefficients: Matrix;
  readonly intercept: Float64Array;
  /** 1 where the ridge lowers the error out of fold, else 0. */
  readonly use: Float64Array;
  /** Mean of true over predicted cost: the logarithm's bias undone. */
  readonly smear: Float64Array;
};

const kappa = 10;

/** @returns undefined where the table records no cost */
export function fitCosts(train: Training, signal?: AbortSignal): CostState | undefined {
  const { cost } = train.table;
  if (cost === undefined) return undefined;
  let [sum, n] = [0, 0];
  for (const value of cost.data) {
    if (Number.isNaN(value)) continue;
    sum += value;
    n++;
  }
  const offset = n === 0 || sum === 0 ? 1e-12 : (sum / n) * 1e-3;
  const log = matrix(cost.rows, cost.cols);
  for (let i = 0; i < log.data.length; i++) log.data[i] = Math.log(cost.data[i]! + offset);
  const { names, of, means, counts } = groupMeans(train.table, log);
  const overall = Float64Array.from({ length: cost.cols }, (_, m) => {
    let [total, rows] = [0, 0];
    for (let g = 0; g < names.length; g++) {
      const count = at(counts, g, m);
      if (count === 0) continue;
      total += count * at(means, g, m);
      rows += count;
    }
    return total / rows;
  });
  const logMeans = matrix(names.length, cost.cols);
  for (let i = 0; i < logMeans.data.length; i++) {
    const count = counts.data[i]!;
    const prior = overall[i % cost.cols]!;
    logMeans.data[i] = ((count === 0 ? 0 : count * means.data[i]!) + kappa * prior) / (count + kappa);
  }
  const base = matrix(cost.rows, cost.cols);
  const left = matrix(cost.rows, cost.cols);
  for (let i = 0; i < base.data.length; i++) {
    base.data[i] = logMeans.data[of[Math.floor(i / cost.cols)]! * cost.cols + (i % cost.cols)]!;
    left.data[i] = log.data[i]! - base.data[i]!;
  }
  const ridge = fitRidge({
    x: train.features,
    y: left,
    folds: train.folds,
    penalties: [1, 10, 100, 1000],
    ...(signal && { signal }),
  });
  const use = earned(left, ridge.outOfFold);
  const smear = smearing({ cost, base, shift: ridge.outOfFold, use, offset });
  return {
    groups: names,
    logMeans,
    overall,
    offset,
    coefficients: ridge.coefficients,
    intercept: ridge.intercept,
    use,
    smear,
  };
}

export function predictCosts({ queries, features }: Encoded, state: CostState): Matrix {
  const known = new Map(state.groups.map((name, g) => [name, g]));
  const shift = predictRidge(state, features);
  const out = matrix(queries.length, state.overall.length);
  queries.forEach(({ group = noGroup }, i) => {
    const g = known.get(group);
    for (let m = 0; m < out.cols; m++) {
      const base = g === undefined ? state.overall[m]! : at(state.logMeans, g, m);
      const moved = state.use[m] === 1 ? base + at(shift, i, m) : base;
      out.data[i * out.cols + m] = Math.max(0, Math.exp(moved) * state.smear[m]! - state.offset);
    }
  });
  return out;
}

function earned(left: Matrix, predicted: Matrix): Float64Array {
  return Float64Array.from({ length: left.cols }, (_, m) => {
    let gain = 0;
    for (let i = 0; i < left.rows; i++) {
      const [y, p] = [at(left, i, m), at(predicted, i, m)];
      if (!Number.isNaN(y) && Number.isFinite(p)) gain += y * y - (y - p) ** 2;
    }
    return gain > 0 ? 1 : 0;
  });
}

function smearing(args: {
  cost: Matrix;
  base: Matrix;
  shift: Matrix;
  use: Float64Array;
  offset: number;
}): Float64Array {
  const { cost, base, shift, use, offset } = args;
  return Float64Array.from({ length: cost.cols }, (_, m) => {
    let [truth, guess] = [0, 0];
    for (let i = 0; i < cost.rows; i++) {
      const y = at(cost, i, m);
      if (Number.isNaN(y)) continue;
      truth += y + offset;
      guess += Math.exp(at(base, i, m) + (use[m] === 1 ? at(shift, i, m) : 0));
    }
    return guess > 0 ? truth / guess : 1;
  });
}
