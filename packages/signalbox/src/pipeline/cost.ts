import type { Context } from '../core/context.ts';
import { noGroup } from '../core/folds.ts';
import type { Encoded, Training } from '../core/router.ts';
import { groupMeans } from '../core/table.ts';
import { at, hstack, type Matrix, matrix } from '../math/matrix.ts';
import { mean } from '../math/order.ts';
import { fitRidge, foldGrams, predictRidge } from '../math/ridge.ts';

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
export function fitCosts(train: Training, context?: Context): CostState | undefined {
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
    grams: context?.once('fold grams', [train.features, train.folds], foldGrams),
    ...(context?.signal && { signal: context.signal }),
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

/**
 * The forecast with a newcomer's column: what the pool's models cost on average on the query (in logarithms, the
 * length of the text included) where its own calls follow that, else the same for all, shifted by what its calls cost
 * more, per group as far as they tell. Without a known cost the column is NaN: unknown.
 */
export function admitCosts(input: Encoded, cost: Float64Array, state: CostState): CostState {
  const rows = Int32Array.from(cost.keys()).filter((i) => !Number.isNaN(cost[i]!));
  const logs = Float64Array.from(rows, (i) => Math.log(cost[i]! + state.offset));
  const like = (pool: PoolColumn): { pool: PoolColumn; shifts: Float64Array } => {
    const expected = logForecast(input, pool, state.groups);
    return { pool, shifts: logs.map((value, i) => value - expected[rows[i]!]!) };
  };
  const [average, flat] = [like(poolColumn(state)), like(flatColumn(state))];
  const { pool, shifts } = spread(average.shifts) < spread(flat.shifts) ? average : flat;
  const groups = Int32Array.from(rows, (i) => state.groups.indexOf(input.queries[i]!.group ?? noGroup));
  const overall = mean(shifts);
  const ofGroup = Float64Array.from(state.groups, (_, g) => {
    const own = shifts.filter((_, i) => groups[i] === g);
    return (own.reduce((sum, shift) => sum + shift, 0) + kappa * overall) / (own.length + kappa);
  });
  const expected = logForecast(input, pool, state.groups);
  let [truth, guess] = [0, 0];
  rows.forEach((row, i) => {
    const g = groups[i]!;
    truth += cost[row]! + state.offset;
    guess += Math.exp(expected[row]! + (g === -1 ? overall : ofGroup[g]!));
  });
  const shifted = { ...pool.logMeans, data: pool.logMeans.data.map((value, g) => value + ofGroup[g]!) };
  return {
    ...state,
    logMeans: hstack([state.logMeans, shifted]),
    overall: Float64Array.of(...state.overall, pool.overall + overall),
    coefficients: hstack([state.coefficients, pool.coefficients]),
    intercept: Float64Array.of(...state.intercept, pool.intercept),
    use: Float64Array.of(...state.use, 1),
    smear: Float64Array.of(...state.smear, guess > 0 ? truth / guess : Number.NaN),
  };
}

/** A forecast of log cost by one column. */
interface PoolColumn {
  readonly logMeans: Matrix;
  readonly overall: number;
  readonly coefficients: Matrix;
  readonly intercept: number;
}

/** The average model of those whose cost is known. */
function poolColumn({ logMeans, overall, coefficients, intercept, use }: CostState): PoolColumn {
  const priced = Int32Array.from(overall.keys()).filter((m) => Number.isFinite(overall[m]!));
  const average = (of: (m: number) => number): number => mean(Array.from(priced, of));
  const column = (m: Matrix, of: (i: number, col: number) => number): Matrix => {
    const out = matrix(m.rows, 1);
    for (let i = 0; i < m.rows; i++) out.data[i] = average((j) => of(i, j));
    return out;
  };
  return {
    logMeans: column(logMeans, (g, m) => at(logMeans, g, m)),
    overall: average((m) => overall[m]!),
    coefficients: column(coefficients, (j, m) => (use[m] === 1 ? at(coefficients, j, m) : 0)),
    intercept: average((m) => (use[m] === 1 ? intercept[m]! : 0)),
  };
}

function flatColumn({ logMeans, coefficients }: CostState): PoolColumn {
  return {
    logMeans: matrix(logMeans.rows, 1),
    overall: 0,
    coefficients: matrix(coefficients.rows, 1),
    intercept: 0,
  };
}

function logForecast(
  { queries, features }: Encoded,
  { logMeans, overall, coefficients, intercept }: PoolColumn,
  groups: readonly string[],
): Float64Array {
  const shift = predictRidge({ coefficients, intercept: Float64Array.of(intercept) }, features);
  return Float64Array.from(queries, ({ group = noGroup }, i) => {
    const g = groups.indexOf(group);
    return (g === -1 ? overall : logMeans.data[g]!) + shift.data[i]!;
  });
}

/** Sum of squares about the mean; NaN, which is never less, where there is nothing. */
function spread(values: Float64Array): number {
  const middle = mean(values);
  return values.reduce((sum, x) => sum + (x - middle) ** 2, values.length === 0 ? Number.NaN : 0);
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
