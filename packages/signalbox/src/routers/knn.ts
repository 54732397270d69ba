import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { columnMeans } from '../core/table.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { centredError } from './centred.ts';
import { type NeighbourSums, neighbours, outOfFoldNeighbours, sumOver } from './neighbours.ts';

const params = z.strictObject({
  /** Candidates; the best by inner folds is kept. */
  k: z.array(z.int().positive()).min(1).default([10, 20, 40, 80]),
  /** Rows' worth of belief in the model's own mean. */
  kappa: z.number().nonnegative().default(5),
});
type State = {
  readonly features: Matrix;
  readonly quality: Matrix;
  readonly means: Float64Array;
  readonly k: number;
};

/** Mean outcome of the k nearest training queries by cosine, shrunk to the model's mean; exact search. k by inner folds. */
export const knn: Router<z.infer<typeof params>, State> = {
  name: 'knn',
  summary: 'mean outcome of the nearest training queries',
  params,
  needs: { features: true, group: false },
  fit: (train, { k: candidates, kappa }, context) => {
    const { quality } = train.table;
    const means = columnMeans(quality);
    const near = outOfFoldNeighbours(train.features, train.folds, widest(candidates), context);
    let best = { k: candidates[0]!, error: Number.POSITIVE_INFINITY };
    for (const k of candidates) {
      const error = centredError(quality, shrinkTo(means, sumOver(near, quality, k), kappa));
      if (error < best.error) best = { k, error };
    }
    return { features: train.features, quality, means, k: best.k };
  },
  predict: ({ features }, state, { k, kappa }, context) => {
    const near = neighbours(features, state.features, widest(k), context);
    return { quality: shrinkTo(state.means, sumOver(near, state.quality, state.k), kappa) };
  },
  explain: (_, { k }) => [`The outcomes of the ${k} most similar training queries decide.`],
};

/** Asked by every router that shares neighbours, so that one search serves them all. */
export function widest(candidates: readonly number[]): number {
  return Math.max(...candidates);
}

function shrinkTo(means: Float64Array, { sums, counts }: NeighbourSums, kappa: number): Matrix {
  const out = matrix(sums.rows, sums.cols);
  for (let i = 0; i < out.data.length; i++) {
    const prior = means[i % sums.cols]!;
    const n = counts.data[i]!;
    out.data[i] = n + kappa === 0 ? prior : (sums.data[i]! + (kappa > 0 ? kappa * prior : 0)) / (n + kappa);
  }
  return out;
}
