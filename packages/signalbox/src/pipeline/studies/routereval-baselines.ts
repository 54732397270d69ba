import type { Context } from '../../core/context.ts';
import { adam } from '../../math/adam.ts';
import { assign, kmeans } from '../../math/kmeans.ts';
import { normaliseRows } from '../../math/linear.ts';
import { fitLogisticMany, predictLogisticMany, sigmoid } from '../../math/logistic.ts';
import { at, type Matrix, matrix, row } from '../../math/matrix.ts';
import { fitMlp, predictMlp } from '../../math/mlp.ts';
import { nearest } from '../../math/nearest.ts';
import { argmax } from '../../math/order.ts';
import { type Rng, shuffle } from '../../math/rng.ts';
import { classificationBias, rowShares, softmaxRows } from '../../metrics/routereval.ts';

/** What a baseline of RouterEval learns from and is tried on. */
export interface Task {
  /** Training items x features; the published embeddings where there are any. */
  readonly train: Matrix;
  readonly test: Matrix;
  /** The same by our encoder, for the two baselines that encode by themselves; absent = the features above. */
  readonly own?: { readonly train: Matrix; readonly test: Matrix };
  /** Training items x models. */
  readonly labels: Matrix;
  /** Fewer epochs. */
  readonly quick: boolean;
}

/** What a baseline makes of the test items. */
export interface Chosen {
  /** Model of each test item. */
  readonly choice: Int32Array;
  /** E_p in bits, by the baseline's own rule. */
  readonly bias: number;
}

type Baseline = (task: Task, context: Context) => Chosen;

/**
 * The five baselines of RouterEval (arXiv 2503.10657). Departures: LinearR takes steps of 32 rows in pools above ten
 * models; MLPR has one hidden layer of 256 units, not two, and is trained in batches at ten times the rate; C-RoBERTa
 * and MLC stand on our encoder and are not fine-tuned: MLC is a logistic regression for each model.
 */
export const baselines: Readonly<Record<string, Baseline>> = {
  kNN: (task, context) => {
    const k = 5;
    const queries = normaliseRows(task.test);
    const { indices } = nearest({ queries, base: normaliseRows(task.train), k, signal: context.signal });
    const quality = matrix(task.test.rows, task.labels.cols);
    for (let i = 0; i < quality.rows; i++) {
      const some = indices.subarray(i * k, (i + 1) * k).filter((n) => n >= 0);
      for (let m = 0; m < quality.cols; m++)
        for (const n of some) quality.data[i * quality.cols + m]! += at(task.labels, n, m) / some.length;
    }
    return { choice: greatest(quality), bias: classificationBias(softmaxRows(quality)) };
  },
  LinearR: (task, context) => {
    const quality = linear(task, context.rng.fork('LinearR'), context.signal);
    return { choice: greatest(quality), bias: classificationBias(rowShares(quality)) };
  },
  MLPR: (task, context) => {
    const state = fitMlp({
      x: task.train,
      y: task.labels,
      hidden: 256,
      epochs: epochsOf(task),
      rate: 1e-3,
      batch: 32,
      decay: 0,
      rng: context.rng.fork('MLPR'),
      loss: 'logistic',
      signal: context.signal,
    });
    const quality = predictMlp(state, task.test);
    return { choice: greatest(quality), bias: classificationBias(rowShares(quality)) };
  },
  'C-RoBERTa': (task, context) => {
    const { train, test } = task.own ?? task;
    const found = kmeans(train, {
      k: 3,
      rng: context.rng.fork('C-RoBERTa'),
      restarts: 10,
      signal: context.signal,
    });
    const best = bestOfClusters(task.labels, found.labels, found.centres.rows);
    const choice = assign(test, found.centres).map((cluster) => best[cluster]!);
    return { choice, bias: classificationBias(byDistance(test, found.centres, best, task.labels.cols)) };
  },
  MLC: (task, context) => {
    const { train, test } = task.own ?? task;
    const state = fitLogisticMany({
      x: train,
      y: task.labels,
      penalty: 1,
      tolerance: 1e-4,
      signal: context.signal,
    });
    const quality = predictLogisticMany(state, test);
    // What the released code takes for probabilities: logits, the negative ones as 0.
    const clipped = { ...quality, data: quality.data.map((p) => Math.max(0, Math.log(p / (1 - p)))) };
    return { choice: greatest(quality), bias: classificationBias(rowShares(clipped)) };
  },
};

