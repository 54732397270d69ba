import { expectedUnder } from '../core/choice.ts';
import type { Forecasts, Policy } from '../core/policy.ts';
import type { CurvePoint } from '../core/results.ts';
import { column, type Matrix, matrix } from '../math/matrix.ts';
import { costToReach, hull, meanHeight, type Point } from './hull.ts';
import type { Statistic } from './statistic.ts';

/**
 * What a swept policy did on each row. From one point of a sweep to the next few rows change, so that only the
 * first point is held whole and then the changes, point by point: a mean over rows costs rows + changes.
 */
export interface Sweep {
  readonly parameters: readonly (number | null)[];
  /** Of the first point, per row. */
  readonly quality: Float64Array;
  readonly cost: Float64Array;
  readonly changes: Changes;
}

interface Changes {
  readonly point: Int32Array;
  readonly row: Int32Array;
  readonly quality: Float64Array;
  readonly cost: Float64Array;
}

/** Observed outcomes on the compared rows: rows x models, complete. */
export interface Observed {
  readonly quality: Matrix;
  readonly cost: Matrix;
}

/** The one way to a cost-quality curve: the policy's parameter swept, its choices valued by what was observed. */
export function sweep(forecasts: Forecasts, policy: Policy, observed: Observed): Sweep {
  const points = policy.sweep(forecasts, policy.params.parse({}));
  const room = matrix(forecasts.quality.rows, forecasts.quality.cols);
  return fromPoints(
    points.map((params) => policy.parameter(params)),
    (j) => outcomes(policy.utility(forecasts, points[j]!, undefined, room), observed),
  );
}

/** What is to be expected on each row of the choices of these utilities. */
export function outcomes(utility: Matrix, observed: Observed): { quality: Float64Array; cost: Float64Array } {
  const [quality, cost] = expectedUnder(utility, [observed.quality, observed.cost]);
  return { quality: quality!, cost: cost! };
}

/** The single models as a sweep: each is a point. */
export function singlesSweep(observed: Observed): Sweep {
  return fromPoints(
    Array.from({ length: observed.quality.cols }, () => null),
    (m) => ({ quality: column(observed.quality, m), cost: column(observed.cost, m) }),
  );
}

/** A sweep from what each of its points gives on every row. */
export function fromPoints(
  parameters: readonly (number | null)[],
  valuesAt: (point: number) => { quality: Float64Array; cost: Float64Array },
): Sweep {
  const first = valuesAt(0);
  let changes = roomFor(first.quality.length);
  let count = 0;
  let before = first;
  for (let point = 1; point < parameters.length; point++) {
    const now = valuesAt(point);
    for (let i = 0; i < now.quality.length; i++) {
      const dq = now.quality[i]! - before.quality[i]!;
      const dc = now.cost[i]! - before.cost[i]!;
      if (dq === 0 && dc === 0) continue;
      if (count === changes.point.length) changes = roomFor(2 * count, changes);
      changes.point[count] = point;
      changes.row[count] = i;
      changes.quality[count] = dq;
      changes.cost[count++] = dc;
    }
    before = now;
  }
  return {
    parameters,
    ...first,
    changes: {
      point: changes.point.slice(0, count),
      row: changes.row.slice(0, count),
      quality: changes.quality.slice(0, count),
      cost: changes.cost.slice(0, count),
    },
  };
}

/** For so many changes, and those known so far. */
function roomFor(size: number, known?: Changes): Changes {
  const room = {
    point: new Int32Array(size),
    row: new Int32Array(size),
    quality: new Float64Array(size),
    cost: new Float64Array(size),
  };
  if (known === undefined) return room;
  for (const field of ['point', 'row', 'quality', 'cost'] as const) room[field].set(known[field]);
  return room;
}

/** Mean cost and quality of each point of a sweep. */
export function pointsOf({ parameters, quality, cost, changes }: Sweep, weights?: Uint16Array): CurvePoint[] {
  const { point, row, quality: dq, cost: dc } = changes;
  const factors = weights ?? new Uint16Array(quality.length).fill(1);
  let n = 0;
  let sumQ = 0;
  let sumC = 0;
  for (let i = 0; i < quality.length; i++) {
    const weight = factors[i]!;
    n += weight;
    sumQ += weight * quality[i]!;
    sumC += weight * cost[i]!;
  }
  const points: CurvePoint[] = [];
  let [q, c, e] = [sumQ, sumC, 0];
  for (const [j, parameter] of parameters.entries()) {
    sumQ = 0;
    sumC = 0;
    for (; e < point.length && point[e] === j; e++) {
      const weight = factors[row[e]!]!;
      sumQ += weight * dq[e]!;
      sumC += weight * dc[e]!;
    }
    q += sumQ;
    c += sumC;
    points.push({ cost: c / n, quality: q / n, parameter });
  }
  return points;
}

export const shareLevels = ['95', '98', '99'] as const;

/** What every curve of one comparison is measured against, in one sample of its rows. */
interface Beside {
  /** The cheapest and the dearest single model's cost: AIQ's range. */
  readonly from: number;
  readonly to: number;
  readonly cheapest: Point;
  /** The single models' own AIQ: the zero-router's. */
  readonly aiq: number;
  readonly bestQuality: number;
  readonly bestCost: number;
}

/** The single models and the best of them, sample by sample of one design, each computed once for all curves. */
export type Reference = (weights: Uint16Array, sample: number) => Beside;

export function curveReference(
  singles: Sweep,
  best: { readonly quality: Float64Array; readonly cost: Float64Array },
): Reference {
  const known: Beside[] = [];
  return (weights, sample) => {
    known[sample] ??= beside(singles, best, weights);
    return known[sample];
  };
}

function beside(
  singles: Sweep,
  best: { readonly quality: Float64Array; readonly cost: Float64Array },
  weights: Uint16Array,
): Beside {
  const alone = pointsOf(singles, weights);
  const range = alone.map(({ cost }) => cost);
  const [from, to] = [Math.min(...range), Math.max(...range)];
  return {
    from,
    to,
    cheapest: alone[range.indexOf(from)]!,
    aiq: meanHeight(hull<Point>(alone), from, to),
    bestQuality: weightedMean(best.quality, weights),
    bestCost: weightedMean(best.cost, weights),
  };
}

/**
 * Of a sweep, as a statistic of the rows: AIQ, AIQ less the single models' own (the zero-router's), and the
 * cost at 95, 98 and 99 % of best single's quality as a share of best single's cost, read on the hull.
 */
export function curveStatistic(swept: Sweep, reference: Reference): Statistic {
  return (weights, sample) => {
    const { from, to, cheapest, aiq: zero, bestQuality, bestCost } = reference(weights, sample);
    const corners = hull<Point>([...pointsOf(swept, weights), cheapest]);
    const aiq = meanHeight(corners, from, to);
    const reach = shareLevels.map(
      (level) => costToReach(corners, (Number(level) / 100) * bestQuality) / bestCost,
    );
    return [aiq, aiq - zero, ...reach];
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
