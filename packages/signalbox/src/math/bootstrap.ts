import { quantile } from './order.ts';
import type { Rng } from './rng.ts';

export interface Resampling {
  /** Cluster of each row. */
  readonly clusters: Int32Array;
  /** Stratum of each row; a cluster belongs to the stratum of its first row. */
  readonly strata: Int32Array;
  readonly draws: number;
  readonly rng: Rng;
}

/**
 * How often each row is drawn, once for each draw: clusters are drawn with replacement within their stratum,
 * as many as it has. The array is the same object each time: read it before the next draw.
 */
export function* multiplicities({ clusters, strata, draws, rng }: Resampling): Generator<Uint16Array> {
  const { clusterOf, members } = grouped(clusters, strata);
  const counts = new Uint16Array(clusterOf.length === 0 ? 0 : 1 + maximum(clusterOf));
  const out = new Uint16Array(clusters.length);
  for (let draw = 0; draw < draws; draw++) {
    counts.fill(0);
    for (const stratum of members) {
      const size = stratum.length;
      for (let i = 0; i < size; i++) counts[stratum[rng.int(size)]!]!++;
    }
    for (let i = 0; i < out.length; i++) out[i] = counts[clusterOf[i]!]!;
    yield out;
  }
}

/** Clusters renumbered from 0 in the order of their first rows, and listed by stratum in that same order. */
function grouped(clusters: Int32Array, strata: Int32Array): { clusterOf: Int32Array; members: Int32Array[] } {
  const numbers = new Map<number, number>();
  const byStratum = new Map<number, number[]>();
  const clusterOf = Int32Array.from(clusters, (cluster, i) => {
    const known = numbers.get(cluster);
    if (known !== undefined) return known;
    const number = numbers.size;
    numbers.set(cluster, number);
    const stratum = byStratum.get(strata[i]!);
    if (stratum === undefined) byStratum.set(strata[i]!, [number]);
    else stratum.push(number);
    return number;
  });
  return { clusterOf, members: [...byStratum.values()].map((list) => Int32Array.from(list)) };
}

function maximum(values: Int32Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

/** The middle `level` of the draws, by linear interpolation; NaN among them is left out. */
export function percentileInterval(draws: Float64Array, level = 0.95): { low: number; high: number } {
  const sorted = draws.filter((value) => !Number.isNaN(value)).sort();
  const tail = (1 - level) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

/** Two-sided p of no difference: twice the smaller share of draws on either side of 0, from 1 / (draws + 1) to 1. */
export function twoSidedP(draws: Float64Array): number {
  let n = 0;
  let below = 0;
  let above = 0;
  for (const value of draws) {
    if (Number.isNaN(value)) continue;
    n++;
    if (value <= 0) below++;
    if (value >= 0) above++;
  }
  if (n === 0) return 1;
  return Math.min(1, Math.max((2 * Math.min(below, above)) / n, 1 / (n + 1)));
}

/**
 * Standard error of the mean difference where rows of one cluster go together (CR1: the sandwich with
 * G / (G - 1)). NaN differences are left out; NaN where fewer than two clusters are left.
 */
export function clusteredStandardError(differences: ArrayLike<number>, clusters: ArrayLike<number>): number {
  let n = 0;
  let total = 0;
  for (let i = 0; i < differences.length; i++) {
    if (Number.isNaN(differences[i]!)) continue;
    n++;
    total += differences[i]!;
  }
  const mean = total / n;
  const sums = new Map<number, number>();
  for (let i = 0; i < differences.length; i++) {
    const value = differences[i]!;
    if (Number.isNaN(value)) continue;
    const cluster = clusters[i]!;
    sums.set(cluster, (sums.get(cluster) ?? 0) + value - mean);
  }
  const count = sums.size;
  if (count < 2) return Number.NaN;
  let square = 0;
  for (const sum of sums.values()) square += sum * sum;
  return Math.sqrt((square * count) / (count - 1)) / n;
}
