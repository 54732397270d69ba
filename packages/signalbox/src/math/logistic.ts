import { DEPTH, SCAN_WIDTH } from './kernel.ts';
import { fewKernel, MOST, WIDEST } from './kernel-few.ts';
import { kernel } from './kernels.ts';
import { type Evaluation, lbfgs } from './lbfgs.ts';
import { multiply } from './linear.ts';
import { at, column, type Matrix, matrix } from './matrix.ts';
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
  /** Greatest cell of the gradient of the mean loss at which to stop; 1e-6 where absent. */
  readonly tolerance?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface LogisticInput extends Shared {
  /** Labels in [0, 1], fractions allowed; NaN = skip the row. */
  readonly y: Float64Array;
  /** Of each row; 1 where absent. */
  readonly weights?: Float64Array | undefined;
  readonly penalty: number;
  readonly start?: LogisticState | undefined;
}

export interface LogisticManyInput extends Shared {
  /** n x m labels in [0, 1]; NaN = skip the cell. */
  readonly y: Matrix;
  /** Of each row, or of each cell (n x m); 1 where absent. */
  readonly weights?: Float64Array | Matrix | undefined;
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
  const { x, y, weights, signal } = input;
  if (x.rows !== y.rows) throw new RangeError(`x has ${x.rows} rows, y has ${y.rows}`);
  if (weights !== undefined && !(weights instanceof Float64Array) && weights.data.length !== y.data.length)
    throw new RangeError(`weights have ${weights.data.length} cells, y has ${y.data.length}`);
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
    weight[i] = weightOf(weights, i, target);
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

function weightOf(weights: LogisticManyInput['weights'], i: number, target: number): number {
  if (weights === undefined) return 1;
  return weights instanceof Float64Array ? weights[i]! : at(weights, i, target);
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

/** Value and gradient of each search at its point. */
function evaluate(x: Matrix, searches: readonly Search[]): Evaluation[] {
  const gradients = searches.map(() => new Float64Array(x.cols + 1));
  const values = way(x, searches.length)(x, searches, gradients);
  return searches.map(({ point, penalty }, s) => {
    const gradient = gradients[s]!;
    let value = values[s]!;
    for (let c = 0; c < x.cols; c++) {
      gradient[c]! += penalty * point[c]!;
      value += 0.5 * penalty * point[c]! * point[c]!;
    }
    return { value, gradient };
  });
}

type Way = (x: Matrix, searches: readonly Search[], gradients: readonly Float64Array[]) => number[];

/** Its memory is scratch: nothing in it outlasts the call that put it there. */
const few = fewKernel();

/** Several targets share each block of x; the last two ways give the same bits. */
function way({ data, cols }: Matrix, searches: number): Way {
  const single = data instanceof Float32Array && cols > 0;
  if (single && cols <= SCAN_WIDTH && searches < 4) return byChunks;
  return single && few !== undefined && cols <= WIDEST && searches <= MOST ? byRows : byProducts;
}

/** Both products with each block of 32-bit rows as they are: packing them takes longer than a few targets do. */
function byRows(x: Matrix, searches: readonly Search[], gradients: readonly Float64Array[]): number[] {
  const { rows, vectors, c, sums, products, spread } = few!;
  const p = x.cols;
  const wide = Math.ceil(searches.length / 4);
  const stride = 4 * wide;
  const padded = 4 * Math.ceil(p / 4);
  vectors.fill(0, 0, stride * p);
  searches.forEach(({ point }, s) => {
    for (let t = 0, o = (s - (s % 4)) * p + (s % 4); t < p; t++, o += 4) vectors[o] = point[t]!;
  });
  sums.fill(0, 0, stride * padded);
  const values = searches.map(() => 0);
  for (let first = 0; first < x.rows; first += DEPTH) {
    const count = Math.min(DEPTH, x.rows - first);
    const high = Math.ceil(count / 4);
    rows.set((x.data as Float32Array).subarray(first * p, (first + count) * p));
    rows.fill(0, count * p, 4 * high * p);
    products(high, wide, p);
    searches.forEach((search, s) => {
      values[s] = losses(search, gradients[s]!, { data: c, offset: s, stride, first, count }, values[s]!);
    });
    spread(count, wide, p);
  }
  gradients.forEach((gradient, s) => {
    gradient.set(sums.subarray(s * padded, s * padded + p));
  });
  return values;
}

/** Rows that stay in the cache between the two products; whole runs of depth, so that sums are as over all rows at once. */
const ROWS = 2 * DEPTH;

/** Two products with each block of x for all searches. Fills the gradients of the losses; gives their values. */
function byProducts(x: Matrix, searches: readonly Search[], gradients: readonly Float64Array[]): number[] {
  const m = searches.length;
  const p = x.cols;
  const points = matrix(m, p);
  for (const [s, { point }] of searches.entries()) points.data.set(point.subarray(0, p), s * p);
  const values = searches.map(() => 0);
  const slopes = matrix(m, p);
  const data = new Float64Array(Math.min(ROWS, x.rows) * m);
  for (let first = 0; first < x.rows; first += ROWS) {
    const count = Math.min(ROWS, x.rows - first);
    const rows = x.data.subarray(first * p, (first + count) * p);
    data.fill(0);
    addProduct(
      { data: rows, stride: p, rows: count, transposed: false },
      { data: points.data, stride: p, rows: m, transposed: false },
      { data, depth: p },
    );
    searches.forEach((search, s) => {
      values[s] = losses(search, gradients[s]!, { data, offset: s, stride: m, first, count }, values[s]!);
    });
    addProduct(
      { data, stride: m, rows: m, transposed: true },
      { data: rows, stride: p, rows: p, transposed: true },
      { data: slopes.data, depth: count },
    );
  }
  gradients.forEach((gradient, s) => {
    gradient.set(slopes.data.subarray(s * p, (s + 1) * p));
  });
  return values;
}

/** The same in one pass over x: a chunk of rows is scored and its slopes are spread while it is in the cache. */
function byChunks(x: Matrix, searches: readonly Search[], gradients: readonly Float64Array[]): number[] {
  const p = x.cols;
  const { rows, query, c, gradient } = kernel;
  const size = Math.min(4 * Math.floor(rows.length / p / 4), c.length);
  const values = searches.map(() => 0);
  for (let first = 0; first < x.rows; first += size) {
    const count = Math.min(size, x.rows - first);
    const groups = Math.ceil(count / 4);
    rows.set((x.data as Float32Array).subarray(first * p, (first + count) * p));
    rows.fill(0, count * p, groups * 4 * p);
    searches.forEach((search, s) => {
      query.set(search.point.subarray(0, p));
      kernel.scan(groups, p);
      c.fill(0, count, groups * 4);
      values[s] = losses(search, gradients[s]!, { data: c, offset: 0, stride: 1, first, count }, values[s]!);
      gradient.fill(0, 0, p);
      kernel.spread(groups, p);
      const own = gradients[s]!;
      for (let j = 0; j < p; j++) own[j]! += gradient[j]!;
    });
  }
  return values;
}

/** The scores of rows `first` to `first + count`, at `offset` and each `stride` further. */
interface Scores {
  readonly data: Float64Array;
  readonly offset: number;
  readonly stride: number;
  readonly first: number;
  readonly count: number;
}

/** `so far`, and these rows' losses. The scores become the slopes of the losses, whose sum goes to the intercept's cell. */
function losses(
  search: Search,
  gradient: Float64Array,
  { data, offset, stride, first, count }: Scores,
  soFar: number,
): number {
  const { weight, label, point } = search;
  const intercept = point[point.length - 1]!;
  let value = soFar;
  let slope = gradient[gradient.length - 1]!;
  for (let i = first, c = offset; i < first + count; i++, c += stride) {
    const w = weight[i]!;
    if (w === 0) {
      data[c] = 0;
      continue;
    }
    const z = data[c]! + intercept;
    const small = Math.exp(-Math.abs(z));
    value += w * (Math.max(z, 0) + Math.log1p(small) - label[i]! * z);
    const own = w * ((z >= 0 ? 1 : small) / (1 + small) - label[i]!);
    data[c] = own;
    slope += own;
  }
  gradient[gradient.length - 1] = slope;
  return value;
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
