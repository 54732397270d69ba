import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Router, Training } from '../core/router.ts';
import { columnMeans } from '../core/table.ts';
import { type Matrix, matrix, row, selectRows } from '../math/matrix.ts';
import { mean } from '../math/order.ts';
import { centredError } from './shared/centred.ts';
import { holdOut, rowWeights } from './shared/held-out.ts';
import { type Neighbours, neighbours, outOfFoldNeighbours, unit, unitBase } from './shared/neighbours.ts';
import { fitOutcomeScale, type OutcomeScale, toOutcomes } from './shared/outcome-scale.ts';
import { inOwnOrder } from './shared/row-order.ts';
import { dot } from './shared/unit-rows.ts';
import { learnSoftHead, type SoftHead, softLogits } from './soft-label/head.ts';
import { answerLikeness, gradedScores, softLabels, softmaxOf } from './soft-label/labels.ts';

const params = z.strictObject({
  head: z.enum(['linear', 'mlp', 'knn']).default('linear'),
  /** Candidates for what scores are multiplied by before the softmax: above 1 labels are sharpened, below 1 levelled. Chosen on held-out rows. */
  sharpness: z.array(z.number().positive()).min(1).default([0.1, 1, 3, 10]),
  /** Candidates for how much of a score is the likeness of the recorded answer to the reference; the rest is the outcome. */
  likeness: z.array(z.number().min(0).max(1)).default([0, 0.5]),
  /** What is predicted: an expected outcome, or the probability itself, as published. */
  output: z.enum(['outcome', 'probability']).default('outcome'),
  /** Of the head mlp. */
  hidden: z.int().positive().default(64),
  epochs: z.int().positive().default(30),
  patience: z.int().positive().default(4),
  rate: z.number().positive().default(0.005),
  decay: z.number().nonnegative().default(1e-4),
  batch: z.int().positive().default(128),
  /** Of the head knn: candidates, chosen by inner folds. */
  k: z.array(z.int().positive()).min(1).default([10, 20, 40, 80]),
});
type Params = z.infer<typeof params>;
type Near = { readonly features: Matrix; readonly labels: Matrix; readonly k: number };
type State = {
  readonly head: SoftHead | Near;
  readonly sharpness: number;
  readonly likeness: number;
  /** 1 for each model that was ever observed. */
  readonly seen: Int32Array;
  readonly scale: OutcomeScale;
};

/**
 * TO-Router (Stripelis and others, 2408.12320): a distribution over models is learned from soft labels, the softmax
 * over models of how good each answer was, by soft cross-entropy; the model of the greatest probability answers, or
 * of the greatest probability less alpha x cost. Heads: the nearest queries' labels weighted by similarity, a network
 * of one hidden layer, and a linear layer on a frozen encoder in place of the paper's BERT, which is not fine-tuned.
 *
 * Departures. The paper scores answers by BERT similarity to the reference, which rewards wrong answers that read
 * alike; here the score is the table's outcome, and half of it the overlap in words of a recorded answer with the
 * reference where held-out rows say that this helps. The paper's temperature is 10, multiplied or divided by is not
 * known to us: how sharp labels are, either way, is chosen by the error of predicted differences on a held-out inner
 * fold. A model that was not run on a query takes no part in its label. A probability says who is better, not how
 * good: log probabilities over the sharpness, which are scores again up to the query's own level, go through one
 * rising curve for all models, so that the order is the paper's; `probability` leaves them as they are, and swept by
 * a price of cost, of latency where a table records it, or of equal parts of both this is the paper's utility, whose two
 * prices are free of each other.
 */
export const softLabel: Router<Params, State> = {
  name: 'soft-label',
  summary: 'a distribution over models learned from soft labels (TO-Router)',
  paper: '2408.12320',
  params,
  needs: { features: true, group: false },
  variants: {
    linear: { head: 'linear' },
    mlp: { head: 'mlp' },
    knn: { head: 'knn' },
    probability: { output: 'probability' },
  },
  fit: (given, params, context) => {
    const train = inOwnOrder(given, context);
    const { quality } = train.table;
    const seen = Int32Array.from(columnMeans(quality), (value) => (Number.isNaN(value) ? 0 : 1));
    const trial = (params.head === 'knn' ? nearTrials : headTrials)(train, params, { seen, context });
    const found = chosen(train, params, trial);
    const { looked, scores } = found;
    const weights = rowWeights(train.table);
    const scale = fitOutcomeScale(scores, selectRows(quality, looked), {
      shared: true,
      weights: Float64Array.from(looked, (i) => weights[i]!),
    });
    context.progress('soft-label', 1, 1);
    const { sharpness, likeness } = found;
    return { head: found.finish(), sharpness, likeness, seen, scale };
  },
  predict: ({ features }, state, { output }, context) => {
    const logits = logitsOf(features, state, context);
    if (output === 'outcome') return { quality: toOutcomes(levelled(logits, state), state.scale) };
    for (let i = 0; i < logits.rows; i++) {
      const own = row(logits, i).map((value, m) => (state.seen[m] === 0 ? Number.NaN : value));
      logits.data.set(softmaxOf(own), i * logits.cols);
    }
    return { quality: logits };
  },
  explain: (_, { sharpness, head }) => [
    `${'k' in head ? `The labels of the ${head.k} most similar training queries decide` : 'A head learned from soft labels decides'}; labels were made of scores ${sharpness >= 1 ? `times ${sharpness}` : `divided by ${Number((1 / sharpness).toPrecision(3))}`}.`,
  ],
};

