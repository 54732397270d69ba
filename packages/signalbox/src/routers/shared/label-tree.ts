import type { Context } from '../../core/context.ts';
import { indexGroups } from '../../core/folds.ts';
import type { Training } from '../../core/router.ts';
import { normalQuantile } from '../../math/distributions.ts';
import { kmeans } from '../../math/kmeans.ts';
import { multiplyTransposed, normaliseRows } from '../../math/linear.ts';
import { type Matrix, matrix, type Numbers, row, selectRows } from '../../math/matrix.ts';
import { clamped } from './admitted.ts';
import { unit } from './neighbours.ts';
import { type Tally, tally } from './shrunken.ts';

/** Labels in two levels: the groups of the training table, and leaves below them that are told by the text. */
export type LabelTree = {
  readonly groups: readonly string[];
  /** Leaves x features, at length 1. */
  readonly centroids: Matrix;
  /** Group of each leaf. */
  readonly parent: Int32Array;
  /** Of the softmax over cosines. */
  readonly sharpness: number;
};

export interface GrownTree {
  readonly tree: LabelTree;
  /** Leaf of each training row, below its own group. */
  readonly labels: Int32Array;
  /** Rows x leaves: how likely each leaf is by the text, with centroids of the other folds. */
  readonly outOfFold: Matrix;
}

const sharpnesses = [5, 10, 20, 40, 80];

/** About as many leaves as asked for, shared out by rows: at least one for each group, none of fewer rows than `smallest` by count. */
export function growTree(
  train: Training,
  { leaves, smallest }: { readonly leaves: number; readonly smallest: number },
  context: Context,
): GrownTree {
  const { names, of } = indexGroups(train.table.examples);
  const x = unit(train.features, context);
  const labels = new Int32Array(x.rows);
  const parent: number[] = [];
  for (const g of names.keys()) {
    const rows = Int32Array.from(of.keys()).filter((i) => of[i] === g);
    const wanted = Math.min(Math.round((leaves * rows.length) / x.rows), Math.floor(rows.length / smallest));
    const found =
      wanted < 2
        ? new Int32Array(rows.length)
        : kmeans(selectRows(x, rows), {
            k: wanted,
            rng: context.rng.fork(`label tree/${names[g]}`),
            restarts: 2,
            iterations: 30,
            signal: context.signal,
          }).labels;
    const first = parent.length;
    for (const [i, leaf] of found.entries()) {
      labels[rows[i]!] = first + leaf;
      while (parent.length <= first + leaf) parent.push(g);
    }
  }
  const size = parent.length;
  const outOfFold = matrix(x.rows, size);
  for (const fold of new Set(train.folds)) {
    const rows = Int32Array.from(labels.keys()).filter((i) => train.folds[i] === fold);
    const without = meansOf(x, labels, size, (i) => train.folds[i] === fold);
    const cosines = multiplyTransposed(selectRows(x, rows), without);
    rows.forEach((i, at) => void outOfFold.data.set(row(cosines, at), i * size));
  }
  const sharpness = sharpest(outOfFold, labels);
  for (let i = 0; i < x.rows; i++) softmax(row(outOfFold, i), sharpness);
  const centroids = meansOf(x, labels, size, () => false);
  return {
    tree: { groups: names, centroids, parent: Int32Array.from(parent), sharpness },
    labels,
    outOfFold,
  };
}

/** Queries x leaves, rows sum to 1; of encoded queries at length 1. */
export function leafProbabilities(queries: Matrix, tree: LabelTree): Matrix {
  const out = multiplyTransposed(queries, tree.centroids);
  for (let i = 0; i < out.rows; i++) softmax(row(out, i), tree.sharpness);
  return out;
}

/** Leaves x models. */
export interface Suitability {
  /** Smoothed success. */
  readonly means: Matrix;
  /** What it exceeds with the confidence asked for; NaN for a model never observed. */
  readonly bounds: Matrix;
}

