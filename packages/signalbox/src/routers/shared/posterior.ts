import type { Context } from '../../core/context.ts';
import { indexGroups } from '../../core/folds.ts';
import type { Training } from '../../core/router.ts';
import { at, type Matrix, matrix, row } from '../../math/matrix.ts';
import { fitRidge, foldGrams, predictRidge } from '../../math/ridge.ts';

/** Guesses the group of a text: ridge scores on group indicators, a softmax of fitted sharpness over them. */
export type GroupPosterior = {
  readonly groups: readonly string[];
  readonly coefficients: Matrix;
  readonly intercept: Float64Array;
  readonly sharpness: number;
};

export const penalties = [1, 10, 100, 1000, 10000] as const;
const sharpnesses = [1, 2, 4, 8, 16, 32];

/** The posterior, and for each training row the probabilities by the fits that did not see its fold. */
export interface FittedPosterior {
  readonly posterior: GroupPosterior;
  readonly outOfFold: Matrix;
}

/** Shared by every router that guesses groups on the same training rows. */
export function fitPosterior(train: Training, context: Context): FittedPosterior {
  return context.once('group posterior', [train], () => fitOnce(train, context));
}

function fitOnce(train: Training, context: Context): FittedPosterior {
  const { names, of } = indexGroups(train.table.examples);
  const indicators = matrix(of.length, names.length);
  of.forEach((group, i) => {
    indicators.data[i * names.length + group] = 1;
  });
  const ridge = fitRidge({
    x: train.features,
    y: indicators,
    folds: train.folds,
    penalties,
    grams: context.once('fold grams', [train.features, train.folds], foldGrams),
    ...(context.signal && { signal: context.signal }),
  });
  let sharpness = sharpnesses[0]!;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of sharpnesses) {
    const probability = softmax(ridge.outOfFold, candidate);
    let loss = 0;
    of.forEach((group, i) => {
      loss -= Math.log(Math.max(at(probability, i, group), 1e-12));
    });
    if (loss < least) [sharpness, least] = [candidate, loss];
  }
  const { coefficients, intercept } = ridge;
  return {
    posterior: { groups: names, coefficients, intercept, sharpness },
    outOfFold: softmax(ridge.outOfFold, sharpness),
  };
}

/** queries x groups, rows sum to 1. */
export function groupProbabilities(posterior: GroupPosterior, features: Matrix): Matrix {
  return softmax(predictRidge(posterior, features), posterior.sharpness);
}

function softmax(scores: Matrix, sharpness: number): Matrix {
  const out = matrix(scores.rows, scores.cols);
  for (let i = 0; i < scores.rows; i++) {
    const from = row(scores, i);
    let most = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < from.length; j++) most = Math.max(most, from[j]!);
    let sum = 0;
    for (let j = 0; j < from.length; j++) sum += Math.exp(sharpness * (from[j]! - most));
    for (let j = 0; j < from.length; j++)
      out.data[i * scores.cols + j] = Math.exp(sharpness * (from[j]! - most)) / sum;
  }
  return out;
}
