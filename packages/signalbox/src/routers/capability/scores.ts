import { crossProduct, multiply, multiplyTransposed } from '../../math/linear.ts';
import { type Matrix, matrix, row } from '../../math/matrix.ts';
import { cellLoss } from '../shared/cell-descent.ts';
import { columnSums } from '../shared/embedllm-scores.ts';

type Own = Matrix & { readonly data: Float64Array };

/**
 * What is learned: the log odds of a model of profile c on query e, near which it scored t in the test, are
 * bias + byQuery . e + byModel . c + byTest t + (left e) . (right c).
 */
export type CapabilityWeights = {
  /** One cell. */
  readonly bias: Float64Array;
  readonly byQuery: Float64Array;
  readonly byModel: Float64Array;
  /** One cell. */
  readonly byTest: Float64Array;
  /** Rank x cells of a query. */
  readonly left: Own;
  /** Rank x cells of a profile. */
  readonly right: Own;
};

/** Log odds, queries x models. `x`: the cells of e, then t of each model. */
export function capabilityScores(weights: CapabilityWeights, x: Matrix, profiles: Matrix): Matrix {
  const { bias, byQuery, byModel, byTest, left, right } = weights;
  const { e, near } = parted(x, byQuery.length);
  const out = multiplyTransposed(multiplyTransposed(e, left), multiplyTransposed(profiles, right));
  const query = multiply(e, asColumn(byQuery)).data;
  const model = multiply(profiles, asColumn(byModel)).data;
  for (let c = 0; c < out.data.length; c++)
    out.data[c]! +=
      bias[0]! + query[Math.floor(c / out.cols)]! + model[c % out.cols]! + byTest[0]! * near.data[c]!;
  return out;
}

export interface CapabilityBatch {
  /** As for the scores. */
  readonly x: Matrix;
  /** Models x cells. */
  readonly profiles: Matrix;
  readonly outcomes: Matrix;
  /** Weight of the group loss beside the log loss. */
  readonly group: number;
}

/** Mean log loss of cells + group x group loss, and its slopes: bias, byQuery, byModel, byTest, left, right. */
export function capabilityGradients(
  weights: CapabilityWeights,
  { x, profiles, outcomes, group }: CapabilityBatch,
): { loss: number; slopes: Float64Array[] } {
  const scores = capabilityScores(weights, x, profiles);
  const { e, near } = parted(x, weights.byQuery.length);
  const [cells, groups] = [cellLoss(scores, outcomes), groupLoss(scores, outcomes)];
  const by = cells.slopes;
  for (let c = 0; c < by.data.length; c++) by.data[c]! += group * groups.slopes.data[c]!;
  const [query, model] = [multiplyTransposed(e, weights.left), multiplyTransposed(profiles, weights.right)];
  const perQuery = matrix(e.rows, 1);
  for (let c = 0; c < by.data.length; c++) perQuery.data[Math.floor(c / by.cols)]! += by.data[c]!;
  const perModel = columnSums(by);
  let perTest = 0;
  for (let c = 0; c < by.data.length; c++) perTest += by.data[c]! * near.data[c]!;
  return {
    loss: cells.loss + group * groups.loss,
    slopes: [
      columnSums(perQuery),
      plain(crossProduct(perQuery, e)),
      plain(crossProduct(asColumn(perModel), profiles)),
      Float64Array.of(perTest),
      plain(crossProduct(multiply(by, model), e)),
      plain(crossProduct(crossProduct(by, query), profiles)),
    ],
  };
}

/**
 * Who did best on a query against those who did worse: -log softmax of the one's score among theirs, as heavy as it
 * did better than they on average; the mean over all queries and models.
 */
export function groupLoss(scores: Matrix, outcomes: Matrix): { loss: number; slopes: Matrix } {
  const slopes = matrix(scores.rows, scores.cols);
  let [loss, total] = [0, 0];
  for (let i = 0; i < scores.rows; i++) {
    const [s, y, slope] = [row(scores, i), row(outcomes, i), row(slopes, i)];
    let most = Number.NEGATIVE_INFINITY;
    for (const score of s) most = Math.max(most, score);
    for (let m = 0; m < y.length; m++) {
      let [gap, n, sum] = [0, 0, Math.exp(s[m]! - most)];
      for (let j = 0; j < y.length; j++) {
        if (!(y[j]! < y[m]!)) continue;
        gap += y[m]! - y[j]!;
        sum += Math.exp(s[j]! - most);
        n++;
      }
      if (n === 0) continue;
      const weight = gap / n;
      loss += weight * (Math.log(sum) - (s[m]! - most));
      total += weight;
      for (let j = 0; j < y.length; j++)
        if (j === m || y[j]! < y[m]!) slope[j]! += weight * (Math.exp(s[j]! - most) / sum);
      slope[m]! -= weight;
    }
  }
  if (total === 0) return { loss: 0, slopes };
  for (let c = 0; c < slopes.data.length; c++) slopes.data[c]! /= total;
  return { loss: loss / total, slopes };
}

function parted(x: Matrix, width: number): { e: Matrix; near: Matrix } {
  const [e, near] = [matrix(x.rows, width), matrix(x.rows, x.cols - width)];
  for (let i = 0; i < x.rows; i++) {
    const own = row(x, i);
    e.data.set(own.subarray(0, width), i * width);
    near.data.set(own.subarray(width), i * near.cols);
  }
  return { e, near };
}

function asColumn(data: Float64Array): Matrix {
  return { rows: data.length, cols: 1, data };
}

const plain = ({ data }: Matrix): Float64Array => Float64Array.from(data);
