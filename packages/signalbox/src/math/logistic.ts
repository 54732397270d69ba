import { type Evaluation, lbfgs } from './lbfgs.ts';
import { multiply } from './linear.ts';
import { column, type Matrix, matrix } from './matrix.ts';
import { addProduct } from './product.ts';

export interface LogisticState {
  /** p. */
  readonly coefficients: Float64Array;
  /** NaN if nothing was observed. */
  readonly intercept: number;
}

export interface LogisticManyState {
  /** p x m. */
  readonly coefficients: Matrix;
  readonly intercept: Float64Array;
}

interface Shared {
  /** n x p. */
  readonly x: Matrix;
  /** Of each row; 1 where absent. */
  readonly weights?: Float64Array | undefined;
  /** Greatest cell of the gradient of the mean loss at which to stop; 1e-6 where absent. */
  readonly tolerance?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface LogisticInput extends Shared {
  /** Labels in [0, 1], fractions allowed; NaN = skip the row. */
  readonly y: Float64Array;
  readonly penalty: number;
  readonly start?: LogisticState | undefined;
}

export interface LogisticManyInput extends Shared {
  /** n x m labels in [0, 1]; NaN = skip the cell. */
  readonly y: Matrix;
  /** One for all targets, or one for each. */
  readonly penalty: number | Float64Array;
  readonly start?: LogisticManyState | undefined;
}

/**
 * Logistic regression: minimises sum w loss + penalty / 2 ||b||^2, the intercept unpenalised; that is
 * scikit-learn's LogisticRegression with C = 1 / penalty. Where every label is 0 (or 1), no minimum exists:
 * the coefficients are 0 and the intercept is the log odds of half an opposite label.
 */
export function fitLogistic({ y, start, ...rest }: LogisticInput): LogisticState {
  const { coefficients, intercept } = fitLogisticMany({
    ...rest,
    y: { rows: y.length, cols: 1, data: y },
    start: start && {
      coefficients: { rows: start.coefficients.length, cols: 1, data: start.coefficients },
      intercept: Float64Array.of(start.intercept),
    },
  });
  return { coefficients: column(coefficients, 0), intercept: intercept[0]! };
}

/** One regression for each column of y; all of them advance together, so that each pass over x serves them all. */
export function fitLogisticMany(input: LogisticManyInput): LogisticManyState {
  const { x, y, signal } = input;
  if (x.rows !== y.rows) throw new RangeError(`x has ${x.rows} rows, y has ${y.rows}`);
  const out = { coefficients: matrix(x.cols, y.cols), intercept: new Float64Array(y.cols) };
  let searches: Search[] = [];
  for (let j = 0; j < y.cols; j++) {
    const label = labels(input, j);
    if (label.degenerate !== undefined) out.intercept[j] = label.degenerate;
    else searches.push(begin(input, label, j));
  }
  while (searches.length > 0) {
    signal?.throwIfAborted();
    const answers = evaluate(x, searches);
    searches = searches.filter((search, s) => {
      const step = search.run.next(answers[s]!);
      search.point = step.value;
      if (step.done !== true) return true;
      for (let c = 0; c < x.cols; c++) out.coefficients.data[c * y.cols + search.target] = step.value[c]!;
      out.intercept[search.target] = step.value[x.cols]!;
      return false;
    });
  }
  return out;
}

interface Labels {
  /** Weight of each row, 0 where it is skipped. */
  readonly weight: Float64Array;
  readonly label: Float64Array;
  readonly total: number;
  readonly mean: number;
  /** The intercept, where no search is needed. */
  readonly degenerate?: number;
}

function labels({ x, y, weights }: LogisticManyInput, target: number): Labels {
  const weight = new Float64Array(x.rows);
  const label = new Float64Array(x.rows);
  let total = 0;
  let positive = 0;
  for (let i = 0; i < x.rows; i++) {
    const value = y.data[i * y.cols + target]!;
    if (Number.isNaN(value)) continue;
    weight[i] = weights === undefined ? 1 : weights[i]!;
    label[i] = value;
    total += weight[i]!;
    positive += weight[i]! * value;
  }
  const base = { weight, label, total, mean: positive / total };
  if (!(total > 0)) return { ...base, degenerate: Number.NaN };
  if (positive > 0 && positive < total) return base;
  const odds = Math.log((total + 0.5) / 0.5);
  return { ...base, degenerate: positive > 0 ? odds : -odds };
}

interface Search extends Labels {
  readonly target: number;
  readonly penalty: number;
  readonly run: Generator<Float64Array, Float64Array, Evaluation>;
  /** p coefficients and the intercept. */
  point: Float64Array;
}

function begin(
  { x, penalty, start, tolerance = 1e-6 }: LogisticManyInput,
  label: Labels,
  target: number,
): Search {
  const point = new Float64Array(x.cols + 1);
  point[x.cols] = Math.log(label.mean / (1 - label.mean));
  if (start !== undefined && Number.isFinite(start.intercept[target]!)) {
    point.set(column(start.coefficients, target));
    point[x.cols] = start.intercept[target]!;
  }
  const run = lbfgs(point, { tolerance: tolerance * Math.max(1, label.total) });
  const first = run.next();
  const own = typeof penalty === 'number' ? penalty : penalty[target]!;
  return { ...label, target, penalty: own, run, point: first.value };
}

/** Value and gradient of each search at its point: two products with x for all of them. */
function evaluate(x: Matrix, searches: readonly Search[]): Evaluation[] {
  const m = searches.length;
  const p = x.cols;
  const points = matrix(m, p);
  for (const [s, { point }] of searches.entries()) points.data.set(point.subarray(0, p), s * p);
  const scores = matrix(x.rows, m);
  addProduct(
    { data: x.data, stride: p, rows: x.rows, transposed: false },
    { data: points.data, stride: p, rows: m, transposed: false },
    { data: scores.data, depth: p },
  );
  const values = searches.map((search, s) => losses(search, scores, s));
  const slopes = matrix(m, p);
  addProduct(
    { data: scores.data, stride: m, rows: m, transposed: true },
    { data: x.data, stride: p, rows: p, transposed: true },
    { data: slopes.data, depth: x.rows },
  );
  return searches.map(({ point, penalty }, s) => {
    const gradient = new Float64Array(p + 1);
    let { value } = values[s]!;
    for (let c = 0; c < p; c++) {
      gradient[c] = slopes.data[s * p + c]! + penalty * point[c]!;
      value += 0.5 * penalty * point[c]! * point[c]!;
    }
    gradient[p] = values[s]!.slope;
    return { value, gradient };
  });
}

/** Sum of the losses in column s; the scores become the slopes of the losses. */
function losses(search: Search, scores: Matrix, s: number): { value: number; slope: number } {
  const { weight, label, point } = search;
  const intercept = point[point.length - 1]!;
  let value = 0;
  let slope = 0;
  for (let i = 0, c = s; i < scores.rows; i++, c += scores.cols) {
    const w = weight[i]!;
    if (w === 0) {
      scores.data[c] = 0;
      continue;
    }
    const z = scores.data[c]! + intercept;
    const small = Math.exp(-Math.abs(z));
    value += w * (Math.max(z, 0) + Math.log1p(small) - label[i]! * z);
    const own = w * ((z >= 0 ? 1 : small) / (1 + small) - label[i]!);
    scores.data[c] = own;
    slope += own;
  }
  return { value, slope };
}

/** Probabilities, n. */
export function predictLogistic({ coefficients, intercept }: LogisticState, x: Matrix): Float64Array {
  const state = {
    coefficients: { rows: coefficients.length, cols: 1, data: coefficients },
    intercept: Float64Array.of(intercept),
  };
  return predictLogisticMany(state, x).data as Float64Array;
}

/** Probabilities, n x m. */
export function predictLogisticMany({ coefficients, intercept }: LogisticManyState, x: Matrix): Matrix {
  const out = multiply(x, coefficients);
  for (let i = 0, c = 0; i < out.rows; i++) {
    for (let j = 0; j < out.cols; j++, c++) out.data[c] = sigmoid(out.data[c]! + intercept[j]!);
  }
  return out;
}

/** 1 / (1 + e^-z), without overflow. */
export function sigmoid(z: number): number {
  const small = Math.exp(-Math.abs(z));
  return (z >= 0 ? 1 : small) / (1 + small);
}
