import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Router, Training } from '../core/router.ts';
import { columnMeans } from '../core/table.ts';
import { adam } from '../math/adam.ts';
import { normaliseRows } from '../math/linear.ts';
import { hstack, type Matrix, matrix, matrix32, row, selectRows } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import { type Rng, shuffle } from '../math/rng.ts';
import { type PairWeights, pairGradients, pairLoss, pairScores } from './pair-scores.ts';
import { holdOut } from './shared/held-out.ts';
import { unit } from './shared/neighbours.ts';
import { type ReferenceModel, referenceModel } from './shared/reference-model.ts';
import { inOwnOrder } from './shared/row-order.ts';

const params = z.strictObject({
  dimensions: z.int().positive().default(128),
  /** Standard deviation of the noise on each feature while training. */
  noise: z.number().nonnegative().default(0.1),
  rate: z.number().positive().default(3e-4),
  decay: z.number().nonnegative().default(1e-5),
  /** Queries of a batch. */
  batch: z.int().positive().default(64),
  /** At most; the paper names about 10, its script 100. */
  epochs: z.int().positive().default(40),
  /** Epochs without a lesser loss on the held-out rows after which training stops. */
  patience: z.int().positive().default(5),
});
type Params = z.infer<typeof params>;
type State = PairWeights & {
  readonly reference: { readonly at: number; readonly mean: number };
  /** Mean distance of two models' outcomes on a query. */
  readonly gap: number;
  /** 1 for each model that was ever observed. */
  readonly seen: Int32Array;
  readonly epochs: number;
};

/**
 * RouteLLM's matrix factorisation (Ong and others, 2406.18665): the score of a model on a query is
 * w . (v_m o W x), v_m at length 1, and the sigmoid of the difference of two scores is the probability that the
 * one does better, learned from pairs without their ties, with noise on the encoded query.
 *
 * Departures. Pairs are those of an outcome table, all models of a query against each other, each as heavy as the
 * outcomes differ (1 for right against wrong), where the paper has battles of two. The encoded query is brought to
 * length 1 and a constant stands beside it, so that a model may be better everywhere. Training stops by the loss
 * of a held-out inner fold. With more than two models each is held against the declared strong model, or else the
 * best single one: expected is that model's mean plus (2 p - 1) x the mean distance of two outcomes, so that the
 * order of models is that of their scores, and with two models the paper's rule "strong from p >= alpha on" is a
 * threshold on the difference.
 */
export const matrixFactorisation: Router<Params, State> = {
  name: 'matrix-factorisation',
  summary: 'who beats whom on a query, by a factorised score learned from pairs (RouteLLM)',
  paper: '2406.18665',
  params,
  needs: { features: true, group: false },
  fit: (given, params, context) => {
    const train = inOwnOrder(given, context);
    const { quality } = train.table;
    const means = columnMeans(quality);
    const reference: ReferenceModel = referenceModel(train.table);
    return {
      ...learn(train, params, context),
      reference: { ...reference },
      gap: meanGap(quality),
      seen: Int32Array.from(means, (mean) => (Number.isNaN(mean) ? 0 : 1)),
    };
  },
  predict: ({ features }, state, _, context) => {
    const scores = pairScores(state, withConstant(unit(features, context)));
    const { at, mean } = state.reference;
    const quality = matrix(scores.rows, scores.cols);
    for (let i = 0; i < scores.rows; i++) {
      const own = row(scores, i);
      for (let m = 0; m < scores.cols; m++) {
        const win = 1 / (1 + Math.exp(own[at]! - own[m]!));
        quality.data[i * scores.cols + m] =
          state.seen[m] === 0 ? Number.NaN : mean + (2 * win - 1) * state.gap;
      }
    }
    return { quality };
  },
  explain: ({ features }, state, _, models) => {
    const scores = row(pairScores(state, withConstant(normaliseRows(features))), 0);
    const best = argmax(scores);
    const win = 1 / (1 + Math.exp(scores[state.reference.at]! - scores[best]!));
    return [
      `Where they differ, ${models[best]} is expected to beat ${models[state.reference.at]} in ${Math.round(100 * win)} % of such queries.`,
    ];
  },
};

