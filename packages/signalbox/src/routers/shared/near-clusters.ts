import type { Context } from '../../core/context.ts';
import { assign, kmeans, lloyd } from '../../math/kmeans.ts';
import { multiplyTransposed, normaliseRows } from '../../math/linear.ts';
import { type Matrix, matrix, row, selectRows } from '../../math/matrix.ts';
import { descending } from '../../math/order.ts';
import { shuffle } from '../../math/rng.ts';
import { unit } from './neighbours.ts';
import { shrink, tally } from './shrunken.ts';

/** Clusters of the training rows: centres at length 1, and the nearest of each row. */
export interface Clusters {
  readonly centres: Matrix;
  readonly labels: Int32Array;
}

/** Rows that a restart sees at most. */
const sample = 2000;

/**
 * k-means by several restarts, each on a part of the rows where they are many; the best is finished on all. Clusters
 * of fewer than `smallest` rows are left out, and their rows go to the nearest of the others.
 */
export function findClusters(
  features: Matrix,
  args: { readonly k: number; readonly restarts: number; readonly smallest: number; readonly name: string },
  context: Context,
): Clusters {
  const x = unit(features, context);
  const { k, restarts, smallest } = args;
  const random = context.rng.fork(`${args.name}/${k}`);
  const rows = shuffle(
    Int32Array.from({ length: x.rows }, (_, i) => i),
    random.fork('sample'),
  );
  const { signal } = context;
  const some = x.rows > sample ? selectRows(x, rows.subarray(0, sample)) : x;
  const first = kmeans(some, { k, rng: random, restarts, iterations: 30, signal });
  const { centres, labels } = some === x ? first : lloyd(x, first.centres, { iterations: 10, signal });
  const sizes = new Int32Array(centres.rows);
  for (const label of labels) sizes[label]!++;
  const kept = Int32Array.from(sizes.keys()).filter((c) => sizes[c]! >= smallest);
  const unitCentres = normaliseRows(kept.length === 0 ? centres : selectRows(centres, kept));
  return { centres: unitCentres, labels: assign(x, unitCentres) };
}

/** The nearest clusters of each query, and the weights with which they are asked: queries x nearest. */
export interface Membership {
  readonly nearest: number;
  readonly clusters: Int32Array;
  readonly weights: Float64Array;
}

/** Weights are softmax(-beta x cosine distance) over the nearest clusters. */
export function membership(
  features: Matrix,
  centres: Matrix,
  args: { readonly nearest: number; readonly beta: number },
  context: Context,
): Membership {
  const cosines = multiplyTransposed(unit(features, context), centres);
  const nearest = Math.min(args.nearest, centres.rows);
  const out = {
    nearest,
    clusters: new Int32Array(cosines.rows * nearest),
    weights: new Float64Array(cosines.rows * nearest),
  };
  for (let i = 0; i < cosines.rows; i++) {
    const own = row(cosines, i);
    const near = descending(own).slice(0, nearest);
    const raw = near.map((c) => Math.exp(args.beta * (own[c]! - own[near[0]!]!)));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    near.forEach((c, j) => {
      out.clusters[i * nearest + j] = c;
      out.weights[i * nearest + j] = raw[j]! / total;
    });
  }
  return out;
}

/** For each row the weighted shrunken means of its nearest clusters, computed without its own inner fold. */
export function outOfFoldMembership(
  asked: Membership,
  args: {
    readonly quality: Matrix;
    readonly clusters: Clusters;
    readonly folds: Int32Array;
    readonly kappa: number;
  },
): Matrix {
  const { quality, clusters, folds, kappa } = args;
  const out = matrix(quality.rows, quality.cols);
  for (const fold of new Set(folds)) {
    const material = tally(quality, clusters.labels, clusters.centres.rows, (i) => folds[i] === fold);
    const means = shrink(material, kappa);
    for (let i = 0; i < quality.rows; i++) {
      if (folds[i] !== fold) continue;
      for (let j = 0; j < asked.nearest; j++) {
        const [cluster, weight] = [
          asked.clusters[i * asked.nearest + j]!,
          asked.weights[i * asked.nearest + j]!,
        ];
        for (let m = 0; m < quality.cols; m++)
          out.data[i * quality.cols + m]! += weight * means.data[cluster * quality.cols + m]!;
      }
    }
  }
  return out;
}
