import { choleskyShifted, choleskySolve } from './cholesky.ts';
import { type Matrix, matrix, selectCols } from './matrix.ts';
import { addProduct } from './product.ts';
import type { RidgeGroup, RidgeProblem } from './ridge-problem.ts';

/**
 * The same fit in the space of rows, for fewer observed rows than columns: with K = X X' about the weighted
 * mean and D = sqrt(W), (D K D + penalty) a = D (y - mean), coefficients X' D a.
 */
export function dualProblem(group: RidgeGroup): RidgeProblem {
  const { x, shift, observed, folds } = group;
  const kernel = matrix(x.rows, observed.length);
  const every = { data: x.data, stride: x.cols, transposed: false, shift };
  addProduct(
    { ...every, rows: x.rows },
    { ...every, rows: observed.length, pick: observed },
    { data: kernel.data, depth: x.cols },
  );
  return {
    heldOut(fold, rows, penalties) {
      const places = placesOf(observed, (row) => folds[row] !== fold);
      if (places.length === 0) return undefined;
      const system = systemOf(group, kernel, places);
      const across = centredKernel(kernel, system, rows);
      const m = group.y.cols;
      const out = matrix(rows.length, penalties.length * m);
      penalties.forEach((penalty, l) => {
        const alpha = solve(system, penalty);
        for (let i = 0; i < rows.length; i++) {
          for (let j = 0; j < m; j++) {
            let sum = system.means[j]!;
            for (let t = 0; t < places.length; t++) {
              sum += across.data[i * places.length + t]! * alpha.data[t * m + j]!;
            }
            out.data[i * out.cols + l * m + j] = sum;
          }
        }
      });
      return { every: () => out, some: (columns) => selectCols(out, columns) };
    },
    all(penalty) {
      const system = systemOf(
        group,
        kernel,
        placesOf(observed, () => true),
      );
      return coefficientsOf(group, solve(system, penalty));
    },
  };
}

/** Places within `observed`, which are columns of the kernel. */
function placesOf(observed: Int32Array, keep: (row: number) => boolean): Int32Array {
  const places: number[] = [];
  observed.forEach((row, place) => {
    if (keep(row)) places.push(place);
  });
  return Int32Array.from(places);
}

interface System {
  readonly places: Int32Array;
  readonly weights: Float64Array;
  readonly total: number;
  /** Weighted mean of each training row's kernel, and of those means. */
  readonly rowMeans: Float64Array;
  readonly grand: number;
  /** D K D, centred. */
  readonly a: Matrix;
  /** D (y - mean). */
  readonly b: Matrix;
  readonly means: Float64Array;
}

function systemOf(group: RidgeGroup, kernel: Matrix, places: Int32Array): System {
  const { y, observed } = group;
  const n = places.length;
  const m = y.cols;
  const rows = places.map((place) => observed[place]!);
  const weights = Float64Array.from(rows, (row) => group.weights?.[row] ?? 1);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const rowMeans = Float64Array.from(rows, (row) => meanOver(kernel, row, { places, weights, total }));
  const grand = rowMeans.reduce((sum, mean, i) => sum + weights[i]! * mean, 0) / total;
  const means = new Float64Array(m);
  const a = matrix(n, n);
  const b = matrix(n, m);
  for (let j = 0; j < m; j++) {
    for (let i = 0; i < n; i++) means[j]! += (weights[i]! * y.data[rows[i]! * m + j]!) / total;
  }
  for (let i = 0; i < n; i++) {
    const root = Math.sqrt(weights[i]!);
    for (let t = 0; t < n; t++) {
      const value = kernel.data[rows[i]! * kernel.cols + places[t]!]! - rowMeans[i]! - rowMeans[t]! + grand;
      a.data[i * n + t] = root * Math.sqrt(weights[t]!) * value;
    }
    for (let j = 0; j < m; j++) b.data[i * m + j] = root * (y.data[rows[i]! * m + j]! - means[j]!);
  }
  return { places, weights, total, rowMeans, grand, a, b, means };
}

function meanOver(
  kernel: Matrix,
  row: number,
  { places, weights, total }: Pick<System, 'places' | 'weights' | 'total'>,
): number {
  let sum = 0;
  for (let t = 0; t < places.length; t++) sum += weights[t]! * kernel.data[row * kernel.cols + places[t]!]!;
  return sum / total;
}

/** D a. */
function solve({ a, b, weights }: System, penalty: number): Matrix {
  const alpha = choleskySolve(choleskyShifted(a, penalty), b);
  for (let i = 0; i < alpha.rows; i++) {
    const root = Math.sqrt(weights[i]!);
    for (let j = 0; j < alpha.cols; j++) alpha.data[i * alpha.cols + j]! *= root;
  }
  return alpha;
}

function centredKernel(kernel: Matrix, system: System, rows: Int32Array): Matrix {
  const { places, rowMeans, grand } = system;
  const out = matrix(rows.length, places.length);
  rows.forEach((row, i) => {
    const own = meanOver(kernel, row, system);
    for (let t = 0; t < places.length; t++) {
      out.data[i * places.length + t] =
        kernel.data[row * kernel.cols + places[t]!]! - own - rowMeans[t]! + grand;
    }
  });
  return out;
}

/** Xc' D a: as D a sums to 0 in every target, the centring of X drops out. */
function coefficientsOf({ x, shift, observed }: RidgeGroup, alpha: Matrix): Matrix {
  const out = matrix(x.cols, alpha.cols);
  const full = matrix(x.rows, alpha.cols);
  observed.forEach((row, i) => {
    full.data.set(alpha.data.subarray(i * alpha.cols, (i + 1) * alpha.cols), row * alpha.cols);
  });
  addProduct(
    { data: x.data, stride: x.cols, rows: x.cols, transposed: true, pick: observed, shift },
    { data: full.data, stride: alpha.cols, rows: alpha.cols, transposed: true, pick: observed },
    { data: out.data, depth: observed.length },
  );
  return out;
}
