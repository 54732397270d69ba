import { multiplyTransposed } from '../math/linear.ts';
import { type Matrix, matrix, row } from '../math/matrix.ts';
import { addProduct } from '../math/product.ts';
import { addScaled, throughUnit, unitRows } from './shared/unit-rows.ts';

/** What is learned: the score of model m on query x is mix . (v_m o projection x), v_m = vectors' row m at length 1. */
export type PairWeights = {
  /** Dimensions x features. */
  readonly projection: Matrix & { readonly data: Float64Array };
  /** Models x dimensions. */
  readonly vectors: Matrix & { readonly data: Float64Array };
  readonly mix: Float64Array;
};

/** Models x dimensions: mix o v_m, so that scores are the inner products of its rows with the projected query. */
function directions({ vectors, mix }: PairWeights): Matrix {
  const { unit } = unitRows(vectors);
  for (let c = 0; c < unit.data.length; c++) unit.data[c]! *= mix[c % unit.cols]!;
  return unit;
}

/** n x models. */
export function pairScores(weights: PairWeights, x: Matrix): Matrix {
  return multiplyTransposed(multiplyTransposed(x, weights.projection), directions(weights));
}

export interface PairGradients {
  readonly loss: number;
  readonly projection: Float64Array;
  readonly vectors: Float64Array;
  readonly mix: Float64Array;
}

/** Log loss over all pairs of models that differ on a row, and its gradients; `outcomes` has the rows of x. */
export function pairGradients(weights: PairWeights, x: Matrix, outcomes: Matrix): PairGradients {
  const projected = multiplyTransposed(x, weights.projection);
  const models = unitRows(weights.vectors);
  const towards = directions(weights);
  const { loss, slopes } = pairLoss(multiplyTransposed(projected, towards), outcomes);
  const [n, m, d] = [x.rows, slopes.cols, projected.cols];
  const down = { data: slopes.data, stride: m, rows: m, transposed: true };
  const byDirection = matrix(m, d);
  addProduct(
    down,
    { data: projected.data, stride: d, rows: d, transposed: true },
    { data: byDirection.data, depth: n },
  );
  const byProjected = matrix(n, d);
  addProduct(
    { data: slopes.data, stride: m, rows: n, transposed: false },
    { data: towards.data, stride: d, rows: d, transposed: true },
    { data: byProjected.data, depth: m },
  );
  const projection = new Float64Array(weights.projection.data.length);
  addProduct(
    { data: byProjected.data, stride: d, rows: d, transposed: true },
    { data: x.data, stride: x.cols, rows: x.cols, transposed: true },
    { data: projection, depth: n },
  );
  const mix = new Float64Array(d);
  for (let c = 0; c < byDirection.data.length; c++)
    mix[c % d]! += byDirection.data[c]! * models.unit.data[c]!;
  for (let c = 0; c < byDirection.data.length; c++) byDirection.data[c]! *= weights.mix[c % d]!;
  return { loss, projection, vectors: throughUnit(models, byDirection).data, mix };
}

/**
 * Mean over pairs of -log sigmoid(score of the better - score of the worse), each pair as heavy as its outcomes
 * differ; a tie weighs nothing, nor does a pair that was not observed. 0 where there is no pair.
 */
export function pairLoss(scores: Matrix, outcomes: Matrix): { loss: number; slopes: Matrix } {
  const slopes = matrix(scores.rows, scores.cols);
  let loss = 0;
  let total = 0;
  for (let i = 0; i < scores.rows; i++) {
    const [s, q, slope] = [row(scores, i), row(outcomes, i), row(slopes, i)];
    for (let better = 0; better < q.length; better++) {
      for (let worse = 0; worse < q.length; worse++) {
        const gap = q[better]! - q[worse]!;
        if (!(gap > 0)) continue;
        const margin = s[better]! - s[worse]!;
        const small = Math.exp(-Math.abs(margin));
        loss += gap * (Math.log1p(small) + Math.max(-margin, 0));
        total += gap;
        const force = gap * ((margin >= 0 ? small : 1) / (1 + small));
        slope[better]! -= force;
        slope[worse]! += force;
      }
    }
  }
  if (total === 0) return { loss: 0, slopes };
  const scaled = matrix(slopes.rows, slopes.cols);
  addScaled(scaled.data, slopes.data, 1 / total);
  return { loss: loss / total, slopes: scaled };
}