/** A way to make labels, tried on rows that its fit had not seen. */
interface Trial {
  readonly looked: Int32Array;
  /** Levelled log probabilities of those rows. */
  readonly scores: Matrix;
  finish(): State['head'];
}
type Try = (labels: Matrix, sharpness: number) => Trial;
type Found = Trial & { readonly sharpness: number; readonly likeness: number };

/** First how sharp, then whether likeness helps; by the error of predicted differences on the rows looked at. */
function chosen(train: Training, { sharpness, likeness }: Params, trial: Try): Found {
  const like = likeness.some((share) => share > 0) ? answerLikeness(train.table) : undefined;
  let best: (Found & { error: number }) | undefined;
  const look = (sharp: number, share: number): void => {
    const found = trial(softLabels(gradedScores(train.table, like, share), sharp), sharp);
    const observed = selectRows(train.table.quality, found.looked);
    const outcomes = toOutcomes(found.scores, fitOutcomeScale(found.scores, observed, { shared: true }));
    const error = centredError(observed, outcomes);
    if (best === undefined || error < best.error)
      best = { ...found, sharpness: sharp, likeness: share, error };
  };
  const shares = like === undefined ? [0] : likeness;
  // Equal errors: the sharper.
  for (const sharp of [...sharpness].sort((a, b) => b - a)) look(sharp, shares[0] ?? 0);
  for (const share of shares.slice(1)) look(best!.sharpness, share);
  return best!;
}

interface With {
  readonly seen: Int32Array;
  readonly context: Context;
}

function headTrials(train: Training, params: Params, { seen, context }: With): Try {
  const x = unit(train.features, context);
  const { kept, held } = holdOut(train);
  const all = Int32Array.from(train.folds.keys());
  const units = params.head === 'mlp' ? params.hidden : 0;
  const random = context.rng.fork('soft-label');
  let done = 0;
  return (labels, sharpness) => {
    context.progress('soft-label', done++);
    const work = { ...params, x, labels, units, random };
    const first = learnSoftHead({ ...work, rows: kept, held }, context);
    const looked = held.length === 0 ? all : held;
    return {
      looked,
      scores: levelled(softLogits(first.head, selectRows(x, looked)), { seen, sharpness }),
      finish: () =>
        held.length === 0
          ? first.head
          : learnSoftHead({ ...work, rows: all, held: all.subarray(0, 0), epochs: first.epochs }, context)
              .head,
    };
  };
}

function nearTrials(train: Training, { k: candidates }: Params, { seen, context }: With): Try {
  const { features, folds, table } = train;
  const near = outOfFoldNeighbours(features, folds, Math.max(...candidates), context);
  const x = unit(features, context);
  const looked = Int32Array.from(folds.keys());
  return (labels, sharpness) => {
    const tried = candidates.map((k) => {
      const scores = levelled(nearLogits(near, { queries: x, base: x }, { labels, k }), { seen, sharpness });
      const outcomes = toOutcomes(scores, fitOutcomeScale(scores, table.quality, { shared: true }));
      return { k, scores, error: centredError(table.quality, outcomes) };
    });
    const best = tried.reduce((least, one) => (one.error < least.error ? one : least));
    return { looked, scores: best.scores, finish: () => ({ features, labels, k: best.k }) };
  };
}

function logitsOf(features: Matrix, { head }: Pick<State, 'head'>, context: Context): Matrix {
  if (!('k' in head)) return softLogits(head, unit(features, context));
  const near = neighbours(features, head.features, head.k, context);
  return nearLogits(
    near,
    { queries: unit(features, context), base: unitBase(head.features, features, context) },
    head,
  );
}

/** Below it a label is taken for chance. */
const least = 1e-4;

/** Log of the neighbours' labels, averaged by similarity; where none has a label of a model, as much as each has on average. */
function nearLogits(
  { indices, k: width }: Neighbours,
  { queries, base }: { readonly queries: Matrix; readonly base: Matrix },
  { labels, k }: Pick<Near, 'labels' | 'k'>,
): Matrix {
  const out = matrix(queries.rows, labels.cols);
  for (let i = 0; i < out.rows; i++) {
    const [sums, weights] = [new Float64Array(labels.cols), new Float64Array(labels.cols)];
    for (let j = 0; j < Math.min(k, width); j++) {
      const neighbour = indices[i * width + j]!;
      if (neighbour < 0) break;
      const weight = Math.max(dot(row(queries, i), row(base, neighbour)), 1e-6);
      for (let m = 0; m < labels.cols; m++) {
        const label = labels.data[neighbour * labels.cols + m]!;
        if (Number.isNaN(label)) continue;
        sums[m]! += weight * label;
        weights[m]! += weight;
      }
    }
    for (let m = 0; m < labels.cols; m++) {
      const p = weights[m] === 0 ? 1 / labels.cols : sums[m]! / weights[m]!;
      out.data[i * labels.cols + m] = Math.log(Math.max(p, least));
    }
  }
  return out;
}

/** Log probabilities over the sharpness less their mean: scores again, up to the query's own level. NaN for a model never observed. */
function levelled(logits: Matrix, { seen, sharpness }: Pick<State, 'seen' | 'sharpness'>): Matrix {
  const out = matrix(logits.rows, logits.cols);
  for (let i = 0; i < out.rows; i++) {
    const own = Float64Array.from(row(logits, i), (value, m) => (seen[m] === 0 ? Number.NaN : value));
    const level = mean(own);
    out.data.set(
      own.map((value) => (value - level) / sharpness),
      i * out.cols,
    );
  }
  return out;
}