function greatest(quality: Matrix): Int32Array {
  return Int32Array.from({ length: quality.rows }, (_, i) => Math.max(0, argmax(row(quality, i))));
}

/** A hundred epochs in small pools; what a large one learns, it learns in fewer. */
function epochsOf({ labels, quick }: Task): number {
  const full = labels.cols <= 10 ? 100 : labels.cols <= 100 ? 30 : 5;
  return quick ? Math.ceil(full / 5) : full;
}

/** A linear map to a logit for each model: log loss, Adam from 0.01 down a cosine, 10 epochs. */
function linear({ train, test, labels }: Task, random: Rng, signal: AbortSignal | undefined): Matrix {
  const [p, m] = [train.cols, labels.cols];
  const weights = new Float64Array(m * p);
  const bias = new Float64Array(m);
  const batch = m <= 10 ? 1 : 32;
  const epochs = 10;
  const rows = Int32Array.from({ length: train.rows }, (_, i) => i);
  const steps = epochs * Math.ceil(train.rows / batch);
  const step = { rate: 0.01 };
  const update = adam([{ values: weights }, { values: bias }], () => step.rate);
  const gradients = [new Float64Array(m * p), new Float64Array(m)] as const;
  for (let epoch = 0, t = 0; epoch < epochs; epoch++) {
    shuffle(rows, random);
    for (let b = 0; b < rows.length; b += batch, t++) {
      signal?.throwIfAborted();
      const some = rows.subarray(b, b + batch);
      for (const part of gradients) part.fill(0);
      for (const i of some)
        slopes(gradients, { x: row(train, i), y: row(labels, i), weights, bias, n: some.length });
      step.rate = 0.005 * (1 + Math.cos((Math.PI * t) / steps));
      update(gradients);
    }
  }
  const out = matrix(test.rows, m);
  for (let i = 0; i < test.rows; i++)
    for (let j = 0; j < m; j++) out.data[i * m + j] = sigmoid(logit(row(test, i), j, { weights, bias }));
  return out;
}

interface Linear {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

function logit(x: ArrayLike<number>, model: number, { weights, bias }: Linear): number {
  let sum = bias[model]!;
  for (let f = 0, w = model * x.length; f < x.length; f++, w++) sum += x[f]! * weights[w]!;
  return sum;
}

function slopes(
  [ofWeights, ofBias]: readonly [Float64Array, Float64Array],
  at: Linear & { readonly x: ArrayLike<number>; readonly y: ArrayLike<number>; readonly n: number },
): void {
  const { x, y, n } = at;
  for (let j = 0; j < y.length; j++) {
    if (Number.isNaN(y[j]!)) continue;
    // Of the mean over models, as PyTorch's loss has it.
    const slope = (sigmoid(logit(x, j, at)) - y[j]!) / (n * y.length);
    ofBias[j]! += slope;
    for (let f = 0, w = j * x.length; f < x.length; f++, w++) ofWeights[w]! += slope * x[f]!;
  }
}

function bestOfClusters(labels: Matrix, clusterOf: Int32Array, clusters: number): Int32Array {
  const sums = matrix(clusters, labels.cols);
  for (let i = 0; i < labels.rows; i++)
    for (let m = 0; m < labels.cols; m++)
      sums.data[clusterOf[i]! * labels.cols + m]! += at(labels, i, m) || 0;
  return Int32Array.from({ length: clusters }, (_, c) => argmax(row(sums, c)));
}

/** Inverse distances to the centres as shares, each its cluster's model's. */
function byDistance(x: Matrix, centres: Matrix, best: Int32Array, models: number): Matrix {
  const out = matrix(x.rows, models);
  for (let i = 0; i < x.rows; i++) {
    const near = Float64Array.from({ length: centres.rows }, (_, c) => {
      let sum = 0;
      for (let f = 0; f < x.cols; f++) sum += (at(x, i, f) - at(centres, c, f)) ** 2;
      return 1 / (Math.sqrt(sum) + 1e-10);
    });
    const total = near.reduce((a, b) => a + b, 0);
    for (const [c, share] of near.entries()) out.data[i * models + best[c]!]! += share / total;
  }
  return out;
}
