import { z } from 'zod';
import type { Router, Training } from '../core/router.ts';
import { type Matrix, matrix, row } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import type { Rng } from '../math/rng.ts';
import { type ItemWeights, itemGradients, itemScores, itemsOf } from './irt-scores.ts';
import { descend, scaled, scaledRows } from './shared/cell-descent.ts';
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
  /** Of abilities and discriminations. */
  dimensions: z.int().positive().default(25),
  /** Standard deviation of the noise on each cell of a query at length 1 while training. */
  noise: z.number().nonnegative().default(0.05),
  rate: z.number().positive().default(1e-3),
  decay: z.number().nonnegative().default(1e-2),
  /** Cells (a query and a model) of a batch, about. */
  batch: z.int().positive().default(512),
  /** At most. */
  epochs: z.int().positive().default(50),
  /** Epochs without a lesser loss on the held-out rows after which training stops. */
  patience: z.int().positive().default(5),
});
type Params = z.infer<typeof params>;
type State = ItemWeights & Vectors & { readonly epochs: number };

/**
 * IRT-Router (Song and others, 2506.01048), the multidimensional one: a query is an item of a test and a model takes
 * it, P(correct) = sigmoid(a(x) . theta_m - b(x)), discrimination a and difficulty b predicted from the encoded query,
 * theta the model's ability; 25 dimensions as in the released training script.
 *
 * Departures. There theta is a linear map of an embedded text about the model; an outcome table has no such text, and
 * theta is learned for each model, with the usual standard normal prior of item response theory. A model that joins
 * has its theta found from its answers with everything else frozen, as in an adaptive test, by Newton's method under a
 * prior that the abilities of the pool show, and an offset of its own. Discriminations are above 0 (softplus), so that
 * each dimension is an ability that never hurts. Queries carry noise while training, and it stops by the loss of a
 * held-out inner fold. The paper blends an unknown query with its nearest known ones (warm-up); here a query stands for
 * itself. Cost is left to the policy.
 */
export const irt: Router<Params, State> = {
  name: 'irt',
  summary: 'abilities of models against difficulty and discrimination of the query (IRT-Router)',
  paper: '2506.01048',
  params,
  needs: { features: true, group: false },
  fit: (given, params, context) => {
    const train = inOwnOrder(given, context);
    const { quality } = train.table;
    const random = context.rng.fork('irt');
    const weights = initial(train, { ...params, random: random.fork('weights') });
    const { discrimination, base, difficulty, level, vectors } = weights;
    const { decay, noise } = params;
    let cells = 0;
    for (const value of quality.data) if (!Number.isNaN(value)) cells++;
    const epochs = descend(
      {
        parts: [
          { values: discrimination.data, decay },
          { values: base, decay: 0 },
          { values: difficulty.data, decay },
          { values: level, decay: 0 },
          { values: vectors.data, decay: 0 },
        ],
        scores: (x) => itemScores(itemsOf(weights, x), vectors),
        gradients: (x, outcomes) => itemGradients(weights, { x, outcomes, prior: 1 / Math.max(cells, 1) }),
      },
      {
        ...params,
        name: 'irt',
        train,
        x: scaledRows(train.features, context),
        noise: noise * Math.sqrt(train.features.cols),
        random,
      },
      context,
    );
    return { ...weights, abilities: new Float64Array(quality.cols), seen: seenModels(quality), epochs };
  },
  predict: ({ features }, state, _, context) => ({
    quality: toQuality(itemScores(itemsOf(state, scaledRows(features, context)), state.vectors), state),
  }),
  admit: ({ features, quality }, state, _, context) => {
    const { a, b } = itemsOf(state, scaledRows(features, context));
    const offset = b.map((value) => -value);
    const vector = admitVector({ vectors: knownVectors(state), design: a, offset, quality });
    return { ...state, ...withVector(state, vector) };
  },
  explain: ({ features }, state, _, models) => {
    const items = itemsOf(state, scaled(features));
    const expected = row(toQuality(itemScores(items, state.vectors), state), 0);
    const best = argmax(expected);
    const hardness = toQuality(itemScores(items, poolMean(state)), {
      abilities: new Float64Array(1),
      seen: Int32Array.of(1),
    }).data[0]!;
    return [
      `A model of middling ability would answer it correctly with ${Math.round(100 * hardness)} %; ${models[best]} with ${Math.round(100 * expected[best]!)} %.`,
    ];
  },
};

function initial(
  { table, features }: Training,
  { dimensions, random }: { readonly dimensions: number; readonly random: Rng },
): ItemWeights {
  const uniform = (rows: number): Matrix & { readonly data: Float64Array } => {
    const out = matrix(rows, features.cols);
    for (let c = 0; c < out.data.length; c++)
      out.data[c] = (2 * random.next() - 1) / Math.sqrt(Math.max(features.cols, 1));
    return out;
  };
  const discrimination = uniform(dimensions);
  const vectors = matrix(table.models.length, dimensions);
  for (let c = 0; c < vectors.data.length; c++) vectors.data[c] = 0.1 * random.normal();
  return {
    discrimination,
    base: new Float64Array(dimensions),
    difficulty: uniform(1),
    level: new Float64Array(1),
    vectors,
  };
}

function poolMean(state: State): Matrix {
  const known = knownVectors(state);
  const out = matrix(1, known.cols);
  for (let c = 0; c < known.data.length; c++) out.data[c % known.cols]! += known.data[c]! / known.rows;
  return out;
}
