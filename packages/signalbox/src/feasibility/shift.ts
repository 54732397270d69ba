import type { Estimate } from '../core/results.ts';
import { normalQuantile } from '../math/hypothesis.ts';
import { fitLogistic, predictLogistic } from '../math/logistic.ts';
import { type Matrix, selectRows } from '../math/matrix.ts';
import { mean } from '../math/order.ts';
import { type Rng, rng, shuffle } from '../math/rng.ts';

export interface ShiftInput {
  /** Encoded rows of the table and of live traffic, by the same encoder. */
  readonly table: Matrix;
  readonly live: Matrix;
  /** Rows of one text share a number, across both. */
  readonly clusters?: { readonly table: Int32Array; readonly live: Int32Array };
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Shift {
  /** Of a classifier that tells live rows from the table's; .5 = alike. Mean over folds, 95 % interval by DeLong. */
  readonly auc: Estimate;
  /** Of each table row: density in live traffic over density in the table, clipped; mean about 1. */
  readonly weights: Float64Array;
  readonly effectiveSampleSize: number;
  /** True where too few rows speak for live traffic: then no weighted value may be told. */
  readonly refused: boolean;
}

const folds = 5;
/** Rows of either side that a fold's classifier is fitted on at most. */
const mostRows = 4000;
const penalty = 1;
/** Greatest weight of a row. */
const clip = 20;
const [fewest, leastShare] = [200, 0.1];

/** Two-sample test by a cross-fitted logistic regression (Lopez-Paz and Oquab 2017), whose odds weigh the table's rows. */
export function compareFeatures(input: ShiftInput): Shift {
  const { table, live, seed, signal } = input;
  if (table.cols !== live.cols)
    throw new RangeError(`the table's rows have ${table.cols} features, live rows ${live.cols}`);
  const random = rng(`shift/${seed}`);
  const [own, other] = foldsOf(input, random);
  const weights = new Float64Array(table.rows).fill(Number.NaN);
  const parts: Auc[] = [];
  for (let fold = 0; fold < folds; fold++) {
    signal?.throwIfAborted();
    const [inTable, inLive] = [placesOf(own, fold), placesOf(other, fold)];
    const kept = { table: outside(own, fold, random), live: outside(other, fold, random) };
    const x = stack(selectRows(table, kept.table), selectRows(live, kept.live));
    const y = new Float64Array(x.rows).fill(1, kept.table.length);
    const state = fitLogistic({ x, y, penalty, signal });
    const negatives = predictLogistic(state, selectRows(table, inTable));
    const positives = predictLogistic(state, selectRows(live, inLive));
    if (negatives.length > 1 && positives.length > 1) parts.push(aucOf(positives, negatives));
    const odds = kept.table.length / Math.max(kept.live.length, 1);
    inTable.forEach((row, i) => {
      weights[row] = Math.min(clip, (odds * negatives[i]!) / Math.max(1 - negatives[i]!, 1e-12));
    });
  }
  const effective = effectiveSampleSize(weights);
  return {
    auc: aucEstimate(parts, table.rows + live.rows),
    weights,
    effectiveSampleSize: effective,
    refused: !(effective >= fewest && effective >= leastShare * table.rows),
  };
}

/** (sum w)^2 / sum w^2: so many rows of equal weight would tell as much. */
export function effectiveSampleSize(weights: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (const w of weights) {
    sum += w;
    squares += w * w;
  }
  return squares > 0 ? sum ** 2 / squares : 0;
}

/** sum w y / sum w with its 95 % interval, the weights taken as known. */
export function weightedMean(values: Float64Array, weights: Float64Array): Estimate {
  const total = weights.reduce((a, b) => a + b, 0);
  const value = values.reduce((sum, y, i) => sum + weights[i]! * y, 0) / total;
  const squares = values.reduce((sum, y, i) => sum + (weights[i]! * (y - value)) ** 2, 0);
  const reach = (normalQuantile(0.975) * Math.sqrt(squares)) / total;
  return { value, low: value - reach, high: value + reach, n: values.length };
}

/** Folds of the table's and of live rows, dealt out by cluster. */
function foldsOf({ table, live, clusters }: ShiftInput, random: Rng): [Int32Array, Int32Array] {
  const plain = (rows: number, from: number): Int32Array =>
    Int32Array.from({ length: rows }, (_, i) => from + i);
  const own = clusters?.table ?? plain(table.rows, 0);
  const other = clusters?.live ?? plain(live.rows, table.rows);
  const fold = new Map<number, number>();
  const deal = (list: Int32Array): void => {
    const fresh = [...new Set(list)].filter((cluster) => !fold.has(cluster));
    shuffle(fresh, random).forEach((cluster, i) => {
      fold.set(cluster, i % folds);
    });
  };
  // Each side by itself, so that both have their share in every fold.
  deal(own);
  deal(other);
  const places = (list: Int32Array): Int32Array => list.map((cluster) => fold.get(cluster)!);
  return [places(own), places(other)];
}

function placesOf(folded: Int32Array, fold: number): Int32Array {
  return Int32Array.from(folded.keys()).filter((i) => folded[i] === fold);
}

function outside(folded: Int32Array, fold: number, random: Rng): Int32Array {
  const rows = Int32Array.from(folded.keys()).filter((i) => folded[i] !== fold);
  return rows.length <= mostRows ? rows : shuffle(rows, random).slice(0, mostRows);
}

/** One matrix above the other. */
function stack(a: Matrix, b: Matrix): Matrix {
  const data = new Float64Array((a.rows + b.rows) * a.cols);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { rows: a.rows + b.rows, cols: a.cols, data };
}

interface Auc {
  readonly value: number;
  readonly variance: number;
}

/** Area under the curve with the variance of DeLong, DeLong and Clarke-Pearson (1988). */
function aucOf(positives: Float64Array, negatives: Float64Array): Auc {
  const [above, below] = [positives.slice().sort(), negatives.slice().sort()];
  const ofPositive = positives.map((score) => shareBelow(below, score));
  const ofNegative = negatives.map((score) => 1 - shareBelow(above, score));
  return {
    value: mean(ofPositive),
    variance: spread(ofPositive) / positives.length + spread(ofNegative) / negatives.length,
  };
}

/** Share of sorted numbers below a value, equal ones counted half. */
function shareBelow(sorted: Float64Array, value: number): number {
  const place = (before: (x: number) => boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(sorted[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (place((x) => x < value) + place((x) => x <= value)) / (2 * sorted.length);
}

function spread(values: Float64Array): number {
  const middle = mean(values);
  return values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (values.length - 1);
}

function aucEstimate(parts: readonly Auc[], n: number): Estimate {
  if (parts.length === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN, n };
  const value = mean(parts.map((part) => part.value));
  const variance = parts.reduce((sum, part) => sum + part.variance, 0) / parts.length ** 2;
  const reach = normalQuantile(0.975) * Math.sqrt(variance);
  return { value, low: Math.max(0, value - reach), high: Math.min(1, value + reach), n };
}
