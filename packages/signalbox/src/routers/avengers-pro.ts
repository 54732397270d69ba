import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Router, Training } from '../core/router.ts';
import { type Matrix, matrix, type Numbers, row } from '../math/matrix.ts';
import { admitToMeans, clamped } from './shared/admitted.ts';
import { centredError } from './shared/centred.ts';
import {
  type Clusters,
  findClusters,
  type Membership,
  membership,
  outOfFoldMembership,
} from './shared/near-clusters.ts';
import { inOwnOrder } from './shared/row-order.ts';
import { overall, shrink, tally } from './shared/shrunken.ts';

const params = z.strictObject({
  /** What of a model is summed over the nearest clusters: its score there, or one over its rank by that score. */
  reading: z.enum(['score', 'rank']).default('score'),
  /** Share of quality in a model's score in a cluster; the rest is cheapness. 1: quality alone. */
  alpha: z.number().min(0).max(1).default(1),
  /** Candidate numbers of clusters; the best by inner folds is kept. */
  k: z.array(z.int().positive()).min(1).default([10, 25, 50]),
  /** Clusters that a query asks. */
  nearest: z.int().positive().default(3),
  /** How fast a cluster's weight falls with its cosine distance. */
  beta: z.number().nonnegative().default(9),
  /** Clusters of fewer training rows are not asked. */
  smallest: z.int().positive().default(5),
  /** Rows' worth of belief in a model's mean over all clusters. */
  kappa: z.number().nonnegative().default(10),
  restarts: z.int().positive().default(10),
});
type Params = z.infer<typeof params>;
type State = {
  /** At length 1. */
  readonly centres: Matrix;
  /** Clusters x models, shrunken means; NaN for a model never observed. */
  readonly means: Matrix;
  readonly overall: Float64Array;
  /** Clusters x models of the training table: mean cost as a share of the dearest model's there; null without costs. */
  readonly expense: Matrix | null;
  /** Models of the training table. */
  readonly pool: number;
};

/**
 * Avengers-Pro (2508.12631): k-means on the encoded training queries; in each cluster a model's score is alpha x its
 * accuracy, brought to [0, 1] between the worst and the best model there, + (1 - alpha) x (1 - its cost over the
 * dearest model's). A query sums over its nearest clusters, weighted by softmax(-beta x cosine distance), and takes
 * the model of the greatest sum. The released code sums one over each model's rank in a cluster (`rank`); the scores
 * themselves are the other reading (`score`). Shipped are 25 or 35 clusters, the nearest 3 or 1, beta 9, alpha .7 or .45.
 *
 * Departures. The number of clusters is chosen by inner folds; accuracies are shrunk to each model's own mean,
 * clusters of a few rows are not asked, and models closer than two points count as two points apart, since the noise
 * of a tie would else be blown up to all of [0, 1]. Of ten restarts of k-means each sees 2,000 rows at most, and the
 * best is finished on all. A sum is put between the lowest and the highest accuracy of the clusters asked, where the
 * order of models remains, so that it reads as an expected outcome and a policy can weigh it against cost. Only
 * `predict` reads alpha: one fit serves all its values. A model that joins is placed among those of the training
 * table, whose own places stay; its cost is not known and counts as the dearest.
 */
export const avengersPro: Router<Params, State> = {
  name: 'avengers-pro',
  summary: "scores or ranks of each model in the query's nearest clusters (Avengers-Pro)",
  paper: '2508.12631',
  params,
  needs: { features: true, group: false },
  variants: { score: { reading: 'score' }, rank: { reading: 'rank' } },
  fit: (given, params, context) => {
    const { alpha, kappa } = params;
    if (alpha < 1 && given.table.cost === undefined)
      throw new SignalboxError(
        'table',
        `avengers-pro was given alpha ${alpha}, but ${given.table.name} records no cost; record it, or leave alpha at 1.`,
      );
    const train = inOwnOrder(given, context);
    const { quality } = train.table;
    const { centres, labels } = chosenClusters(train, params, context);
    const material = tally(quality, labels, centres.rows);
    return {
      centres,
      means: shrink(material, kappa),
      overall: overall(material),
      expense: expenses(train.table, { labels, size: centres.rows, kappa }),
      pool: quality.cols,
    };
  },
  predict: ({ features }, state, params, context) => {
    const asked = membership(features, state.centres, params, context);
    const scores = clusterScores(state, params);
    const quality = matrix(features.rows, state.means.cols);
    for (let i = 0; i < quality.rows; i++)
      quality.data.set(expectedOutcomes(asked, i, scores), i * quality.cols);
    return { quality };
  },
  admit: ({ features, quality }, state, { kappa }, context) => {
    const cells = membership(features, state.centres, { nearest: 1, beta: 0 }, context).clusters;
    const { means, overall } = admitToMeans({ table: state, cells, quality, kappa });
    return { ...state, means, overall };
  },
  explain: (_, { centres }, { nearest }) => [
    `The ${Math.min(nearest, centres.rows)} nearest of ${centres.rows} clusters of training queries decide.`,
  ],
};

