import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Router, Training } from '../core/router.ts';
import { fitLogisticMany, type LogisticManyState, predictLogisticMany } from '../math/logistic.ts';
import { at, column, type Matrix, matrix, selectRows } from '../math/matrix.ts';
import { labelKinds, pairLabels } from './pair-labels.ts';
import { holdOut } from './shared/held-out.ts';
import { referenceModel } from './shared/reference-model.ts';

const params = z.strictObject({
  label: z.enum(labelKinds).default('transformed'),
  /** Candidates for the L2 penalty on the summed loss; each model keeps its best on a held-out inner fold. */
  penalties: z.array(z.number().positive()).min(1).default([0.3, 3, 30]),
});
type Params = z.infer<typeof params>;
type State = {
  /** Column of the model that the others are held against. */
  readonly reference: number;
  readonly mean: number;
  /** Of each model, by its column; that of the reference says nothing. */
  readonly coefficients: Matrix;
  readonly intercept: Float64Array;
  /** Expected gap to the reference = offset + slope x probability; NaN for a model never observed beside it. */
  readonly slope: Float64Array;
  readonly offset: Float64Array;
  /** The t of each label. */
  readonly t: Float64Array;
};

const tolerance = 1e-5;
/** What a slope is held above: a probability that says nothing still orders the queries. */
const least = 1e-6;

/**
 * HybridLLM (Ding and others, 2404.14618): a classifier says of a query how probably the small model does as well
 * as the large one (or at most t worse), learned from one of three labels; the small one is called where that
 * reaches a threshold.
 *
 * Departures. The classifier is a logistic regression on the frozen encoder, in place of a fine-tuned DeBERTa-v3-large,
 * with soft targets. Quality is the table's outcome, not BARTScore. Where samples are not recorded, means of right
 * and wrong answers give Pr[H >= 0] in closed form, and other outcomes a label of 0 or 1. t is fixed on training
 * rows for each model. With more than two models there is a classifier for each, against the declared strong model
 * or else the best single one. Its probability becomes an expected gap by a rising line fitted on a held-out inner
 * fold, so that any policy may weigh it: for a pair the order of queries, and so what a threshold can choose, stays
 * the paper's.
 */
export const pairClassifier: Router<Params, State> = {
  name: 'pair-classifier',
  summary: 'how probably a model does as well as the strong one (HybridLLM)',
  paper: '2404.14618',
  params,
  needs: { features: true, group: false },
  variants: Object.fromEntries(labelKinds.map((label) => [label, { label }])),
  fit: (train, params, context) => fitPairs(train, params, context),
  predict: ({ features }, state) => {
    const probability = predictLogisticMany(state, features);
    const quality = matrix(features.rows, state.slope.length);
    for (let c = 0; c < quality.data.length; c++) {
      const m = c % quality.cols;
      const gap = m === state.reference ? 0 : state.offset[m]! + state.slope[m]! * probability.data[c]!;
      quality.data[c] = state.mean + gap;
    }
    return { quality };
  },
  explain: ({ features }, state, _, models) => {
    const probability = predictLogisticMany(state, features);
    return models.flatMap((id, m) =>
      m === state.reference || Number.isNaN(state.slope[m]!)
        ? []
        : [
            `${id} does ${state.t[m] === 0 ? 'as well as' : `at most ${state.t[m]!.toFixed(2)} worse than`} ${models[state.reference]} with probability ${at(probability, 0, m).toFixed(2)}.`,
          ],
    );
  },
};

function fitPairs(train: Training, { label, penalties }: Params, context: Context): State {
  const { table, features } = train;
  const { at: large, mean } = referenceModel(table);
  const labels = table.models.map((_, small) => pairLabels(table, { small, large }, label));
  const y = matrix(table.quality.rows, labels.length, Number.NaN);
  labels.forEach((own, m) => {
    if (m === large) return;
    for (let i = 0; i < y.rows; i++) y.data[i * y.cols + m] = own.y[i]!;
  });
  const { kept, held } = holdOut(train);
  const looked = held.length === 0 ? kept : held;
  const parts = { x: selectRows(features, kept), y: selectRows(y, kept) };
  const [heldX, heldY] = [selectRows(features, looked), selectRows(y, looked)];
  const chosen = y.cols === 0 ? [] : choose(parts, { x: heldX, y: heldY, penalties }, context);
  const gaps = table.models.map((_, m) =>
    Float64Array.from(looked, (i) => at(table.quality, i, m) - at(table.quality, i, large)),
  );
  const lines = chosen.map(({ probability }, m) => line(probability, gaps[m]!));
  const whole = fitLogisticMany({
    x: features,
    y,
    penalty: Float64Array.from(chosen, ({ penalty }) => penalty),
    tolerance,
    ...(context.signal && { signal: context.signal }),
  });
  return {
    ...whole,
    reference: large,
    mean,
    slope: Float64Array.from(lines, ({ slope }) => slope),
    offset: Float64Array.from(lines, ({ offset }) => offset),
    t: Float64Array.from(labels, ({ t }) => t),
  };
}

interface Chosen {
  readonly penalty: number;
  readonly loss: number;
  /** Of the held-out rows. */
  readonly probability: Float64Array;
}

/** For each model the penalty of the least log loss on the held-out rows. */
function choose(
  parts: { readonly x: Matrix; readonly y: Matrix },
  held: { readonly x: Matrix; readonly y: Matrix; readonly penalties: readonly number[] },
  context: Context,
): Chosen[] {
  let start: LogisticManyState | undefined;
  let best: Chosen[] = [];
  const descending = [...held.penalties].sort((a, b) => b - a);
  for (const [done, penalty] of descending.entries()) {
    context.progress('pair-classifier', done, descending.length);
    start = fitLogisticMany({
      ...parts,
      penalty,
      tolerance,
      start,
      ...(context.signal && { signal: context.signal }),
    });
    const probabilities = predictLogisticMany(start, held.x);
    const now = Array.from({ length: held.y.cols }, (_, m): Chosen => {
      const probability = column(probabilities, m);
      return { penalty, probability, loss: logLoss(probability, column(held.y, m)) };
    });
    best = now.map((one, m) => (best[m] === undefined || one.loss < best[m].loss ? one : best[m]));
  }
  context.progress('pair-classifier', descending.length, descending.length);
  return best;
}

function logLoss(probability: Float64Array, y: Float64Array): number {
  let sum = 0;
  y.forEach((label, i) => {
    const p = Math.min(Math.max(probability[i]!, 1e-12), 1 - 1e-12);
    if (!Number.isNaN(label)) sum -= label * Math.log(p) + (1 - label) * Math.log(1 - p);
  });
  return sum;
}

/** Least squares of the gap on the probability, the slope held from falling. */
function line(probability: Float64Array, gap: Float64Array): { slope: number; offset: number } {
  const rows = Array.from(gap.keys()).filter((i) => !Number.isNaN(gap[i]!) && !Number.isNaN(probability[i]!));
  const mean = (of: Float64Array): number => rows.reduce((sum, i) => sum + of[i]!, 0) / rows.length;
  if (rows.length === 0) return { slope: Number.NaN, offset: Number.NaN };
  const [p, h] = [mean(probability), mean(gap)];
  let [up, down] = [0, 0];
  for (const i of rows) {
    up += (probability[i]! - p) * (gap[i]! - h);
    down += (probability[i]! - p) ** 2;
  }
  const slope = down > 1e-12 ? Math.max(up / down, least) : least;
  return { slope, offset: h - slope * p };
}
