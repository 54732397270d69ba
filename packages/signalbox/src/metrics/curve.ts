import { shares, valueOf } from '../core/choice.ts';
import type { Forecasts, Policy } from '../core/policy.ts';
import type { CurvePoint } from '../core/results.ts';
import { type Matrix, matrix32 } from '../math/matrix.ts';
import { costToReach, hull, meanHeight, type Point } from './hull.ts';
import type { Statistic } from './statistic.ts';

/** What a swept policy did on each row: rows x points. */
export interface Sweep {
  readonly parameters: readonly (number | null)[];
  readonly quality: Matrix;
  readonly cost: Matrix;
}

/** Observed outcomes on the compared rows: rows x models, complete. */
export interface Observed {
  readonly quality: Matrix;
  readonly cost: Matrix;
}

/** The one way to a cost-quality curve: the policy's parameter swept, its choices valued by what was observed. */
export function sweep(forecasts: Forecasts, policy: Policy, observed: Observed): Sweep {
  const points = policy.sweep(forecasts, policy.params.parse({}));
  const values = points.map((params) => {
    const share = shares(policy.utility(forecasts, params));
    return { quality: valueOf(share, observed.quality), cost: valueOf(share, observed.cost) };
  });
  return {
    parameters: points.map((params) => policy.parameter(params)),
    quality: columns(values.map(({ quality }) => quality)),
    cost: columns(values.map(({ cost }) => cost)),
  };
}

/** The single models as a sweep: each is a point. */
export function singlesSweep(observed: Observed): Sweep {
  return { parameters: Array.from({ length: observed.quality.cols }, () => null), ...observed };
}

function columns(list: readonly Float64Array[]): Matrix {
  const rows = list[0]?.length ?? 0;
  const out = matrix32(rows, list.length);
  list.forEach((values, j) => {
    for (let i = 0; i < rows; i++) out.data[i * list.length + j] = values[i]!;
  });
  return out;
}

/** Mean cost and quality of each point of a sweep. */
export function pointsOf(swept: Sweep, weights?: Uint16Array): CurvePoint[] {
  const qualities = weightedMeans(swept.quality, weights);
  const costs = weightedMeans(swept.cost, weights);
  return swept.parameters.map((parameter, j) => ({ cost: costs[j]!, quality: qualities[j]!, parameter }));
}

export const shareLevels = ['95', '98', '99'] as const;

/**
 * Of a sweep, as a statistic of the rows: AIQ, AIQ less the single models' own (the zero-router's), and the
 * cost at 95, 98 and 99 % of best single's quality as a share of best single's cost, read on the hull.
 */
export function curveStatistic(swept: Sweep, singles: Sweep, best: { quality: Float64Array; cost: Float64Array }): Statistic {
  return (weights) => {
    const alone = pointsOf(singles, weights);
    const range = alone.map(({ cost }) => cost);
    const [from, to] = [Math.min(...range), Math.max(...range)];
    const cheapest = alone[range.indexOf(from)]!;
    const corners = hull<Point>([...pointsOf(swept, weights), cheapest]);
    const aiq = meanHeight(corners, from, to);
    const [quality, cost] = [weightedMean(best.quality, weights), weightedMean(best.cost, weights)];
    const reach = shareLevels.map((level) => costToReach(corners, (Number(level) / 100) * quality) / cost);
    return [aiq, aiq - meanHeight(hull<Point>(alone), from, to), ...reach];
  };
}

export function weightedMean(values: Float64Array, weights: Uint16Array): number {
  let [sum, n] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += weights[i]! * values[i]!;
    n += weights[i]!;
  }
  return sum / n;
}

function weightedMeans(values: Matrix, weights?: Uint16Array): Float64Array {
  const { rows, cols, data } = values;
  const out = new Float64Array(cols);
  let n = 0;
  for (let i = 0; i < rows; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    if (weight === 0) continue;
    n += weight;
    for (let j = 0, cell = i * cols; j < cols; j++, cell++) out[j]! += weight * data[cell]!;
  }
  return out.map((sum) => sum / n);
}
