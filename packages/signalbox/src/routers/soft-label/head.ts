import type { Context } from '../../core/context.ts';
import { adam } from '../../math/adam.ts';
import { multiply } from '../../math/linear.ts';
import { type Matrix, matrix, selectRows } from '../../math/matrix.ts';
import { addProduct } from '../../math/product.ts';
import { type Rng, shuffle } from '../../math/rng.ts';
import { softCrossEntropy } from './labels.ts';

type Weights = Matrix & { readonly data: Float64Array };
/** One layer of linear outputs, or a hidden one of rectified units before it. */
export type SoftHead = {
  /** Features x units, and their biases; null: the outputs read the features. */
  readonly hidden: { readonly weights: Weights; readonly bias: Float64Array } | null;
  /** Units (or features) x models. */
  readonly weights: Weights;
  readonly bias: Float64Array;
};

/** Logits, n x models. */
export function softLogits(head: SoftHead, x: Matrix): Matrix {
  return layer(head.hidden === null ? x : rectified(layer(x, head.hidden)), head);
}

export interface SoftGradients {
  readonly loss: number;
  /** In the order of `partsOf`. */
  readonly parts: readonly Float64Array[];
}

/** Soft cross-entropy of a batch and its gradients by every parameter. */
export function softGradients(head: SoftHead, x: Matrix, labels: Matrix): SoftGradients {
  const active = head.hidden === null ? x : rectified(layer(x, head.hidden));
  const { loss, slopes } = softCrossEntropy(layer(active, head), labels);
  const parts = [byWeights(active, slopes), sums(slopes)];
  if (head.hidden === null) return { loss, parts };
  const inner = matrix(x.rows, active.cols);
  addProduct(
    { data: slopes.data, stride: slopes.cols, rows: x.rows, transposed: false },
    { data: head.weights.data, stride: head.weights.cols, rows: active.cols, transposed: false },
    { data: inner.data, depth: slopes.cols },
  );
  for (let c = 0; c < inner.data.length; c++) if (active.data[c] === 0) inner.data[c] = 0;
  return { loss, parts: [...parts, byWeights(x, inner), sums(inner)] };
}

export function partsOf({ weights, bias, hidden }: SoftHead): Float64Array[] {
  return [weights.data, bias, ...(hidden === null ? [] : [hidden.weights.data, hidden.bias])];
}

export interface SoftTraining {
  readonly x: Matrix;
  readonly labels: Matrix;
  /** Rows that are trained on, and those whose loss says when to stop; none: all epochs are run. */
  readonly rows: Int32Array;
  readonly held: Int32Array;
  /** Units of the hidden layer; 0: none. */
  readonly units: number;
  readonly epochs: number;
  readonly rate: number;
  readonly decay: number;
  readonly batch: number;
  /** Epochs without a lesser loss on the held-out rows after which training stops. */
  readonly patience: number;
  readonly random: Rng;
}

/** By Adam on batches; the weights of the epoch of the least held-out loss, and which that was. */
export function learnSoftHead(args: SoftTraining, { signal }: Context): { head: SoftHead; epochs: number } {
  const { x, labels, held, batch, patience, random } = args;
  const head = initial(args, random.fork('weights'));
  const parts = partsOf(head);
  const step = adam(
    // Weights decay, biases do not.
    parts.map((values, p) => ({ values, decay: p % 2 === 0 ? args.decay : 0 })),
    args.rate,
  );
  const order = random.fork('order');
  const rows = args.rows.slice();
  const [heldX, heldLabels] = [selectRows(x, held), selectRows(labels, held)];
  let best = { head, epochs: args.epochs, loss: Number.POSITIVE_INFINITY };
  for (let epoch = 1; epoch <= args.epochs; epoch++) {
    shuffle(rows, order);
    for (let b = 0; b < rows.length; b += batch) {
      signal?.throwIfAborted();
      const some = rows.subarray(b, b + batch);
      step(softGradients(head, selectRows(x, some), selectRows(labels, some)).parts);
    }
    if (held.length === 0) continue;
    const { loss } = softCrossEntropy(softLogits(head, heldX), heldLabels);
    if (loss < best.loss) best = { head: copyOf(head), epochs: epoch, loss };
    else if (epoch - best.epochs >= patience) break;
  }
  return best;
}

/** Outputs start at 0, so that no model is preferred by chance; hidden units as He's. */
function initial({ x, labels, units }: SoftTraining, random: Rng): SoftHead {
  const bias = new Float64Array(labels.cols);
  if (units === 0) return { hidden: null, weights: matrix(x.cols, labels.cols), bias };
  const hidden = matrix(x.cols, units);
  const bound = Math.sqrt(6 / Math.max(1, x.cols));
  for (let c = 0; c < hidden.data.length; c++) hidden.data[c] = bound * (2 * random.next() - 1);
  const weights = matrix(units, labels.cols);
  return { hidden: { weights: hidden, bias: new Float64Array(units) }, weights, bias };
}

function layer(x: Matrix, { weights, bias }: Pick<SoftHead, 'weights' | 'bias'>): Matrix {
  const out = multiply(x, weights);
  for (let c = 0; c < out.data.length; c++) out.data[c]! += bias[c % out.cols]!;
  return out;
}

function rectified(x: Matrix): Matrix {
  for (let c = 0; c < x.data.length; c++) if (!(x.data[c]! > 0)) x.data[c] = 0;
  return x;
}

/** x' slopes, columns of x x columns of slopes. */
function byWeights(x: Matrix, slopes: Matrix): Float64Array {
  const out = new Float64Array(x.cols * slopes.cols);
  addProduct(
    { data: x.data, stride: x.cols, rows: x.cols, transposed: true },
    { data: slopes.data, stride: slopes.cols, rows: slopes.cols, transposed: true },
    { data: out, depth: x.rows },
  );
  return out;
}

function sums({ data, cols }: Matrix): Float64Array {
  const out = new Float64Array(cols);
  for (let c = 0; c < data.length; c++) out[c % cols]! += data[c]!;
  return out;
}

function copyOf({ hidden, weights, bias }: SoftHead): SoftHead {
  const copied = (m: Weights): Weights => ({ ...m, data: m.data.slice() });
  return {
    hidden: hidden === null ? null : { weights: copied(hidden.weights), bias: hidden.bias.slice() },
    weights: copied(weights),
    bias: bias.slice(),
  };
}
