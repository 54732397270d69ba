import { sigmoid } from './logistic.ts';
import { type Matrix, matrix } from './matrix.ts';
import { addProduct } from './product.ts';
import { type Rng, shuffle } from './rng.ts';

export type MlpLoss = 'logistic' | 'squared';

/** One hidden layer of rectified units: output = (relu(x w1' + b1)) w2' + b2, through a sigmoid for `logistic`. */
export interface MlpState {
  readonly loss: MlpLoss;
  /** hidden x p. */
  readonly w1: Matrix;
  readonly b1: Float64Array;
  /** m x hidden. */
  readonly w2: Matrix;
  readonly b2: Float64Array;
}

export interface MlpInput {
  /** n x p, best at about unit scale. */
  readonly x: Matrix;
  /** n x m; NaN = no loss there. In [0, 1] for `logistic`. */
  readonly y: Matrix;
  /** n x m, of each cell's loss; 1 where absent. */
  readonly weights?: Matrix | undefined;
  readonly hidden: number;
  readonly epochs: number;
  /** Adam's step. */
  readonly rate: number;
  readonly batch: number;
  /** Decoupled weight decay (AdamW): each step shrinks the weights by rate * decay; the biases are spared. */
  readonly decay: number;
  readonly rng: Rng;
  readonly loss: MlpLoss;
  /** Rows that are not trained on: the weights of the epoch of the least loss on them are kept. */
  readonly validation?: Int32Array | undefined;
  /** Epochs without a lesser validation loss after which training stops; 10 where absent. */
  readonly patience?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEpoch?: ((epoch: number, validationLoss: number | undefined) => void) | undefined;
}

/**
 * Trained by Adam (Kingma and Ba 2015) on the weighted sum over targets of the loss, averaged over the rows of a batch;
 * He's uniform initialisation. The last bias starts at each target's mean.
 * @throws the signal's reason when it is aborted
 */
export function fitMlp(input: MlpInput): MlpState {
  const { x, y, weights, epochs, batch, rng, validation, patience = 10, signal, onEpoch } = input;
  if (x.rows !== y.rows) throw new RangeError(`x has ${x.rows} rows, y has ${y.rows}`);
  if (weights !== undefined && weights.data.length !== y.data.length)
    throw new RangeError(`weights have ${weights.data.length} cells, y has ${y.data.length}`);
  if (!(batch >= 1)) throw new RangeError(`a batch of ${batch} rows: expected 1 or more`);
  const held = new Set(validation);
  const rows = Int32Array.from({ length: x.rows }, (_, i) => i).filter((i) => !held.has(i));
  const state = initial(input, rows);
  const step = adam(state, input);
  const order = rng.fork('order');
  let best = state;
  let least = Number.POSITIVE_INFINITY;
  let waited = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(rows, order);
    for (let b = 0; b < rows.length; b += batch) {
      signal?.throwIfAborted();
      step(mlpGradients(state, { x, y, weights, rows: rows.subarray(b, b + batch) }));
    }
    if (validation === undefined || validation.length === 0) {
      onEpoch?.(epoch + 1, undefined);
      continue;
    }
    const loss = mlpLoss(state, { x, y, weights, rows: validation });
    onEpoch?.(epoch + 1, loss);
    waited = loss < least ? 0 : waited + 1;
    if (loss < least) [least, best] = [loss, copyOf(state)];
    if (waited >= patience) break;
  }
  return best;
}

/** n x m; probabilities for `logistic`. */
export function predictMlp(state: MlpState, x: Matrix): Matrix {
  return forward(state, { x, rows: undefined }).output;
}

interface Rows {
  readonly x: Matrix;
  readonly rows: Int32Array | undefined;
}

function forward({ w1, b1, w2, b2, loss }: MlpState, { x, rows }: Rows): { active: Matrix; output: Matrix } {
  const n = rows?.length ?? x.rows;
  const active = filled(n, b1);
  addProduct(
    { data: x.data, stride: x.cols, rows: n, transposed: false, pick: rows },
    { data: w1.data, stride: w1.cols, rows: w1.rows, transposed: false },
    { data: active.data, depth: x.cols },
  );
  for (let c = 0; c < active.data.length; c++) if (!(active.data[c]! > 0)) active.data[c] = 0;
  const output = filled(n, b2);
  addProduct(
    { data: active.data, stride: active.cols, rows: n, transposed: false },
    { data: w2.data, stride: w2.cols, rows: w2.rows, transposed: false },
    { data: output.data, depth: active.cols },
  );
  if (loss === 'logistic')
    for (let c = 0; c < output.data.length; c++) output.data[c] = sigmoid(output.data[c]!);
  return { active, output };
}

function filled(rows: number, bias: Float64Array): Matrix & { readonly data: Float64Array } {
  const out = matrix(rows, bias.length);
  for (let i = 0; i < rows; i++) out.data.set(bias, i * bias.length);
  return out;
}

interface Batch {
  readonly x: Matrix;
  readonly y: Matrix;
  readonly weights?: Matrix | undefined;
  readonly rows: Int32Array;
}

/** Of the loss with respect to each parameter, in the parameters' own shapes. */
export interface MlpGradients {
  readonly w1: Float64Array;
  readonly b1: Float64Array;
  readonly w2: Float64Array;
  readonly b2: Float64Array;
}

