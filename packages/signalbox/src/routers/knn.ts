import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Encoded, Router } from '../core/router.ts';
import { columnMeans } from '../core/table.ts';
import { type Matrix, matrix, row } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import { admitNeighbour, type KnnNewcomer, predictNeighbour } from './knn-newcomer.ts';
import { poolMeans, withColumn } from './shared/admitted.ts';
import { centredErrors } from './shared/centred.ts';
import {
  growingSums,
  type NeighbourSums,
  type Neighbours,
  neighbours,
  outOfFoldNeighbours,
  sumOver,
} from './shared/neighbours.ts';

const params = z.strictObject({
  /** Candidates; the best by inner folds is kept. */
  k: z.array(z.int().positive()).min(1).default([10, 20, 40, 80]),
  /** Rows' worth of belief in the model's own mean. */
  kappa: z.number().nonnegative().default(5),
});
type Params = z.infer<typeof params>;
type State = {
  readonly features: Matrix;
  readonly quality: Matrix;
  readonly means: Float64Array;
  readonly k: number;
  /** Models that joined after the fit, in their order; absent where none did. */
  readonly newcomers?: readonly KnnNewcomer[];
};

/** Mean outcome of the k nearest training queries by cosine, shrunk to the model's mean; exact search. k by inner folds. */
export const knn: Router<Params, State> = {
  name: 'knn',
  summary: 'mean outcome of the nearest training queries',
  params,
  needs: { features: true, group: false },
  fit: (train, { k: candidates, kappa }, context) => {
    const { quality } = train.table;
    const means = columnMeans(quality);
    const near = outOfFoldNeighbours(train.features, train.folds, widest(candidates), context);
    const errors = errorsOf(near, { quality, means, candidates, kappa });
    return {
      features: train.features,
      quality,
      means,
      k: candidates[Math.max(0, argmax(errors.map((error) => -error)))]!,
    };
  },
  predict: (input, state, { k, kappa }, context) => {
    const trained = predictTrained(input, state, { k, kappa }, context);
    const { newcomers = [] } = state;
    if (newcomers.length === 0) return { quality: trained };
    const settings = { expected: poolMeans(trained), candidates: k, kappa };
    const columns = newcomers.map((one) => predictNeighbour(input.features, one, settings, context));
    return { quality: columns.reduce(withColumn, trained) };
  },
  admit: (newcomer, state, { k, kappa }, context) => {
    const expected = poolMeans(predictTrained(newcomer, state, { k, kappa }, context));
    const joined = admitNeighbour(newcomer, expected, { candidates: k, kappa }, context);
    return { ...state, newcomers: [...(state.newcomers ?? []), joined] };
  },
  explain: (_, { k }) => [`The outcomes of the ${k} most similar training queries decide.`],
};

/** A few rows at a time: of thousands of models all predictions would be many times the table. */
function errorsOf(
  { indices, k: width }: Neighbours,
  {
    quality,
    means,
    candidates,
    kappa,
  }: Pick<State, 'quality' | 'means'> & { readonly candidates: readonly number[]; readonly kappa: number },
): number[] {
  const errors = candidates.map(() => centredErrors(quality));
  const step = Math.max(1, Math.floor(2 ** 20 / quality.cols));
  for (let start = 0; start < quality.rows; start += step) {
    const some = { indices: indices.subarray(start * width, (start + step) * width), k: width };
    const sumsOver = growingSums(some, quality);
    for (const [c, k] of candidates.entries()) {
      const expected = shrinkTo(means, sumsOver(k), kappa);
      for (let i = 0; i < expected.rows; i++) errors[c]!.add(start + i, row(expected, i));
    }
  }
  return errors.map((one) => one.mean());
}

function predictTrained(
  { features }: Pick<Encoded, 'features'>,
  state: State,
  { k, kappa }: Params,
  context: Context,
): Matrix {
  const near = neighbours(features, state.features, widest(k), context);
  return shrinkTo(state.means, sumOver(near, state.quality, state.k), kappa);
}

function widest(candidates: readonly number[]): number {
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
