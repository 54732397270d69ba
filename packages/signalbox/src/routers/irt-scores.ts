import { crossProduct, multiply, multiplyTransposed } from '../math/linear.ts';
import { sigmoid } from '../math/logistic.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { cellLoss } from './shared/cell-descent.ts';
import { columnSums } from './shared/embedllm-scores.ts';

type Own = Matrix & { readonly data: Float64Array };

/** What is learned: the log odds of model m on query x are a(x) . vectors[m] - b(x), a = softplus(discrimination x + base), b = difficulty x + level. */
export type ItemWeights = {
  /** Dimensions x features. */
  readonly discrimination: Own;
  readonly base: Float64Array;
  /** 1 x features. */
  readonly difficulty: Own;
  /** One cell. */
  readonly level: Float64Array;
  /** Abilities, models x dimensions. */
  readonly vectors: Own;
};

export interface Items {
  /** Discriminations, queries x dimensions, above 0. */
  readonly a: Own;
  /** Difficulties. */
  readonly b: Float64Array;
}

export function itemsOf(weights: Omit<ItemWeights, 'vectors'>, x: Matrix): Items {
  const inner = innerOf(weights, x);
  const a = { ...inner, data: Float64Array.from(inner.data, softplus) };
  const hard = multiplyTransposed(x, weights.difficulty);
  return { a, b: Float64Array.from(hard.data, (value) => value + weights.level[0]!) };
}

/** Log odds, queries x models. */
export function itemScores({ a, b }: Items, vectors: Matrix): Matrix {
  const out = multiplyTransposed(a, vectors);
  for (let c = 0; c < out.data.length; c++) out.data[c]! -= b[Math.floor(c / out.cols)]!;
  return out;
}

/**
 * Mean log loss over observed cells plus `prior` / 2 x the squared length of the abilities, and its slopes:
 * discrimination, base, difficulty, level, vectors.
 */
export function itemGradients(
  weights: ItemWeights,
  { x, outcomes, prior }: { readonly x: Matrix; readonly outcomes: Matrix; readonly prior: number },
): { loss: number; slopes: Float64Array[] } {
  const { vectors } = weights;
  const items = itemsOf(weights, x);
  const { loss, slopes } = cellLoss(itemScores(items, vectors), outcomes);
  const inner = innerOf(weights, x);
  const byInner = multiply(slopes, vectors);
  for (let c = 0; c < inner.data.length; c++) byInner.data[c]! *= sigmoid(inner.data[c]!);
  const byHard = matrix(x.rows, 1);
  for (let c = 0; c < slopes.data.length; c++) byHard.data[Math.floor(c / slopes.cols)]! -= slopes.data[c]!;
  const byVectors = Float64Array.from(crossProduct(slopes, items.a).data);
  let length = 0;
  vectors.data.forEach((value, c) => {
    byVectors[c]! += prior * value;
    length += value * value;
  });
  return {
    loss: loss + (prior / 2) * length,
    slopes: [
      Float64Array.from(crossProduct(byInner, x).data),
      columnSums(byInner),
      Float64Array.from(crossProduct(byHard, x).data),
      columnSums(byHard),
      byVectors,
    ],
  };
}

function innerOf({ discrimination, base }: Pick<ItemWeights, 'discrimination' | 'base'>, x: Matrix): Matrix {
  const out = multiplyTransposed(x, discrimination);
  for (let c = 0; c < out.data.length; c++) out.data[c]! += base[c % base.length]!;
  return out;
}

function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}
