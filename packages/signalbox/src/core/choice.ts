import { at, type Matrix, matrix } from '../math/matrix.ts';
import { descending } from '../math/order.ts';

/** Utilities closer than this are tied: less than what rounding leaves of equal predictions. */
const tied = 1e-12;

/**
 * What a policy's utilities choose: for each query the share of each model, ties divided evenly, so that an
 * expectation over ties is exact and needs no draw. A row without any number chooses all models alike.
 */
export function shares(utility: Matrix): Matrix {
  const out = matrix(utility.rows, utility.cols);
  for (let i = 0; i < utility.rows; i++) {
    let most = Number.NEGATIVE_INFINITY;
    for (let m = 0; m < utility.cols; m++) {
      const value = at(utility, i, m);
      if (value > most) most = value;
    }
    let count = 0;
    for (let m = 0; m < utility.cols; m++) if (wins(at(utility, i, m), most)) count++;
    for (let m = 0; m < utility.cols; m++) {
      const cell = i * utility.cols + m;
      out.data[cell] = count === 0 ? 1 / utility.cols : wins(utility.data[cell]!, most) ? 1 / count : 0;
    }
  }
  return out;
}

function wins(value: number, most: number): boolean {
  return value === most || value >= most - tied * Math.max(1, Math.abs(most));
}

/** Models of one query, the best first; equals in the pool's order. */
export function ranking(utility: Matrix, query: number): number[] {
  return descending(utility.data.subarray(query * utility.cols, (query + 1) * utility.cols));
}

/** Expected value of a choice on each query: sum over models of share x value. NaN where a chosen cell is. */
export function expectedOf(share: Matrix, values: Matrix): Float64Array {
  const out = new Float64Array(share.rows);
  for (let i = 0; i < share.rows; i++) {
    let sum = 0;
    for (let m = 0; m < share.cols; m++) {
      const part = at(share, i, m);
      if (part > 0) sum += part * at(values, i, m);
    }
    out[i] = sum;
  }
  return out;
}
