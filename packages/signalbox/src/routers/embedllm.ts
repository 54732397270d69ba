import { z } from 'zod';
import type { Router, Training } from '../core/router.ts';
import { type Matrix, matrix, row } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import type { Rng } from '../math/rng.ts';
import { descend, scaled, scaledRows } from './shared/cell-descent.ts';
import { type FactorWeights, factorDesign, factorGradients, factorScores } from './shared/embedllm-scores.ts';
import {
  admitVector,
  knownVectors,
  seenModels,
  toQuality,
  type Vectors,
  withVector,
} from './shared/pool-prior.ts';
import { inOwnOrder } from './shared/row-order.ts';

const params = z.strictObject({
  dimensions: z.int().positive().default(232),
  /** Standard deviation of the noise on each cell of a query at length 1 while training. */
  noise: z.number().nonnegative().default(0.05),
  rate: z.number().positive().default(1e-3),
  decay: z.number().nonnegative().default(1e-4),
  /** Cells (a query and a model) of a batch, about. */
  batch: z.int().positive().default(2048),
  /** At most. */
  epochs: z.int().positive().default(50),
  /** Epochs without a lesser loss on the held-out rows after which training stops. */
  patience: z.int().positive().default(5),
});
type Params = z.infer<typeof params>;
type State = FactorWeights & Vectors & { readonly epochs: number };

/**
 * EmbedLLM (Zhuang and others, 2410.02223): whether model m answers query x correctly is read off
 * A (p_m o (W phi(x))), p_m a learned vector of 232 cells for each model, phi a frozen encoder, with noise on the
 * encoded query while training.
 *
 * Departures. Its two outputs for right and wrong are one, their difference, under which the loss is the same;
 * fractional outcomes count as they are. A batch holds all cells of some shuffled queries, about 2,048, so that each
 * query is projected once for all models; the released loader does not shuffle. Training stops by the loss of a
 * held-out inner fold, not after 50 epochs. A model that joins has p_m fitted with W and A frozen, as the paper says
 * for new models, under a prior: the vectors of the pool, not a ridge around 0, so that a few answers say how it
 * differs from the models that are known, and with an offset of its own, for how good it is in general. The paper's pool is 112 models; with a handful p_m is little more than an
 * id, and the dimensions serve the queries alone. Cost is left to the policy.
 */
export const embedllm: Router<Params, State> = {
  name: 'embedllm',
  summary: 'a learned vector for each model, multiplied into the projected query (EmbedLLM)',
  paper: '2410.02223',
  params,
  needs: { features: true, group: false },
  fit: (given, params, context) => {
    const train = inOwnOrder(given, context);
    const random = context.rng.fork('embedllm');
    const weights = initial(train, { ...params, random: random.fork('weights') });
    const { decay, noise } = params;
    const { projection, shift, vectors, mix, bias } = weights;
    const epochs = descend(
      {
        parts: [
          { values: projection.data, decay },
          { values: shift, decay: 0 },
          { values: vectors.data, decay },
          { values: mix, decay },
          { values: bias, decay: 0 },
        ],
        scores: (x) => factorScores(weights, x),
        gradients: (x, outcomes) => factorGradients(weights, x, outcomes),
      },
      {
        ...params,
        name: 'embedllm',
        train,
        x: scaledRows(train.features, context),
        noise: noise * Math.sqrt(train.features.cols),
        random,
      },
      context,
    );
    const { quality } = train.table;
    return { ...weights, abilities: new Float64Array(quality.cols), seen: seenModels(quality), epochs };
  },
  predict: ({ features }, state, _, context) => ({
    quality: toQuality(factorScores(state, scaledRows(features, context)), state),
  }),
  admit: ({ features, quality }, state, _, context) => {
    const design = factorDesign(state, scaledRows(features, context));
    const offset = new Float64Array(design.rows).fill(state.bias[0]!);
    const vector = admitVector({ vectors: knownVectors(state), design, offset, quality });
    return { ...state, ...withVector(state, vector) };
  },
  explain: ({ features }, state, _, models) => {
    const expected = row(toQuality(factorScores(state, scaled(features)), state), 0);
    const best = argmax(expected);
    return [
      `By its learned vector ${models[best]} is most likely to answer correctly (${Math.round(100 * expected[best]!)} %).`,
    ];
  },
};

/** As PyTorch starts linear layers and embeddings. */
function initial(
  { table, features }: Training,
  { dimensions, random }: { readonly dimensions: number; readonly random: Rng },
): FactorWeights {
  const uniform = (rows: number, fan: number): Matrix & { readonly data: Float64Array } => {
    const out = matrix(rows, fan);
    for (let c = 0; c < out.data.length; c++) out.data[c] = (2 * random.next() - 1) / Math.sqrt(fan);
    return out;
  };
  const vectors = matrix(table.models.length, dimensions);
  for (let c = 0; c < vectors.data.length; c++) vectors.data[c] = random.normal();
  return {
    projection: uniform(dimensions, features.cols),
    shift: new Float64Array(dimensions),
    vectors,
    mix: uniform(1, dimensions).data,
    bias: new Float64Array(1),
  };
}
