import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import type { Feedback, Training } from '../../core/router.ts';
import { columnMeans } from '../../core/table.ts';
import { choleskyShifted, choleskySolve } from '../../math/cholesky.ts';
import { crossProduct, gram } from '../../math/linear.ts';
import { at, column, hstack, type Matrix, matrix, type Numbers, row } from '../../math/matrix.ts';
import { mean } from '../../math/order.ts';
import { alongComponents, type PrincipalComponents, principalComponents } from '../../math/pca.ts';
import { dot } from './unit-rows.ts';

/** What the linear bandits share. */
export const banditParams = {
  /** Principal components of the encoded query; a constant stands beside them. */
  dimensions: z.int().positive().default(25),
  /** Answers' worth of belief in what the training table says of a model, no more than it has; 0 starts cold. */
  priorAnswers: z.number().nonnegative().default(500),
  /** Precision of each coefficient before anything is known. */
  ridge: z.number().positive().default(1),
  /** What an answer still counts when its model has given another one. */
  forgetting: z.number().min(0.9).max(1).default(0.997),
  /** Share of queries that go to any model with equal chance, so that logs can be replayed. */
  epsilon: z.number().min(0.02).max(1).default(0.02),
  /** Quality that one US dollar must bring, as a budget pacer sets it; 0: cost does not count. */
  lambda: z.number().nonnegative().default(0),
};
export interface BanditParams {
  readonly dimensions: number;
  readonly priorAnswers: number;
  readonly ridge: number;
  readonly forgetting: number;
  readonly epsilon: number;
  readonly lambda: number;
}

/** A linear regression of a model's outcomes, and how sure it is of it. */
type Arm = {
  readonly coefficients: Float64Array;
  /** Inverse of the precision, in units of an outcome's variance. */
  readonly covariance: Matrix;
};

export type BanditState = {
  readonly axes: PrincipalComponents;
  readonly arms: readonly Arm[];
  /** Mean US dollars of a call to each model; NaN where unknown. */
  readonly costs: Float64Array;
  /** Answers' worth behind each model. */
  readonly answers: Float64Array;
};

/**
 * Axes from the queries, and for each model a ridge regression on them: its coefficients from all training rows, its
 * certainty as if there had been `priorAnswers` of them. A model never observed starts from the mean of the others.
 */
export function fitBandit(train: Training, params: BanditParams, context: Context): BanditState {
  const { quality, cost } = train.table;
  const axes = axesOf(train, params, context);
  const x = contexts(axes, train.features);
  const known = Array.from({ length: quality.cols }, (_, m) => observed(quality, m));
  const beliefs = Float64Array.from(known, (rows) => Math.min(params.priorAnswers, rows.length));
  const fitted = known.map((rows, m) =>
    beliefs[m] === 0 ? undefined : fromTable({ x, quality, m, rows, ridge: params.ridge }, beliefs[m]!),
  );
  const start = new Float64Array(x.cols).map((_, j) =>
    usual(fitted.flatMap((arm) => (arm ? [arm.coefficients[j]!] : []))),
  );
  return {
    axes,
    arms: fitted.map((arm) => arm ?? { coefficients: start, covariance: diagonal(x.cols, 1 / params.ridge) }),
    costs:
      beliefs.every((belief) => belief === 0) || !cost ? beliefs.map(() => Number.NaN) : columnMeans(cost),
    answers: beliefs,
  };
}

/** The same for all bandits on the same training rows. */
function axesOf(train: Training, { dimensions }: BanditParams, { once, rng }: Context): PrincipalComponents {
  return once(`principal components/${dimensions}`, [train.features], () =>
    principalComponents(train.features, { width: dimensions, random: rng.fork('principal components') }),
  );
}

/** queries x (components + 1): the query along each component, then 1. */
export function contexts(axes: PrincipalComponents, features: Matrix): Matrix {
  return hstack([alongComponents(axes, features), matrix(features.rows, 1, 1)]);
}

function observed(quality: Matrix, m: number): Int32Array {
  return Int32Array.from(column(quality, m).keys()).filter((i) => !Number.isNaN(at(quality, i, m)));
}

