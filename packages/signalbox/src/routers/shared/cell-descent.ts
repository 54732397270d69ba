import type { Context } from '../../core/context.ts';
import type { Training } from '../../core/router.ts';
import { adam } from '../../math/adam.ts';
import { normaliseRows } from '../../math/linear.ts';
import { type Matrix, matrix, selectRows } from '../../math/matrix.ts';
import { type Rng, shuffle } from '../../math/rng.ts';
import { holdOut } from './held-out.ts';
import { passing } from './passing.ts';

/** A model of log odds, rows x models, whose parameters are moved in place. */
export interface CellModel {
  readonly parts: readonly { readonly values: Float64Array; readonly decay: number }[];
  scores(x: Matrix): Matrix;
  /** Loss of a batch, and its slopes in the order of the parts; NaN outcomes weigh nothing. */
  gradients(x: Matrix, outcomes: Matrix): { readonly loss: number; readonly slopes: readonly Float64Array[] };
}

export interface Descent {
  readonly name: string;
  readonly train: Training;
  /** What the model sees of each training row. */
  readonly x: Matrix;
  /** Standard deviation of the noise on each cell of x while training. */
  readonly noise: number;
  /** Cells (a row and a model) of a batch, about. */
  readonly batch: number;
  readonly rate: number;
  /** At most. */
  readonly epochs: number;
  /** Epochs without a lesser loss on the held-out rows after which training stops. */
  readonly patience: number;
  readonly random: Rng;
}

/** Rows of length sqrt(p): of cells of about 1, as a linear layer takes them. Shared by those that learn on the same rows. */
export function scaledRows(x: Matrix, context: Context): Matrix {
  return passing('rows of cells of about 1', [x], { ...context, make: () => scaled(x) });
}

export function scaled(x: Matrix): Matrix {
  const out = normaliseRows(x);
  for (let c = 0; c < out.data.length; c++) out.data[c]! *= Math.sqrt(x.cols);
  return out;
}

const fewestRows = 16;

/**
 * Adam over shuffled rows, each with all of its cells, so that a row is encoded once for all models; the parameters of
 * the epoch of the least log loss on the held-out inner fold stay (those of the last, where no rows can be spared).
 * Gives the number of that epoch.
 */
export function descend(model: CellModel, work: Descent, context: Context): number {
  const { train, x, name, epochs } = work;
  const { quality } = train.table;
  const { kept, held } = holdOut(train);
  const step = adam(model.parts, work.rate);
  const [order, noise] = [work.random.fork('order'), work.random.fork('noise')];
  const [heldX, heldY] = [selectRows(x, held), selectRows(quality, held)];
  const size = Math.max(fewestRows, Math.ceil(work.batch / Math.max(quality.cols, 1)));
  let best = { loss: Number.POSITIVE_INFINITY, epoch: 0, values: [] as Float64Array[] };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffle(kept, order);
    for (let b = 0; b < kept.length; b += size) {
      context.signal?.throwIfAborted();
      const rows = kept.subarray(b, b + size);
      const seen = noisy(selectRows(x, rows), work.noise, noise);
      step(model.gradients(seen, selectRows(quality, rows)).slopes);
    }
    context.progress(name, epoch, epochs);
    const loss = held.length === 0 ? -epoch : cellLoss(model.scores(heldX), heldY).loss;
    if (loss < best.loss)
      best = { loss, epoch, values: model.parts.map(({ values }) => Float64Array.from(values)) };
    else if (epoch - best.epoch >= work.patience) break;
  }
  context.progress(name, epochs, epochs);
  model.parts.forEach(({ values }, k) => {
    values.set(best.values[k]!);
  });
  return best.epoch;
}

/** Mean log loss over observed cells, and its slopes by score. 0 where there are none. */
export function cellLoss(scores: Matrix, outcomes: Matrix): { loss: number; slopes: Matrix } {
  const slopes = matrix(scores.rows, scores.cols);
  let [loss, n] = [0, 0];
  for (let c = 0; c < scores.data.length; c++) {
    const y = outcomes.data[c]!;
    if (Number.isNaN(y)) continue;
    const z = scores.data[c]!;
    const small = Math.exp(-Math.abs(z));
    loss += Math.max(z, 0) + Math.log1p(small) - y * z;
    slopes.data[c] = (z >= 0 ? 1 : small) / (1 + small) - y;
    n++;
  }
  if (n === 0) return { loss: 0, slopes };
  for (let c = 0; c < slopes.data.length; c++) slopes.data[c]! /= n;
  return { loss: loss / n, slopes };
}

function noisy(x: Matrix, deviation: number, random: Rng): Matrix {
  if (deviation === 0) return x;
  for (let c = 0; c < x.data.length; c++) x.data[c]! += deviation * random.normal();
  return x;
}
