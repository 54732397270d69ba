import { choleskyShifted, choleskySolve, forwardSolve } from './cholesky.ts';
import { columnMeans, crossProduct, gram } from './linear.ts';
import { type Matrix, matrix } from './matrix.ts';
import { addProduct } from './product.ts';

export interface RidgeLoo {
  readonly coefficients: Float64Array;
  readonly intercept: number;
  readonly penalty: number;
  /** Mean squared leave-one-out error of each penalty, in the order given; NaN for a single row. */
  readonly errors: Float64Array;
}

/**
 * Ridge regression of one target (y of length n, without NaN), the intercept unpenalised, with the penalty of
 * the least leave-one-out squared error in closed form: residual / (1 - leverage). By the normal equations
 * where there are at least as many rows as columns, by the kernel of rows otherwise.
 */
export function chooseRidgeByLoo(input: {
  readonly x: Matrix;
  readonly y: Float64Array;
  /** Above 0. */
  readonly penalties: readonly number[];
}): RidgeLoo {
  const { x, y, penalties } = input;
  if (!penalties.every((l) => l > 0) || penalties.length === 0) {
    throw new RangeError(`penalties [${penalties.join(', ')}]: expected one or more numbers above 0`);
  }
  const shift = columnMeans(x);
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const target: Matrix = { rows: y.length, cols: 1, data: y.map((value) => value - mean) };
  const solver = x.rows < x.cols ? dual(x, target, shift) : primal(x, target, shift);
  const errors = new Float64Array(penalties.length);
  let best = 0;
  let kept = solver(penalties[0]!);
  penalties.forEach((penalty, l) => {
    const fit = l === 0 ? kept : solver(penalty);
    errors[l] = x.rows < 2 ? Number.NaN : fit.error;
    const undecided = !(errors[l]! > errors[best]!) && !(errors[l]! < errors[best]!);
    if (errors[l]! < errors[best]! || (undecided && penalty > penalties[best]!)) [best, kept] = [l, fit];
  });
  const coefficients = kept.coefficients();
  const intercept = coefficients.reduce((sum, value, j) => sum - value * shift[j]!, mean);
  return { coefficients, intercept, penalty: penalties[best]!, errors };
}

interface Fit {
  readonly error: number;
  coefficients(): Float64Array;
}

function primal(x: Matrix, y: Matrix, shift: Float64Array): (penalty: number) => Fit {
  const a = gram(x, { shift });
  const b = crossProduct(x, y, { shift });
  // Columns of this are centred rows of x, for the leverages.
  const rows = matrix(x.cols, x.rows);
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < x.cols; j++) rows.data[j * x.rows + i] = x.data[i * x.cols + j]! - shift[j]!;
  }
  return (penalty) => {
    const factor = choleskyShifted(a, penalty);
    const beta = choleskySolve(factor, b);
    const half = forwardSolve(factor, rows).data;
    const left = Float64Array.from(y.data);
    const leverage = new Float64Array(x.rows).fill(1 / x.rows);
    for (let j = 0, c = 0; j < x.cols; j++) {
      for (let i = 0; i < x.rows; i++, c++) {
        leverage[i]! += half[c]! * half[c]!;
        left[i]! -= rows.data[c]! * beta.data[j]!;
      }
    }
    let sum = 0;
    for (let i = 0; i < x.rows; i++) sum += (left[i]! / (1 - leverage[i]!)) ** 2;
    return { error: sum / x.rows, coefficients: () => Float64Array.from(beta.data) };
  };
}

function dual(x: Matrix, y: Matrix, shift: Float64Array): (penalty: number) => Fit {
  const n = x.rows;
  const centred = { data: x.data, stride: x.cols, rows: n, transposed: false, shift };
  const kernel = matrix(n, n);
  addProduct(centred, centred, { data: kernel.data, depth: x.cols });
  const identity = matrix(n, n);
  for (let i = 0; i < n; i++) identity.data[i * n + i] = 1;
  return (penalty) => {
    const inverse = choleskySolve(choleskyShifted(kernel, penalty), identity).data;
    const alpha = matrix(n, 1);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      for (let t = 0; t < n; t++) alpha.data[i]! += inverse[i * n + t]! * y.data[t]!;
      // 1 - leverage; the mean of the rows is one more fitted constant.
      const free = penalty * inverse[i * n + i]! - 1 / n;
      sum += ((penalty * alpha.data[i]!) / free) ** 2;
    }
    return {
      error: sum / n,
      coefficients: () => Float64Array.from(crossProduct(x, alpha, { shift }).data),
    };
  };
}
