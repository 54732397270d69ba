import { at, type Matrix, matrix, row } from '../math/matrix.ts';
import { argmax, mean } from '../math/order.ts';

/** RouterEval's measures (arXiv 2503.10657) of what a router chose on test rows. `scores` is test rows x models. */

/** Greatest score of each row. */
export function oracleValues(scores: Matrix): Float64Array {
  return Float64Array.from({ length: scores.rows }, (_, i) => at(scores, i, argmax(row(scores, i))));
}

/** Mean score of each row: what a uniformly random choice expects. */
export function randomValues(scores: Matrix): Float64Array {
  return Float64Array.from({ length: scores.rows }, (_, i) => mean(row(scores, i)));
}

/** r_o(p): the oracle's choice with probability p, any other with 1 - p; expected, where the released code draws. */
export function gaugeValues(scores: Matrix, p: number): Float64Array {
  const [best, any] = [oracleValues(scores), randomValues(scores)];
  return best.map((value, i) => p * value + (1 - p) * any[i]!);
}

/** Probabilities of r_o(p): the share of each score in its row (uniform where all are 0), mixed with the uniform. */
export function gaugeProbabilities(scores: Matrix, p: number): Matrix {
  const out = rowShares(scores);
  for (let c = 0; c < out.data.length; c++) out.data[c] = p * out.data[c]! + (1 - p) / scores.cols;
  return out;
}

/** The p at which r_o(p) does as well; below 0 for what does worse than chance, null where the oracle is no better than it. */
export function skill(mu: number, { oracle, random }: { oracle: number; random: number }): number | null {
  return oracle - random > 1e-12 ? (mu - random) / (oracle - random) : null;
}

/** E_p: mean entropy in bits of what a router gives each model; log2 m at most. */
export function classificationBias(probabilities: Matrix): number {
  let bits = 0;
  for (const p of probabilities.data) if (p > 1e-10) bits -= p * Math.log2(p);
  return bits / probabilities.rows;
}

/** Each cell's share of its row; uniform where a row has nothing. */
export function rowShares(values: Matrix): Matrix {
  const out = matrix(values.rows, values.cols);
  for (let i = 0; i < values.rows; i++) {
    let sum = 0;
    for (let j = 0; j < values.cols; j++) sum += at(values, i, j);
    for (let j = 0; j < values.cols; j++)
      out.data[i * values.cols + j] = sum > 0 ? at(values, i, j) / sum : 1 / values.cols;
  }
  return out;
}

/** Softmax of each row. */
export function softmaxRows(values: Matrix): Matrix {
  const out = matrix(values.rows, values.cols);
  for (let i = 0; i < values.rows; i++) {
    const cells = row(values, i);
    const most = cells[argmax(cells)] ?? 0;
    for (let j = 0; j < values.cols; j++) out.data[i * values.cols + j] = Math.exp(cells[j]! - most);
  }
  return rowShares(out);
}
