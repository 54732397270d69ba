import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { assign, kmeansMany } from '../math/kmeans.ts';
import { type Matrix, matrix, row } from '../math/matrix.ts';
import { admitToMeans } from './shared/admitted.ts';
import { centredErrors } from './shared/centred.ts';
import { unit } from './shared/neighbours.ts';
import { overall, shrink, tally } from './shared/shrunken.ts';

const params = z.strictObject({
  /** Candidate numbers of clusters; the best by inner folds is kept. */
  k: z.array(z.int().positive()).min(1).default([5, 10, 20, 40]),
  kappa: z.number().nonnegative().default(10),
});
type State = { readonly centres: Matrix; readonly means: Matrix; readonly overall: Float64Array };

/** k-means on the encoded training queries; in each cluster the shrunken mean of each model. A query takes its nearest cluster's. */
export const clusters: Router<z.infer<typeof params>, State> = {
  name: 'clusters',
  summary: "each model's shrunken training mean in the query's cluster",
  params,
  needs: { features: true, group: false },
  fit: ({ table, features, folds }, { k: candidates, kappa }, context) => {
    const x = unit(features, context);
    const { quality } = table;
    const wanted = candidates.map((k) => ({ k, rng: context.rng.fork(`clusters/${k}`) }));
    const { signal } = context;
    let best: { error: number; centres: Matrix; labels: Int32Array } | undefined;
    for (const { centres, labels } of kmeansMany(x, wanted, { restarts: 2, iterations: 30, signal })) {
      const means = foldMeans({ quality, labels, folds, size: centres.rows, kappa });
      const errors = centredErrors(quality);
      labels.forEach((label, i) => {
        errors.add(i, row(means.get(folds[i]!)!, label));
      });
      const error = errors.mean();
      if (best === undefined || error < best.error) best = { error, centres, labels };
    }
    const { centres, labels } = best!;
    const material = tally(quality, labels, centres.rows);
    return { centres, means: shrink(material, kappa), overall: overall(material) };
  },
  predict: ({ queries, features }, { centres, means }, _, context) => {
    const labels = assign(unit(features, context), centres);
    const quality = matrix(queries.length, means.cols);
    labels.forEach((cluster, i) => {
      quality.data.set(row(means, cluster), i * means.cols);
    });
    return { quality };
  },
  admit: ({ features, quality }, { centres, ...table }, { kappa }, context) => {
    const cells = assign(unit(features, context), centres);
    const { means, overall } = admitToMeans({ table, cells, quality, kappa });
    return { centres, means, overall };
  },
  explain: (_, { centres }) => [`The nearest of ${centres.rows} clusters of training queries decides.`],
};

interface Celled {
  readonly quality: Matrix;
  /** Cell of each row; -1 = none. */
  readonly labels: Int32Array;
  readonly folds: Int32Array;
  readonly size: number;
  readonly kappa: number;
}

/** Shrunken means of each cell without the rows of one inner fold, by fold. */
function foldMeans({ quality, labels, folds, size, kappa }: Celled): Map<number, Matrix> {
  const without = (fold: number): Matrix =>
    shrink(
      tally(quality, labels, size, (i) => folds[i] === fold),
      kappa,
    );
  return new Map(Array.from(new Set(folds), (fold) => [fold, without(fold)]));
}

/** For each row its cell's shrunken means, computed without the row's own inner fold. */
export function outOfFoldMeans(args: Celled): Matrix {
  const { quality, labels, folds } = args;
  const out = matrix(quality.rows, quality.cols, Number.NaN);
  const means = foldMeans(args);
  folds.forEach((fold, i) => {
    if (labels[i]! >= 0) out.data.set(row(means.get(fold)!, labels[i]!), i * quality.cols);
  });
  return out;
}
