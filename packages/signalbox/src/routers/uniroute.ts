import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Router, Training } from '../core/router.ts';
import { multiply, multiplyTransposed } from '../math/linear.ts';
import { at, type Matrix, matrix, row, selectRows } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import { poolMeans } from './shared/admitted.ts';
import { centredError } from './shared/centred.ts';
import { holdOut } from './shared/held-out.ts';
import { findClusters } from './shared/near-clusters.ts';
import { unit } from './shared/neighbours.ts';
import { inOwnOrder } from './shared/row-order.ts';
import { admitToClusterMeans, type ClusterMeans, fitClusterMeans } from './uniroute/cluster-means.ts';
import { learnMap, mapLoss, softMembership } from './uniroute/learned-map.ts';

const params = z.strictObject({
  /** A query's part in clusters: all in the nearest one, in all by softmax of its cosines, or by a map that is learned. */
  membership: z.enum(['hard', 'soft', 'learned']).default('soft'),
  /** Candidate numbers of clusters; the best by inner folds is kept. */
  k: z.array(z.int().positive()).min(1).default([10, 20, 40, 80]),
  /** Candidates for what cosines are multiplied by before the softmax; the best by inner folds is kept. */
  sharpness: z.array(z.number().positive()).min(1).default([10, 20, 40]),
  /** Of the learned map: candidates for the penalty on its distance from the soft one; the best on a held-out inner fold is kept. */
  penalties: z.array(z.number().positive()).min(1).default([0.3, 3, 30]),
  /** Of the learned map. */
  iterations: z.int().positive().default(25),
  restarts: z.int().positive().default(2),
});
type Params = z.infer<typeof params>;
type State = ClusterMeans & {
  /** Clusters x features: a query's scores are its inner products with these rows. */
  readonly theta: Matrix;
  /** Whether it belongs to the cluster of the highest score alone. */
  readonly hard: boolean;
};

/**
 * UniRoute (Jitkrittum and others, 2502.08773): what a model is worth on a query is Phi(x) . Psi(h), Phi the query's
 * membership in clusters, Psi the model's mean error in each of them, measured on a few labelled prompts. A model that
 * joins needs its own Psi and no training. Membership is that of k-means (`hard`) or learned (`learned`),
 * Phi_k proportional to exp(theta_k . phi(x)), by the log loss of the training models.
 *
 * Departures. Means of outcomes take the place of errors. Psi of the training models is measured on all training rows,
 * those whose clusters were found, where the paper keeps a validation set of about 400 prompts for it. Psi is shrunk:
 * to the model's own mean plus the ease of the cluster, by empirical Bayes, and each entry carries a standard error,
 * so that a newcomer of 25 answers is not believed more than that. Between the paper's two maps stands `soft`, softmax
 * of scaled cosines with the centres, from which the learned map starts and to which a penalty holds it; it learns from
 * Psi that have not seen the row's inner fold. The number of clusters and the sharpness are chosen by inner folds.
 * Cost is left to the policy.
 */
export const uniroute: Router<Params, State> = {
  name: 'uniroute',
  summary: "each model's mean outcome by cluster, mixed by the query's membership (UniRoute)",
  paper: '2502.08773',
  params,
  needs: { features: true, group: false },
  variants: {
    hard: { membership: 'hard' },
    soft: { membership: 'soft' },
    learned: { membership: 'learned' },
  },
  fit: (given, params, context) => {
    const train = inOwnOrder(given, context);
    const { theta, labels, size } = chooseClusters(train, params, context);
    const learned =
      params.membership === 'learned' ? learnOn({ train, theta, labels, size }, params, context) : theta;
    return {
      theta: learned,
      hard: params.membership === 'hard',
      ...fitClusterMeans(train.table.quality, { cells: labels, size }),
    };
  },
  predict: ({ features }, state, _, context) => ({
    quality: multiply(membership(unit(features, context), state), state.means),
  }),
  admit: ({ features, quality }, state, _, context) => {
    const shares = membership(unit(features, context), state);
    const expected = poolMeans(multiply(shares, state.means));
    const cells = Int32Array.from({ length: shares.rows }, (_, i) => argmax(row(shares, i)));
    return { ...state, ...admitToClusterMeans(state, { cells, quality, expected }) };
  },
  explain: ({ features }, state, _, models) => {
    const shares = membership(features, state);
    const cluster = argmax(row(shares, 0));
    const best = argmax(row(multiply(shares, state.means), 0));
    const share = Math.round(100 * at(shares, 0, cluster));
    const [value, error] = [at(state.means, cluster, best), at(state.errors, cluster, best)];
    return [
      `It lies to ${share} % in cluster ${cluster + 1} of ${shares.cols}, where ${models[best]} is right in ${(100 * value).toFixed(1)} % (standard error ${(100 * error).toFixed(1)}).`,
    ];
  },
};

