import { z } from 'zod';
import type { Context } from '../core/context.ts';
import { SignalboxError } from '../core/errors.ts';
import { indexGroups } from '../core/folds.ts';
import type { Router, Training } from '../core/router.ts';
import { adam } from '../math/adam.ts';
import { kmeans } from '../math/kmeans.ts';
import { type Matrix, matrix, row, selectRows } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import { type Rng, shuffle } from '../math/rng.ts';
import {
  assignRoles,
  cosines,
  drawContrast,
  dualContrastive as lossAndGradients,
  sampleModelLoss,
  type Weights,
} from './dual-contrastive-loss.ts';
import { holdOut, rowWeights } from './shared/held-out.ts';
import { unit } from './shared/neighbours.ts';
import { fitOutcomeScale, type OutcomeScale, toOutcomes } from './shared/outcome-scale.ts';
import { inOwnOrder } from './shared/row-order.ts';

const params = z.strictObject({
  /** Models of the highest scores that a query is drawn to. */
  positives: z.int().positive().default(3),
  /** Models of the lowest scores that it is pushed from. */
  negatives: z.int().positive().default(3),
  /** Queries of other clusters that it is pushed from. */
  strangers: z.int().positive().default(3),
  /** Weight of the sample-sample loss; 0 leaves it out. */
  lambda: z.number().nonnegative().default(1),
  /** Of both losses: cosines are divided by it. */
  temperature: z.number().positive().default(1),
  clusters: z.int().positive().default(5),
  /** Whether the clusters' labels are dealt out anew by chance: their sizes stay, their meaning goes. */
  shuffled: z.boolean().default(false),
  /** Score of a model on a query = quality - costWeight x cost in US dollars; 1 in the paper's study of cost. */
  costWeight: z.number().nonnegative().default(0),
  dimensions: z.int().positive().default(128),
  steps: z.int().positive().default(1000),
  batch: z.int().positive().default(64),
  rate: z.number().positive().default(1e-3),
  decay: z.number().nonnegative().default(0.01),
  /** No more steps than take every training row so many times, for small tables. */
  passes: z.int().positive().default(200),
  /** Steps between two looks at the held-out rows. */
  every: z.int().positive().default(50),
  /** Where groups count alike: rows taken of each group in an epoch, small groups repeated. */
  perGroup: z.int().positive().default(1000),
  /** One curve from cosine to expected outcome for all models, in place of one for each. */
  sharedScale: z.boolean().default(false),
  /** Ids of models that cannot be called any more: they are masked, and the next best takes their place. */
  lost: z.array(z.string()).default([]),
});
type Params = z.infer<typeof params>;
type State = Weights & {
  readonly scale: OutcomeScale;
  readonly ids: readonly string[];
  readonly steps: number;
};

/**
 * RouterDC (Chen and others, 2409.19886): an encoded query and a learned vector for each model are compared by
 * cosine; a query is drawn to its best models and pushed from its worst (sample-LLM loss), and drawn to queries of
 * its own cluster and pushed from those of others (sample-sample loss).
 *
 * Departures. The encoder is frozen and a linear projection is learned on it, in place of a fine-tuned
 * mDeBERTa-v3-base. Clusters are found by k-means on the encoded training queries, without t-SNE before it. Scores
 * are the table's outcomes, where the paper takes the probability of the right option; models that score the same
 * are ordered by chance, anew each time, and none is a negative that does as well as a positive. Weights are
 * averaged over steps; how many steps are best is seen by the sample-LLM loss of a held-out inner fold (the value of
 * the choices on so few rows is mostly noise), not on the rows trained on, and then all rows are trained on for as many. A rising curve per model, fitted on the held-out fold, turns cosines
 * into expected outcomes, which the paper does not need: contrast says who is better placed, not how good it is.
 * The variant `cosine` has one curve for all models, and so chooses by cosine alone, as published.
 */
