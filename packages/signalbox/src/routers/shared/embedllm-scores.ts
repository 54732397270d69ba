import { crossProduct, multiply, multiplyTransposed } from '../../math/linear.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import { cellLoss } from './cell-descent.ts';

type Own = Matrix & { readonly data: Float64Array };

/** What is learned: the log odds of model m on query x are mix . (vectors[m] o (projection x + shift)) + bias. */
export type FactorWeights = {
  /** Dimensions x features. */
  readonly projection: Own;
  readonly shift: Float64Array;
  /** Models x dimensions. */
  readonly vectors: Own;
  readonly mix: Float64Array;
  /** One cell. */
  readonly bias: Float64Array;
};

/** Queries x dimensions: projection x + shift. */
export function projected({ projection, shift }: FactorWeights, x: Matrix): Matrix {
  const out = multiplyTransposed(x, projection);
  for (let c = 0; c < out.data.length; c++) out.data[c]! += shift[c % shift.length]!;
  return out;
}

/** Queries x dimensions: what the log odds gain by each cell of a model's vector. */
export function factorDesign(weights: FactorWeights, x: Matrix): Matrix {
  const out = projected(weights, x);
  for (let c = 0; c < out.data.length; c++) out.data[c]! *= weights.mix[c % out.cols]!;
  return out;
}

/** Log odds, queries x models. */
export function factorScores(weights: FactorWeights, x: Matrix): Matrix {
  const out = multiplyTransposed(factorDesign(weights, x), weights.vectors);
  for (let c = 0; c < out.data.length; c++) out.data[c]! += weights.bias[0]!;
  return out;
}

/** Mean log loss over observed cells, and its slopes: projection, shift, vectors, mix, bias. */
export function factorGradients(
  weights: FactorWeights,
  x: Matrix,
  outcomes: Matrix,
): { loss: number; slopes: Float64Array[] } {
  const inner = projected(weights, x);
  const { mix, vectors } = weights;
  const towards = matrix(vectors.rows, vectors.cols);
  for (let c = 0; c < towards.data.length; c++) towards.data[c] = vectors.data[c]! * mix[c % vectors.cols]!;
  const scores = multiplyTransposed(inner, towards);
  for (let c = 0; c < scores.data.length; c++) scores.data[c]! += weights.bias[0]!;
  const { loss, slopes } = cellLoss(scores, outcomes);
  const byTowards = crossProduct(slopes, inner);
  const byInner = multiply(slopes, towards);
  const [byVectors, byMix] = [new Float64Array(vectors.data.length), new Float64Array(mix.length)];
  for (let c = 0; c < byVectors.length; c++) {
    byVectors[c] = byTowards.data[c]! * mix[c % vectors.cols]!;
    byMix[c % vectors.cols]! += byTowards.data[c]! * vectors.data[c]!;
  }
  const byBias = columnSums({ rows: slopes.data.length, cols: 1, data: slopes.data });
  const byProjection = Float64Array.from(crossProduct(byInner, x).data);
  return { loss, slopes: [byProjection, columnSums(byInner), byVectors, byMix, byBias] };
}

/** Sum of each column. */
export function columnSums(m: Matrix): Float64Array {
  const out = new Float64Array(m.cols);
  for (let c = 0; c < m.data.length; c++) out[c % m.cols]! += m.data[c]!;
  return out;
}