function membership(x: Matrix, { theta, hard }: Pick<State, 'theta' | 'hard'>): Matrix {
  if (!hard) return softMembership(theta, x);
  const scores = multiplyTransposed(x, theta);
  const out = matrix(scores.rows, scores.cols);
  for (let i = 0; i < scores.rows; i++) out.data[i * scores.cols + argmax(row(scores, i))] = 1;
  return out;
}

interface Chosen {
  readonly theta: Matrix;
  /** Cluster of each training row. */
  readonly labels: Int32Array;
  readonly size: number;
}

function chooseClusters(train: Training, params: Params, context: Context): Chosen {
  const { features, folds, table } = train;
  const hard = params.membership === 'hard';
  const x = unit(features, context);
  const args = { smallest: 5, restarts: params.restarts, name: 'uniroute' };
  let best: { error: number; chosen: Chosen } | undefined;
  for (const [done, k] of params.k.entries()) {
    context.progress('uniroute', done, params.k.length);
    const { centres, labels } = findClusters(features, { ...args, k }, context);
    const size = centres.rows;
    const byFold = new Map(
      Array.from(new Set(folds), (fold) => [
        fold,
        fitClusterMeans(table.quality, { cells: labels, size, skip: (i) => folds[i] === fold }).means,
      ]),
    );
    for (const sharpness of hard ? [1] : params.sharpness) {
      const theta = { ...centres, data: centres.data.map((value) => sharpness * value) };
      const shares = membership(x, { theta, hard });
      const expected = matrix(x.rows, table.quality.cols);
      for (const [fold, means] of byFold) {
        const rows = Int32Array.from(folds.keys()).filter((i) => folds[i] === fold);
        const mixed = multiply(selectRows(shares, rows), means);
        rows.forEach((i, place) => {
          expected.data.set(row(mixed, place), i * expected.cols);
        });
      }
      const error = centredError(table.quality, expected);
      if (best === undefined || error < best.error) best = { error, chosen: { theta, labels, size } };
    }
  }
  context.progress('uniroute', params.k.length, params.k.length);
  return best!.chosen;
}

function learnOn(
  { train, theta, labels, size }: Chosen & { readonly train: Training },
  params: Params,
  context: Context,
): Matrix {
  const { table, folds, features } = train;
  const { quality } = table;
  const { kept, held } = holdOut(train);
  const x = unit(features, context);
  const [{ iterations, penalties }, { signal }] = [params, context];
  /** Rows, and for each the means of the clusters without its own fold, and without `never`. */
  const partOf = (rows: Int32Array, never: number): Parameters<typeof mapLoss>[1] => {
    const own = [...new Set(folds)];
    const tables = own.map((fold) =>
      inside(
        fitClusterMeans(quality, {
          cells: labels,
          size,
          skip: (i) => folds[i] === fold || folds[i] === never,
        }).means,
      ),
    );
    const which = Int32Array.from(rows, (i) => own.indexOf(folds[i]!));
    return { x: selectRows(x, rows), quality: selectRows(quality, rows), tables, which };
  };
  const strongest = Math.max(...penalties);
  let best = { loss: Number.POSITIVE_INFINITY, penalty: strongest };
  if (held.length > 0) {
    const [learning, looking] = [partOf(kept, 0), partOf(held, 0)];
    for (const [done, penalty] of penalties.entries()) {
      context.progress('uniroute: map', done, penalties.length + 1);
      const { loss } = mapLoss(learnMap(theta, learning, { penalty, iterations, signal }), looking);
      if (loss < best.loss) best = { loss, penalty };
    }
  }
  const all = Int32Array.from(folds.keys());
  const learned = learnMap(theta, partOf(all, -1), { penalty: best.penalty, iterations, signal });
  context.progress('uniroute: map', penalties.length + 1, penalties.length + 1);
  return learned;
}

/** Log loss asks for means off 0 and 1; of a model never observed no cell is asked. */
function inside(means: Matrix): Matrix {
  return { ...means, data: means.data.map((value) => Math.min(0.99, Math.max(0.01, value))) };
}
