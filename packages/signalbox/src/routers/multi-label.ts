import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Router, Training } from '../core/router.ts';
import { column, type Matrix } from '../math/matrix.ts';
import { fitMlp, type MlpState, predictMlp } from '../math/mlp.ts';
import {
  type Calibration,
  calibrate,
  calibrated,
  innerParts,
  type Labels,
  noOpinion,
  pick,
  uncalibrated,
  withClassWeights,
} from './shared/labels.ts';
import { fitLinearLabels, type LinearLabels, linearScores, side } from './shared/linear-labels.ts';

const params = z.strictObject({
  /** A regression for each model, or one hidden layer that all models share. */
  head: z.enum(['linear', 'mlp']).default('linear'),
  /** Whether right and wrong outcomes of a model count by their rows, or each as much as the other. */
  weights: z.enum(['plain', 'balanced']).default('plain'),
  /** Of the linear head. Candidates for the L2 penalty on the summed loss (scikit-learn's 1 / C); the best for all models together on a held-out inner fold is kept. */
  penalties: z.array(z.number().positive()).min(1).default([1, 3, 10, 30, 100]),
  /** Of the head mlp: units of its layer. */
  hidden: z.int().positive().default(64),
  /** Of the head mlp: at most so many; the epoch of the least loss on the held-out inner fold is kept. */
  epochs: z.int().positive().default(40),
});
type Params = z.infer<typeof params>;

type MlpHead = {
  readonly network: Pick<MlpState, keyof MlpState>;
  readonly labels: readonly Calibration[];
};
type State = LinearLabels | MlpHead;

/**
 * One output per model on the encoded query, fractional outcomes as they are, its probabilities calibrated by
 * Platt's scaling on held-out rows and its threshold the one of the greatest weighted F1 there. MLC of 2405.00467, which
 * fine-tunes RoBERTa where this keeps the features frozen, and thresholds at one half.
 */
export const multiLabel: Router<Params, State> = {
  name: 'multi-label',
  summary: 'a calibrated logistic regression per model, or a network that all models share',
  paper: '2405.00467',
  params,
  needs: { features: true, group: false },
  variants: {
    linear: { head: 'linear' },
    mlp: { head: 'mlp' },
    plain: { weights: 'plain' },
    balanced: { weights: 'balanced' },
  },
  fit: (train, params, context) => {
    const labels = train.table.models.map((_, m) =>
      withClassWeights(column(train.table.quality, m), params.weights),
    );
    const { name } = multiLabel;
    return params.head === 'mlp'
      ? fitNetwork({ train, labels, params }, context)
      : fitLinearLabels({ train, labels, penalties: params.penalties, shared: true, name }, context);
  },
  predict: ({ features }, state) => {
    const scores = 'network' in state ? networkScores(features, state) : linearScores(features, state);
    return calibrated(scores, state.labels, features.rows);
  },
  explain: (_, state) => [
    'network' in state
      ? 'A small neural network on the encoded query, calibrated, decides.'
      : 'A calibrated logistic fit to the encoded query decides.',
  ],
};

interface Work {
  readonly train: Training;
  readonly labels: readonly Labels[];
  readonly params: Params;
}

/** Fewer held-out rows can neither choose an epoch nor calibrate: every epoch is run, and the outputs stand as they are. */
const fewest = 20;

function fitNetwork({ train, labels, params }: Work, context: Context): MlpHead {
  const { held, heldX } = innerParts(train, context);
  const enough = held.length >= fewest;
  const network = fitMlp({
    x: train.features,
    ...side(labels),
    hidden: params.hidden,
    epochs: params.epochs,
    rate: 0.003,
    batch: 64,
    decay: 1e-4,
    rng: context.rng.fork('multi-label'),
    loss: 'logistic',
    ...(enough && { validation: held }),
    ...(context.signal && { signal: context.signal }),
    onEpoch: (done) => context.progress('multi-label', done, params.epochs),
  });
  context.progress('multi-label', params.epochs, params.epochs);
  const scores = networkScores(heldX, { network });
  const calibrations = labels.map((label, m) => {
    if (label.y.every(Number.isNaN)) return noOpinion;
    const known = pick(label, held);
    return enough && known.y.some((y) => !Number.isNaN(y)) ? calibrate(scores[m]!, known) : uncalibrated;
  });
  return { network, labels: calibrations };
}

/** Log odds of each model's output. */
function networkScores(features: Matrix, { network }: Pick<MlpHead, 'network'>): Float64Array[] {
  const p = predictMlp(network, features);
  return Array.from({ length: p.cols }, (_, m) =>
    column(p, m).map((value) => {
      const inside = Math.min(Math.max(value, 1e-12), 1 - 1e-12);
      return Math.log(inside / (1 - inside));
    }),
  );
}