export interface Belief {
  /** Answers' worth of belief, in a cell, in what the level above says. */
  readonly kappa: number;
  /** A cell with fewer answers is not trusted: the level above speaks for it. */
  readonly trusted: number;
  readonly confidence: number;
}

/** A Beta posterior for each cell of the tree, its prior the cell above; rows whose `skip` is true are left out. */
export function suitability(
  quality: Matrix,
  { labels, parent }: { readonly labels: Int32Array; readonly parent: Int32Array },
  belief: Belief,
  skip?: (row: number) => boolean,
): Suitability {
  const { kappa, trusted } = belief;
  const leaves = tally(quality, labels, parent.length, skip);
  const groupsOf = labels.map((leaf) => parent[leaf]!);
  const groups = tally(quality, groupsOf, Math.max(...parent) + 1, skip);
  const { cols } = quality;
  const whole = smoothed(leaves);
  const [means, bounds] = [matrix(parent.length, cols), matrix(parent.length, cols)];
  for (const [leaf, group] of parent.entries()) {
    for (let m = 0; m < cols; m++) {
      const [own, above] = [leaf * cols + m, group * cols + m];
      const [n, nAbove] = [leaves.counts.data[own]!, groups.counts.data[above]!];
      const higher = (groups.sums.data[above]! + kappa * whole[m]!) / (nAbove + kappa);
      const mean = (leaves.sums.data[own]! + kappa * higher) / (n + kappa);
      means.data[own] = mean;
      bounds.data[own] =
        n >= trusted || nAbove === 0 ? lowerBound(mean, n, belief) : lowerBound(higher, nAbove, belief);
    }
  }
  return { means, bounds };
}

/** Success of each model over all labels, from a flat prior; NaN where it was never observed. */
function smoothed({ sums, counts }: Tally): Float64Array {
  const [right, n] = [new Float64Array(sums.cols), new Float64Array(sums.cols)];
  for (let i = 0; i < sums.data.length; i++) {
    right[i % sums.cols]! += sums.data[i]!;
    n[i % sums.cols]! += counts.data[i]!;
  }
  return right.map((sum, m) => (n[m] === 0 ? Number.NaN : (sum + 1) / (n[m]! + 2)));
}

/** What a Beta of this mean, made of n answers and the prior's, exceeds with the confidence asked for, by the normal's quantile. */
export function lowerBound(mean: number, n: number, { kappa, confidence }: Belief): number {
  return clamped(mean - normalQuantile(confidence) * Math.sqrt((mean * (1 - mean)) / (n + kappa + 1)));
}

function meansOf(x: Matrix, labels: Int32Array, size: number, skip: (row: number) => boolean): Matrix {
  const sums = matrix(size, x.cols);
  for (const [i, leaf] of labels.entries()) {
    if (skip(i)) continue;
    const [from, to] = [row(x, i), row(sums, leaf)];
    for (let j = 0; j < to.length; j++) to[j]! += from[j]!;
  }
  return normaliseRows(sums);
}

/** By the log loss of each row's own leaf. */
function sharpest(cosines: Matrix, labels: Int32Array): number {
  let best = { loss: Number.POSITIVE_INFINITY, sharpness: sharpnesses[0]! };
  for (const sharpness of sharpnesses) {
    let loss = 0;
    for (const [i, leaf] of labels.entries()) {
      const own = row(cosines, i).slice();
      softmax(own, sharpness);
      loss -= Math.log(Math.max(own[leaf]!, 1e-12));
    }
    if (loss < best.loss) best = { loss, sharpness };
  }
  return best.sharpness;
}

/** In place. */
function softmax(scores: Numbers, sharpness: number): void {
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) most = Math.max(most, score);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) {
    scores[j] = Math.exp(sharpness * (scores[j]! - most));
    sum += scores[j]!;
  }
  for (let j = 0; j < scores.length; j++) scores[j]! /= sum;
}