/** By the error of accuracies summed over the nearest clusters, each row by the other folds. */
function chosenClusters(train: Training, params: Params, context: Context): Clusters {
  const { features, folds, table } = train;
  let best: { error: number; clusters: Clusters } | undefined;
  for (const [done, k] of params.k.entries()) {
    context.progress('avengers-pro', done, params.k.length);
    const clusters = findClusters(features, { ...params, k, name: 'avengers-pro' }, context);
    const asked = membership(features, clusters.centres, params, context);
    const { quality } = table;
    const expected = outOfFoldMembership(asked, { quality, clusters, folds, kappa: params.kappa });
    const error = centredError(quality, expected);
    if (best === undefined || error < best.error) best = { error, clusters };
  }
  context.progress('avengers-pro', params.k.length, params.k.length);
  return best!.clusters;
}

/** Where a cost was never observed it is NaN. */
function expenses(
  { cost }: Dataset,
  { labels, size, kappa }: { readonly labels: Int32Array; readonly size: number; readonly kappa: number },
): Matrix | null {
  if (cost === undefined) return null;
  const out = shrink(tally(cost, labels, size), kappa);
  for (let c = 0; c < size; c++) {
    const own = row(out, c);
    const most = extremes(own).high;
    for (let m = 0; m < own.length; m++) own[m] = most > 0 ? own[m]! / most : 0;
  }
  return out;
}

interface Scores {
  /** Clusters x models. */
  readonly scores: Matrix;
  /** Lowest accuracy of each cluster, and how far the highest lies above it. */
  readonly low: Float64Array;
  readonly spread: Float64Array;
}

/** Models closer than this are no further apart than chance puts them. */
const narrowest = 0.02;

function clusterScores({ means, expense, pool }: State, { alpha, reading }: Params): Scores {
  const [low, spread] = [new Float64Array(means.rows), new Float64Array(means.rows)];
  const scores = matrix(means.rows, means.cols);
  for (let c = 0; c < means.rows; c++) {
    const [own, to] = [row(means, c), row(scores, c)];
    const ends = extremes(own.subarray(0, pool));
    low[c] = ends.low;
    spread[c] = Math.max(ends.high - ends.low, narrowest);
    for (let m = 0; m < own.length; m++) {
      // A newcomer may be better than all, or worse: by no more than the others lie apart.
      const accuracy = Math.min(2, Math.max(-1, (own[m]! - low[c]!) / spread[c]!));
      const share = expense?.data[c * pool + m];
      const dear = m >= pool || share === undefined || Number.isNaN(share) ? 1 : share;
      to[m] = expense === null ? accuracy : alpha * accuracy + (1 - alpha) * (1 - dear);
    }
    if (reading === 'rank') to.set(reciprocalRanks(to, pool));
  }
  return { scores, low, spread };
}

/** Without NaN; 0 where nothing is left. */
function extremes(values: ArrayLike<number>): { low: number; high: number } {
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  return known.length === 0 ? { low: 0, high: 0 } : { low: Math.min(...known), high: Math.max(...known) };
}

/** Equals share the better rank; who joined stands between the ranks of the pool, which stay as they are. */
function reciprocalRanks(scores: Numbers, pool: number): Float64Array {
  const among = scores.subarray(0, pool);
  return Float64Array.from(scores, (score, m) => {
    if (Number.isNaN(score)) return score;
    const rank = 1 + among.filter((other) => other > score).length;
    return 1 / (m < pool || among.includes(score) ? rank : rank - 0.5);
  });
}

function expectedOutcomes(
  { nearest, clusters, weights }: Membership,
  query: number,
  { scores, low, spread }: Scores,
): Float64Array {
  const sums = new Float64Array(scores.cols);
  let [from, width] = [0, 0];
  for (let j = query * nearest; j < (query + 1) * nearest; j++) {
    const [cluster, weight] = [clusters[j]!, weights[j]!];
    from += weight * low[cluster]!;
    width += weight * spread[cluster]!;
    for (let m = 0; m < sums.length; m++) sums[m]! += weight * scores.data[cluster * scores.cols + m]!;
  }
  return sums.map((sum) => clamped(from + width * sum));
}