export const dualContrastive: Router<Params, State> = {
  name: 'dual-contrastive',
  summary: 'queries and models in one space, by two contrastive losses (RouterDC)',
  paper: '2409.19886',
  params,
  needs: { features: true, group: false },
  variants: {
    cosine: { sharedScale: true },
    'no-sample-loss': { lambda: 0 },
    'random-clusters': { shuffled: true },
    cost: { costWeight: 1, positives: 4, negatives: 4 },
  },
  fit: (given, params, context) => {
    const train = inOwnOrder(given, context);
    const { table, features } = train;
    const { held } = holdOut(train);
    const random = context.rng.fork('dual-contrastive');
    const clusters = clusterRows(train, params, { context, random: random.fork('clusters') });
    const most = Math.min(params.steps, Math.ceil((params.passes * train.queries.length) / params.batch));
    const work = {
      train,
      params: { ...params, steps: most },
      context,
      random,
      clusters,
      scores: scoresOf(table, params.costWeight),
    };
    const all = Int32Array.from(train.folds.keys());
    const chosen =
      held.length === 0 ? undefined : learn({ ...work, rows: all.filter((i) => train.folds[i] !== 0), held });
    const steps = chosen?.steps ?? most;
    const { weights } = learn({ ...work, params: { ...params, steps }, rows: all, held: all.subarray(0, 0) });
    const looked = chosen === undefined ? all : held;
    const scale = fitOutcomeScale(
      cosines(chosen?.weights ?? weights, selectRows(features, looked)),
      selectRows(table.quality, looked),
      { shared: params.sharedScale, weights: pick(rowWeights(table), looked) },
    );
    return { ...weights, scale, ids: table.models.map(({ id }) => id), steps };
  },
  predict: ({ features }, state, { lost }) => {
    const quality = toOutcomes(cosines(state, features), state.scale);
    const masked = state.ids.map((id) => lost.includes(id));
    for (let c = 0; c < quality.data.length; c++) if (masked[c % quality.cols]) quality.data[c] = Number.NaN;
    return { quality };
  },
  explain: ({ features }, state, _, models) => {
    const given = cosines(state, features);
    const scores = row(given, 0);
    const nearest = argmax(scores);
    const near = `It lies nearest to ${models[nearest]} in the learned space (cosine ${scores[nearest]!.toFixed(2)}).`;
    const best = argmax(row(toOutcomes(given, state.scale), 0));
    if (best === nearest) return [near];
    return [
      near,
      `By the curve from cosine to outcome, ${models[best]} is expected to do better (cosine ${scores[best]!.toFixed(2)}).`,
    ];
  },
};

interface Work {
  readonly train: Training;
  readonly params: Params;
  readonly context: Context;
  readonly random: Rng;
  readonly clusters: Int32Array;
  /** What positives and negatives are chosen by; rows x models. */
  readonly scores: Matrix;
  /** Rows that are trained on. */
  readonly rows: Int32Array;
  /** Rows on which the sample-LLM loss of the weights that are kept is least; none: the last are kept. */
  readonly held: Int32Array;
}

function learn({ train, params, context, random, clusters, scores, rows, held }: Work): {
  weights: Weights;
  steps: number;
} {
  const { table, features } = train;
  const weights = initial(table.models.length, features.cols, { ...params, random: random.fork('weights') });
  const { decay, rate, positives, negatives, lambda, temperature } = params;
  const parts = [weights.projection.data, weights.models.data];
  const step = adam(
    parts.map((values) => ({ values, decay })),
    rate,
  );
  const average = copyOf(weights);
  const means = [average.projection.data, average.models.data];
  const heldRoles = assignRoles(selectRows(scores, held), {
    positives,
    negatives,
    random: random.fork('held'),
  });
  const heldWeights = pick(rowWeights(table), held);
  const heldFeatures = selectRows(features, held);
  const deck = draws(train, rows, { perGroup: params.perGroup, random: random.fork('rows') });
  const pairs = random.fork('pairs');
  let best = { loss: Number.POSITIVE_INFINITY, weights: average, steps: params.steps };
  for (let t = 1; t <= params.steps; t++) {
    context.signal?.throwIfAborted();
    const batch = Int32Array.from({ length: params.batch }, () => deck.next().value);
    const roles = assignRoles(selectRows(scores, batch), { positives, negatives, random: pairs });
    const contrast = drawContrast(batch, clusters, params.strangers, pairs);
    const slopes = lossAndGradients(weights, features, { ...contrast, roles, lambda, temperature });
    step([slopes.projection, slopes.models]);
    // The mean of all steps at first, later of about the last hundred.
    const share = Math.max(1 / t, 0.01);
    means.forEach((mean, k) => {
      for (let c = 0; c < mean.length; c++) mean[c]! += share * (parts[k]![c]! - mean[c]!);
    });
    if (t % params.every !== 0 && t !== params.steps) continue;
    context.progress('dual-contrastive', t, params.steps);
    if (held.length === 0) continue;
    const loss = sampleModelLoss(cosines(average, heldFeatures), {
      roles: heldRoles,
      weights: heldWeights,
      temperature,
    });
    if (loss < best.loss) best = { loss, weights: copyOf(average), steps: t };
  }
  return best;
}