/** Weighted sum over observed targets of the loss, averaged over the rows: log loss, or half the squared error. */
export function mlpLoss(state: MlpState, { x, y, weights, rows }: Batch): number {
  const { output } = forward(state, { x, rows });
  let sum = 0;
  for (let i = 0, c = 0; i < rows.length; i++) {
    for (let j = 0; j < y.cols; j++, c++) {
      const cell = rows[i]! * y.cols + j;
      const label = y.data[cell]!;
      if (Number.isNaN(label)) continue;
      const value = output.data[c]!;
      const loss = state.loss === 'squared' ? 0.5 * (value - label) ** 2 : logLoss(value, label);
      sum += weightOf(weights, cell) * loss;
    }
  }
  return sum / rows.length;
}

function weightOf(weights: Matrix | undefined, cell: number): number {
  return weights === undefined ? 1 : weights.data[cell]!;
}

function logLoss(value: number, label: number): number {
  const p = Math.min(Math.max(value, 1e-15), 1 - 1e-15);
  return -label * Math.log(p) - (1 - label) * Math.log1p(-p);
}

/** Backpropagation. For both losses the slope at the output before its sigmoid is weight x (prediction - label). */
export function mlpGradients(state: MlpState, { x, y, weights, rows }: Batch): MlpGradients {
  const { w1, w2 } = state;
  const { active, output } = forward(state, { x, rows });
  const n = rows.length;
  const m = y.cols;
  const slopes = matrix(n, m);
  const b2 = new Float64Array(m);
  for (let i = 0, c = 0; i < n; i++) {
    for (let j = 0; j < m; j++, c++) {
      const cell = rows[i]! * m + j;
      const label = y.data[cell]!;
      if (Number.isNaN(label)) continue;
      slopes.data[c] = (weightOf(weights, cell) * (output.data[c]! - label)) / n;
      b2[j]! += slopes.data[c]!;
    }
  }
  const gradW2 = matrix(m, w2.cols);
  const down = { data: slopes.data, stride: m, transposed: true, rows: m };
  addProduct(
    down,
    { data: active.data, stride: active.cols, rows: active.cols, transposed: true },
    { data: gradW2.data, depth: n },
  );
  const inner = matrix(n, w2.cols);
  addProduct(
    { data: slopes.data, stride: m, rows: n, transposed: false },
    { data: w2.data, stride: w2.cols, rows: w2.cols, transposed: true },
    { data: inner.data, depth: m },
  );
  const b1 = new Float64Array(w1.rows);
  for (let i = 0, c = 0; i < n; i++) {
    for (let h = 0; h < w1.rows; h++, c++) {
      if (active.data[c] === 0) inner.data[c] = 0;
      b1[h]! += inner.data[c]!;
    }
  }
  const gradW1 = matrix(w1.rows, w1.cols);
  addProduct(
    { data: inner.data, stride: inner.cols, rows: inner.cols, transposed: true },
    { data: x.data, stride: x.cols, rows: x.cols, transposed: true, pick: rows },
    { data: gradW1.data, depth: n },
  );
  return { w1: gradW1.data, b1, w2: gradW2.data, b2 };
}

function initial({ x, y, weights, hidden, loss, rng }: MlpInput, rows: Int32Array): MlpState {
  const random = rng.fork('weights');
  const uniform = (into: Float64Array, fan: number): void => {
    const bound = Math.sqrt(6 / Math.max(1, fan));
    for (let c = 0; c < into.length; c++) into[c] = bound * (2 * random.next() - 1);
  };
  const w1 = matrix(hidden, x.cols);
  const w2 = matrix(y.cols, hidden);
  uniform(w1.data, x.cols);
  uniform(w2.data, hidden);
  const b2 = new Float64Array(y.cols);
  for (let j = 0; j < y.cols; j++) b2[j] = startOf(y, j, { weights, rows, loss });
  return { loss, w1, b1: new Float64Array(hidden), w2, b2 };
}

function startOf(
  y: Matrix,
  target: number,
  { weights, rows, loss }: { weights: Matrix | undefined; rows: Int32Array; loss: MlpLoss },
): number {
  let n = 0;
  let sum = 0;
  for (const row of rows) {
    const cell = row * y.cols + target;
    const value = y.data[cell]!;
    if (Number.isNaN(value)) continue;
    const weight = weightOf(weights, cell);
    n += weight;
    sum += weight * value;
  }
  if (loss === 'squared') return n === 0 ? 0 : sum / n;
  return Math.log((sum + 0.5) / (n - sum + 0.5));
}

/** Moves the state's own arrays. */
function adam(state: MlpState, { rate, decay }: MlpInput): (gradients: MlpGradients) => void {
  const parts = [
    { name: 'w1', values: state.w1.data, shrink: 1 - rate * decay },
    { name: 'b1', values: state.b1, shrink: 1 },
    { name: 'w2', values: state.w2.data, shrink: 1 - rate * decay },
    { name: 'b2', values: state.b2, shrink: 1 },
  ] as const;
  const moments = parts.map(({ values }) => ({
    first: new Float64Array(values.length),
    second: new Float64Array(values.length),
  }));
  let t = 0;
  return (gradients) => {
    t++;
    const step = (rate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
    parts.forEach(({ name, values, shrink }, k) => {
      const gradient = gradients[name];
      const { first, second } = moments[k]!;
      for (let c = 0; c < values.length; c++) {
        const g = gradient[c]!;
        const m1 = 0.9 * first[c]! + 0.1 * g;
        const m2 = 0.999 * second[c]! + 0.001 * g * g;
        first[c] = m1;
        second[c] = m2;
        values[c] = values[c]! * shrink - (step * m1) / (Math.sqrt(m2) + 1e-8);
      }
    });
  };
}

function copyOf({ loss, w1, b1, w2, b2 }: MlpState): MlpState {
  return {
    loss,
    w1: { ...w1, data: w1.data.slice() },
    b1: b1.slice(),
    w2: { ...w2, data: w2.data.slice() },
    b2: b2.slice(),
  };
}
