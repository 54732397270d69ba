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
  const won = new Uint8Array(utility.cols);
  for (let i = 0, cell = 0; i < utility.rows; i++) {
    const part = 1 / winners(utility, i, won);
    for (let m = 0; m < utility.cols; m++, cell++) out.data[cell] = won[m] === 1 ? part : 0;
  }
  return out;
}

/** Marks with 1 whom this row's utilities choose, all where the row has no number; how many those are. */
function winners({ cols, data }: Matrix, row: number, won: Uint8Array): number {
  const from = row * cols;
  let most = Number.NEGATIVE_INFINITY;
  for (let m = 0; m < cols; m++) if (data[from + m]! > most) most = data[from + m]!;
  let count = 0;
  for (let m = 0; m < cols; m++) {
    won[m] = wins(data[from + m]!, most) ? 1 : 0;
    count += won[m]!;
  }
  if (count > 0) return count;
  won.fill(1);
  return cols;
}

function wins(value: number, most: number): boolean {
  return value === most || value >= most - tied * Math.max(1, Math.abs(most));
}

/** Models of one query, the best first; equals in the pool's order. */
export function ranking(utility: Matrix, query: number): number[] {
  return descending(utility.data.subarray(query * utility.cols, (query + 1) * utility.cols));
}

/** Of each of `values`, its expectation under the choice of these utilities, as `expectedOf` their shares. */
export function expectedUnder(utility: Matrix, values: readonly Matrix[]): Float64Array[] {
  const { rows, cols } = utility;
  const out = values.map(() => new Float64Array(rows));
  const won = new Uint8Array(cols);
  for (let i = 0; i < rows; i++) {
    const part = 1 / winners(utility, i, won);
    for (let v = 0; v < values.length; v++) {
      const { data } = values[v]!;
      let sum = 0;
      for (let m = 0; m < cols; m++) if (won[m] === 1) sum += part * data[i * cols + m]!;
      out[v]![i] = sum;
    }
  }
  return out;
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