function scoresOf(table: Training['table'], costWeight: number): Matrix {
  if (costWeight === 0) return table.quality;
  if (table.cost === undefined)
    throw new SignalboxError(
      'table',
      `dual-contrastive was given costWeight ${costWeight}, but ${table.name} records no cost; record it, or leave costWeight at 0.`,
    );
  const out = matrix(table.quality.rows, table.quality.cols);
  for (let c = 0; c < out.data.length; c++)
    out.data[c] = table.quality.data[c]! - costWeight * table.cost.data[c]!;
  return out;
}

function clusterRows(
  { features }: Training,
  { clusters: k, shuffled, lambda }: Params,
  { context, random }: { readonly context: Context; readonly random: Rng },
): Int32Array {
  if (lambda === 0) return new Int32Array(features.rows);
  const { labels } = kmeans(unit(features, context), {
    k,
    rng: random,
    ...(context.signal && { signal: context.signal }),
  });
  return shuffled ? shuffle(labels, random.fork('shuffled')) : labels;
}

interface OwnWeights {
  readonly projection: Matrix & { readonly data: Float64Array };
  readonly models: Matrix & { readonly data: Float64Array };
}

/** The projection as a linear layer starts in PyTorch, the models' vectors as published. */
function initial(
  models: number,
  width: number,
  { dimensions, random }: { readonly dimensions: number; readonly random: Rng },
): OwnWeights {
  const out = { projection: matrix(dimensions, width), models: matrix(models, dimensions) };
  const bound = 1 / Math.sqrt(Math.max(width, 1));
  const projection = random.fork('projection');
  for (let c = 0; c < out.projection.data.length; c++)
    out.projection.data[c] = bound * (2 * projection.next() - 1);
  const vectors = random.fork('models');
  for (let c = 0; c < out.models.data.length; c++) out.models.data[c] = 0.78 * vectors.normal();
  return out;
}

function copyOf({ projection, models }: OwnWeights): OwnWeights {
  return {
    projection: { ...projection, data: projection.data.slice() },
    models: { ...models, data: models.data.slice() },
  };
}

/** Rows without end, an epoch after the other. Where the primary average is over groups, an epoch holds as many rows of each. */
function* draws(
  { table }: Training,
  kept: Int32Array,
  { perGroup, random }: { readonly perGroup: number; readonly random: Rng },
): Generator<number, never> {
  const { of } = indexGroups(table.examples);
  const byGroup = Map.groupBy(kept, (row) => (table.primary === 'macro' ? of[row]! : 0));
  for (;;) {
    const epoch = [...byGroup.values()].flatMap((rows) => {
      shuffle(rows, random);
      if (byGroup.size === 1) return rows;
      return Array.from({ length: perGroup }, (_, i) => rows[i % rows.length]!);
    });
    yield* shuffle(epoch, random);
  }
}

const pick = (values: Float64Array, rows: Int32Array): Float64Array =>
  Float64Array.from(rows, (i) => values[i]!);