function fromTable(
  from: {
    readonly x: Matrix;
    readonly quality: Matrix;
    readonly m: number;
    readonly rows: Int32Array;
    readonly ridge: number;
  },
  belief: number,
): Arm {
  const { x, quality, m, rows, ridge } = from;
  const products = gram(x, { rows });
  const outcomes = { rows: quality.rows, cols: 1, data: column(quality, m) };
  const coefficients = choleskySolve(choleskyShifted(products, ridge), crossProduct(x, outcomes, { rows }));
  const scaled = { ...products, data: products.data.map((value) => (value * belief) / rows.length) };
  return {
    coefficients: Float64Array.from(coefficients.data),
    covariance: choleskySolve(choleskyShifted(scaled, ridge), diagonal(x.cols, 1)),
  };
}

function diagonal(n: number, value: number): Matrix {
  const out = matrix(n, n);
  for (let i = 0; i < n; i++) out.data[i * n + i] = value;
  return out;
}

const usual = (values: readonly number[]): number => (values.length === 0 ? 0 : mean(values));

/** What is expected of each model on each query, and one standard error of it in units of an outcome's deviation. */
export interface Outlook {
  readonly means: Matrix;
  readonly widths: Matrix;
}

export function outlook(features: Matrix, { axes, arms }: BanditState): Outlook {
  const x = contexts(axes, features);
  const [means, widths] = [matrix(x.rows, arms.length), matrix(x.rows, arms.length)];
  for (let i = 0; i < x.rows; i++) {
    const z = row(x, i);
    for (const [m, { coefficients, covariance }] of arms.entries()) {
      means.data[i * arms.length + m] = dot(z, coefficients);
      widths.data[i * arms.length + m] = Math.sqrt(Math.max(0, dot(z, times(covariance, z))));
    }
  }
  return { means, widths };
}

/** Expected quality less lambda times the mean cost of each model; one of unknown cost is as dear as the others are on average. */
export function lessCost(quality: Matrix, { costs }: BanditState, lambda: number): Matrix {
  if (lambda === 0) return quality;
  const instead = mean(costs);
  const price = costs.map((cost) => (Number.isNaN(cost) ? instead : cost)).map((cost) => cost || 0);
  const data = quality.data.map((value, cell) => value - lambda * price[cell % quality.cols]!);
  return { ...quality, data };
}

/** Chances of being chosen with `epsilon` of them dealt out evenly. */
export function mixed(chances: Matrix, epsilon: number): Matrix {
  const data = chances.data.map((share) => (1 - epsilon) * share + epsilon / chances.cols);
  return { ...chances, data };
}

/**
 * The state after one more answer, by recursive least squares, which is Sherman and Morrison's update of the inverse:
 * the model's past counts `forgetting` times what it did. Forgetting rests while some coefficient is less certain
 * than at a cold start, or a direction that is never asked about would grow without bound.
 */
export function updateBandit(feedback: Feedback, state: BanditState, params: BanditParams): BanditState {
  const { model, quality, cost } = feedback;
  const [costs, answers] = [state.costs.slice(), state.answers.slice()];
  const memory = params.forgetting === 1 ? Number.POSITIVE_INFINITY : 1 / (1 - params.forgetting);
  answers[model] = Math.min(answers[model]! + 1, memory);
  if (cost !== undefined && !Number.isNaN(cost)) {
    const before = costs[model]!;
    costs[model] = Number.isNaN(before) ? cost : before + (cost - before) / answers[model]!;
  }
  if (Number.isNaN(quality)) return { ...state, costs, answers };
  const z = row(contexts(state.axes, feedback.input.features), 0);
  const arms = state.arms.map((arm, m) => (m === model ? learned(arm, { z, quality }, params) : arm));
  return { ...state, arms, costs, answers };
}

function learned(
  { coefficients, covariance }: Arm,
  { z, quality }: { readonly z: Numbers; readonly quality: number },
  { forgetting, ridge }: BanditParams,
): Arm {
  const d = z.length;
  const certain = coefficients.every((_, j) => at(covariance, j, j) <= 1 / ridge);
  const kept = certain ? forgetting : 1;
  const direction = times(covariance, z);
  const size = kept + dot(z, direction);
  const surprise = quality - dot(z, coefficients);
  const data = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++)
      data[i * d + j] = (at(covariance, i, j) - (direction[i]! * direction[j]!) / size) / kept;
  return {
    coefficients: coefficients.map((value, j) => value + (direction[j]! * surprise) / size),
    covariance: { rows: d, cols: d, data },
  };
}

/** A symmetric matrix times a vector. */
function times({ cols, data }: Matrix, x: Numbers): Float64Array {
  const out = new Float64Array(cols);
  for (let i = 0; i < cols; i++) {
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += data[i * cols + j]! * x[j]!;
    out[i] = sum;
  }
  return out;
}
