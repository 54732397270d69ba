import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Router, Training } from '../core/router.ts';
import { weightedF1 } from '../math/f1.ts';
import { assign, kmeansMany } from '../math/kmeans.ts';
import { normaliseRows } from '../math/linear.ts';
import { at, type Matrix, matrix, row } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import { outOfFoldMeans } from './clusters.ts';
import { unit } from './shared/neighbours.ts';
import { shrink, tally } from './shared/shrunken.ts';

const params = z.strictObject({
  /** Candidate numbers of clusters; the one whose best members are worth most over the inner folds is kept, of equals the fewest. */
  k: z.array(z.int().positive()).min(1).default([5, 10, 20, 50]),
  /** Candidates for the training accuracy from which on a model belongs to a cluster's set; the one of the greatest weighted F1 over the inner folds is kept. */
  thresholds: z.array(z.number().min(0).max(1)).min(1).default([0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99]),
});

type State = {
  readonly centres: Matrix;
  /** Clusters x models: training accuracy of the members of a cluster's set, NaN for the others. */
  readonly members: Matrix;
  readonly threshold: number;
};

/**
 * The clusters of 2405.00467: k-means on the training queries; a cluster's set is the models whose training
 * accuracy there reaches a threshold, else its best one. A member is predicted its accuracy in the query's
 * cluster; models outside the set are masked. Departures: the encoder's features as they are, not those of a
 * fine-tuned RoBERTa (with the encoder `tfidf` they are words, where the paper has subwords); clusters and
 * threshold are fitted on training rows alone, where the released code clusters the test rows with them and
 * shows thresholds chosen by hand (.45, .99); k is chosen, not 50; a set is no jury, a policy takes one of it,
 * where the paper pools its votes.
 */
export const clusterSets: Router<z.infer<typeof params>, State> = {
  name: 'cluster-sets',
  summary: "the models that do well in the query's cluster, by their training accuracy there",
  paper: '2405.00467',
  params,
  needs: { features: true, group: false },
  fit: (train, { k, thresholds }, context) => {
    const { centres, labels, outOfFold } = chooseClusters(train, k, context);
    const { quality } = train.table;
    const threshold = chooseThreshold(quality, outOfFold, thresholds);
    const accuracy = shrink(tally(quality, labels, centres.rows), 0);
    return { centres, members: membersOnly(accuracy, threshold), threshold };
  },
  predict: ({ queries, features }, { centres, members }, _, context) => {
    const quality = matrix(queries.length, members.cols);
    assign(unit(features, context), centres).forEach((cluster, i) => {
      quality.data.set(row(members, cluster), i * members.cols);
    });
    const capable = { ...quality, data: quality.data.map((value) => Number(!Number.isNaN(value))) };
    return { quality, capable };
  },
  explain: ({ features }, { centres, members, threshold }, _, models) => {
    const cluster = assign(normaliseRows(features), centres)[0] ?? 0;
    const set = models.filter((_, m) => !Number.isNaN(at(members, cluster, m)));
    return [
      `In the nearest of ${centres.rows} clusters of training queries, ${set.join(', ')} reached ${Math.round(100 * threshold)} % or did best.`,
    ];
  },
};

interface Clusters {
  readonly centres: Matrix;
  readonly labels: Int32Array;
  /** For each training row the models' accuracies in its cluster, without the row's own inner fold. */
  readonly outOfFold: Matrix;
}

/** On 11,000 rows more of either moves the clusters' inertia by less than a hundredth, and costs minutes in a study. */
const effort = { restarts: 1, iterations: 15 };

/** What is chosen within a set is its best member, and the best of a cluster is in its set whatever the threshold: k is chosen first. */
function chooseClusters(
  { table: { quality }, features, folds }: Training,
  candidates: readonly number[],
  context: Context,
): Clusters {
  const x = unit(features, context);
  const ascending = [...candidates].sort((a, b) => a - b);
  const wanted = ascending.map((k) => ({ k, rng: context.rng.fork(`cluster-sets/${k}`) }));
  let best: (Clusters & { readonly value: number }) | undefined;
  for (const { centres, labels } of kmeansMany(x, wanted, { ...effort, signal: context.signal })) {
    const outOfFold = outOfFoldMeans({ quality, labels, folds, size: centres.rows, kappa: 0 });
    const value = valueOfBest(quality, outOfFold);
    if (best === undefined || value > best.value) best = { centres, labels, outOfFold, value };
  }
  return best!;
}

/** Mean observed quality of the model that is predicted best, over the rows where it is observed. */
function valueOfBest(quality: Matrix, predicted: Matrix): number {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < quality.rows; i++) {
    const best = argmax(row(predicted, i));
    const value = best === -1 ? Number.NaN : at(quality, i, best);
    if (Number.isNaN(value)) continue;
    sum += value;
    n++;
  }
  return n === 0 ? 0 : sum / n;
}

/** How well membership tells over all models where they are right (quality above .5); of equals the nearest to .5. */
function chooseThreshold(quality: Matrix, outOfFold: Matrix, candidates: readonly number[]): number {
  let best = { threshold: candidates[0]!, f1: -1 };
  for (const threshold of [...candidates].sort((a, b) => Math.abs(a - 0.5) - Math.abs(b - 0.5))) {
    const members = membersOnly(outOfFold, threshold);
    const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
    for (let cell = 0; cell < quality.data.length; cell++) {
      const value = quality.data[cell]!;
      if (Number.isNaN(value)) continue;
      const member = !Number.isNaN(members.data[cell]!);
      counts[member ? (value > 0.5 ? 'tp' : 'fp') : value > 0.5 ? 'fn' : 'tn']++;
    }
    const f1 = weightedF1(counts);
    if (f1 > best.f1) best = { threshold, f1 };
  }
  return best.threshold;
}

/** Accuracies of each row's set, NaN elsewhere: those that reach the threshold, else the best. */
function membersOnly(accuracy: Matrix, threshold: number): Matrix {
  const out = matrix(accuracy.rows, accuracy.cols, Number.NaN);
  for (let i = 0; i < accuracy.rows; i++) {
    const from = row(accuracy, i);
    const least = Math.min(threshold, from[argmax(from)] ?? Number.NaN);
    for (let m = 0; m < from.length; m++) if (from[m]! >= least) out.data[i * out.cols + m] = from[m]!;
  }
  return out;
}