function learn(train: Training, params: Params, context: Context): PairWeights & { epochs: number } {
  const { kept, held } = holdOut(train);
  const random = context.rng.fork('matrix-factorisation');
  const x = withConstant(unit(train.features, context));
  const weights = initial(train.table.models.length, x.cols, { ...params, random: random.fork('weights') });
  const parts = [weights.projection.data, weights.vectors.data, weights.mix];
  const step = adam(
    parts.map((values) => ({ values, decay: params.decay })),
    params.rate,
  );
  const [order, noise] = [random.fork('order'), random.fork('noise')];
  const [heldX, heldY] = [selectRows(x, held), selectRows(train.table.quality, held)];
  let best = { loss: Number.POSITIVE_INFINITY, weights: copyOf(weights), epochs: 0 };
  for (let epoch = 1; epoch <= params.epochs; epoch++) {
    shuffle(kept, order);
    for (let b = 0; b < kept.length; b += params.batch) {
      context.signal?.throwIfAborted();
      const rows = kept.subarray(b, b + params.batch);
      const batch = noisy(selectRows(x, rows), params.noise, noise);
      const slopes = pairGradients(weights, batch, selectRows(train.table.quality, rows));
      step([slopes.projection, slopes.vectors, slopes.mix]);
    }
    context.progress('matrix-factorisation', epoch, params.epochs);
    const loss = held.length === 0 ? -epoch : pairLoss(pairScores(weights, heldX), heldY).loss;
    if (loss < best.loss) best = { loss, weights: copyOf(weights), epochs: epoch };
    else if (epoch - best.epochs >= params.patience) break;
  }
  context.progress('matrix-factorisation', params.epochs, params.epochs);
  return { ...best.weights, epochs: best.epochs };
}

/** As PyTorch starts linear layers and embeddings. */
function initial(
  models: number,
  width: number,
  { dimensions, random }: { readonly dimensions: number; readonly random: Rng },
): PairWeights {
  const uniform = (into: Float64Array, fan: number): Float64Array => {
    for (let c = 0; c < into.length; c++) into[c] = (2 * random.next() - 1) / Math.sqrt(fan);
    return into;
  };
  const vectors = matrix(models, dimensions);
  for (let c = 0; c < vectors.data.length; c++) vectors.data[c] = random.normal();
  const projection = matrix(dimensions, width);
  uniform(projection.data, width);
  return { projection, vectors, mix: uniform(new Float64Array(dimensions), dimensions) };
}

function copyOf({ projection, vectors, mix }: PairWeights): PairWeights {
  return {
    projection: { ...projection, data: projection.data.slice() },
    vectors: { ...vectors, data: vectors.data.slice() },
    mix: mix.slice(),
  };
}

function withConstant(x: Matrix): Matrix {
  const ones = matrix32(x.rows, 1);
  ones.data.fill(1);
  return hstack([x, ones]);
}

/** Noise on every feature but the constant, which is the last. */
function noisy(x: Matrix, deviation: number, random: Rng): Matrix {
  if (deviation === 0) return x;
  for (let c = 0; c < x.data.length; c++)
    if ((c + 1) % x.cols !== 0) x.data[c]! += deviation * random.normal();
  return x;
}

function meanGap(outcomes: Matrix): number {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < outcomes.rows; i++) {
    const q = row(outcomes, i);
    for (let a = 0; a < q.length; a++) {
      for (let b = 0; b < a; b++) {
        const gap = Math.abs(q[a]! - q[b]!);
        if (Number.isNaN(gap)) continue;
        sum += gap;
        n++;
      }
    }
  }
  return sum / Math.max(n, 1);
}
