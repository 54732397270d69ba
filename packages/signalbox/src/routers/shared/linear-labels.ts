import type { Context } from '../../core/context.ts';
import type { Training } from '../../core/router.ts';
import { fitLogisticMany, type LogisticManyState } from '../../math/logistic.ts';
import { column, type Matrix, matrix, selectRows } from '../../math/matrix.ts';
import { argmax } from '../../math/order.ts';
import { predictRidge } from '../../math/ridge.ts';
import {
  type Calibration,
  calibrate,
  innerParts,
  type Labels,
  noOpinion,
  pick,
  uncalibrated,
} from './labels.ts';

/** Logistic regressions and how their scores are read. */
export type LinearLabels = {
  /** Columns of the features x models. */
  readonly coefficients: Matrix;
  /** NaN for a model never observed. */
  readonly intercept: Float64Array;
  readonly labels: readonly Calibration[];
};

/** On the gradient of the mean loss: no prediction moves by a thousandth beyond it. */
const tolerance = 1e-5;

export interface LinearLabelsArgs {
  readonly train: Training;
  readonly labels: readonly Labels[];
  readonly penalties: readonly number[];
  readonly shared: boolean;
  /** For its progress. */
  readonly name: string;
}

/** The regressions fitted on all rows, and for each model what the rows held out say of its scores. */
export interface HeldOutFit extends Pick<LinearLabels, 'coefficients' | 'intercept'> {
  /** Log odds of the held-out rows by the fit that had not seen them; NaN where there were none to be had. */
  readonly scores: readonly Float64Array[];
  readonly held: readonly Labels[];
}

/**
 * A logistic regression for each model, penalties by the loss on the held-out part: one for all models, or for
 * each its own. Calibrated there, then fitted on all rows.
 */
export function fitLinearLabels(args: LinearLabelsArgs, context: Context): LinearLabels {
  const { coefficients, intercept, scores, held } = fitWithHeldOut(args, context);
  const calibrations = args.labels.map(({ y }, m) => {
    if (y.every(Number.isNaN)) return noOpinion;
    return scores[m]!.some(Number.isNaN) ? uncalibrated : calibrate(scores[m]!, held[m]!);
  });
  return { coefficients, intercept, labels: calibrations };
}

/** The same, not calibrated yet. */
export function fitWithHeldOut(args: LinearLabelsArgs, context: Context): HeldOutFit {
  const { train, labels, shared, name } = args;
  const parts = innerParts(train, context);
  const held = labels.map((label) => pick(label, parts.held));
  const targets = side(labels);
  const kept = { y: selectRows(targets.y, parts.kept), weights: selectRows(targets.weights, parts.kept) };
  const { signal } = context;
  // From the strongest penalty to the weakest, each fit starting at the one before.
  const penalties = [...args.penalties].sort((a, b) => b - a);
  let start: LogisticManyState | undefined;
  const tried = penalties.map((penalty, done) => {
    context.progress(name, done, penalties.length + 1);
    start = fitLogisticMany({ x: parts.keptX, ...kept, penalty, tolerance, start, signal });
    const scores = predictRidge(start, parts.heldX);
    return { scores, losses: held.map((label, m) => logLoss(label, column(scores, m))) };
  });
  context.progress(name, penalties.length, penalties.length + 1);
  const total = tried.map(({ losses }) =>
    losses.reduce((sum, loss) => sum + (Number.isNaN(loss) ? 0 : loss), 0),
  );
  const chosen = labels.map((_, m) => {
    const losses = shared ? total : tried.map((one) => one.losses[m]!);
    return Math.max(0, argmax(losses.map((loss) => -loss)));
  });
  const penalty = Float64Array.from(chosen, (c) => penalties[c]!);
  const { coefficients, intercept } = fitLogisticMany({
    x: train.features,
    ...targets,
    penalty,
    tolerance,
    start,
    signal,
  });
  context.progress(name, penalties.length + 1, penalties.length + 1);
  const scores = labels.map((_, m) => column(tried[chosen[m]!]!.scores, m));
  return { coefficients, intercept, scores, held };
}

/** Log odds of each model's label, one array for each. */
export function linearScores(
  features: Matrix,
  state: Pick<LinearLabels, 'coefficients' | 'intercept'>,
): Float64Array[] {
  const scores = predictRidge(state, features);
  return Array.from(state.intercept, (_, m) => column(scores, m));
}

/** Labels and weights beside each other, rows x models. */
export function side(labels: readonly Labels[]): { readonly y: Matrix; readonly weights: Matrix } {
  const rows = labels[0]?.y.length ?? 0;
  const [y, weights] = [matrix(rows, labels.length), matrix(rows, labels.length, 1)];
  labels.forEach((label, m) => {
    for (let i = 0, cell = m; i < rows; i++, cell += labels.length) {
      y.data[cell] = label.y[i]!;
      if (label.weights) weights.data[cell] = label.weights[i]!;
    }
  });
  return { y, weights };
}

/** NaN where nothing was learned. */
function logLoss({ y, weights }: Labels, score: Float64Array): number {
  let sum = 0;
  y.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const loss = Math.log1p(Math.exp(-Math.abs(score[i]!))) + Math.max(score[i]!, 0) - value * score[i]!;
    sum += weights === undefined ? loss : weights[i]! * loss;
  });
  return sum;
}
