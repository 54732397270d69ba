import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Router, Training } from '../core/router.ts';
import { fitLogistic } from '../math/logistic.ts';
import { column, fromRows, type Matrix, matrix, selectRows } from '../math/matrix.ts';
import { predictRidge } from '../math/ridge.ts';

const params = z.strictObject({
  /** Candidates for the L2 penalty on the summed loss (scikit-learn's 1 / C); each model keeps its best on a held-out inner fold. */
  penalties: z.array(z.number().positive()).min(1).default([0.3, 3, 30]),
});

/** On the gradient of the mean loss: no prediction moves by a thousandth beyond it. */
const tolerance = 1e-5;

type Label = {
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** Platt's scaling of the linear score, fitted on the held-out inner fold. */
  readonly slope: number;
  readonly offset: number;
};
type State = { readonly labels: readonly Label[] };

/** One logistic regression per model on the encoded query, fractional outcomes as they are, its probabilities calibrated by Platt's scaling on held-out rows. */
export const multiLabel: Router<z.infer<typeof params>, State> = {
  name: 'multi-label',
  summary: 'a calibrated logistic regression per model',
  params,
  needs: { features: true, group: false },
  fit: (train, { penalties }, context) => {
    const held = Int32Array.from(train.folds.keys()).filter((i) => train.folds[i] === 0);
    const kept = Int32Array.from(train.folds.keys()).filter((i) => train.folds[i] !== 0);
    const parts = {
      held,
      kept,
      heldX: selectRows(train.features, held),
      keptX: selectRows(train.features, kept),
    };
    const labels = train.table.models.map((_, m) => {
      context.progress('multi-label', m, train.table.models.length);
      return fitLabel({ train, model: m, parts, penalties }, context);
    });
    context.progress('multi-label', labels.length, labels.length);
    return { labels };
  },
  predict: ({ features }, { labels }) => {
    const quality = matrix(features.rows, labels.length);
    labels.forEach((label, m) => {
      const score = linear(features, label);
      for (let i = 0; i < features.rows; i++)
        quality.data[i * labels.length + m] = sigmoid(label.slope * score[i]! + label.offset);
    });
    return { quality };
  },
  explain: () => ['A calibrated logistic fit to the encoded query decides.'],
};

interface Parts {
  readonly held: Int32Array;
  readonly kept: Int32Array;
  readonly heldX: Matrix;
  readonly keptX: Matrix;
}

function fitLabel(
  args: {
    readonly train: Training;
    readonly model: number;
    readonly parts: Parts;
    readonly penalties: readonly number[];
  },
  context: Context,
): Label {
  const { train, model, parts, penalties } = args;
  const y = column(train.table.quality, model);
  const nothing = { coefficients: new Float64Array(train.features.cols), slope: 1, offset: 0 };
  if (y.every(Number.isNaN)) return { ...nothing, intercept: Number.NaN };
  const keptY = Float64Array.from(parts.kept, (i) => y[i]!);
  const heldY = Float64Array.from(parts.held, (i) => y[i]!);
  let best: { penalty: number; loss: number; score: ArrayLike<number> } | undefined;
  let start: { coefficients: Float64Array; intercept: number } | undefined;
  if (heldY.some((value) => !Number.isNaN(value)) && keptY.some((value) => !Number.isNaN(value))) {
    // From the strongest penalty to the weakest, each fit starting at the one before.
    for (const penalty of [...penalties].sort((a, b) => b - a)) {
      context.signal?.throwIfAborted();
      start = fitLogistic({ x: parts.keptX, y: keptY, penalty, tolerance, ...(start && { start }) });
      const score = linear(parts.heldX, start);
      const loss = logLoss(heldY, score);
      if (best === undefined || loss < best.loss) best = { penalty, loss, score };
    }
  }
  const penalty = best?.penalty ?? Math.max(...penalties);
  const fit = fitLogistic({ x: train.features, y, penalty, tolerance, ...(start && { start }) });
  // A small pull to the identity keeps Platt's scaling in place where held-out rows are few.
  const platt =
    best === undefined
      ? { coefficients: Float64Array.of(1), intercept: 0 }
      : fitLogistic({ x: fromRows(Array.from(best.score, (s) => [s])), y: heldY, penalty: 1e-3 });
  const slope = platt.coefficients[0]!;
  return slope > 0 ? { ...fit, slope, offset: platt.intercept } : { ...fit, slope: 1, offset: 0 };
}

/** Log-odds of each row. */
function linear(
  x: Matrix,
  fit: { readonly coefficients: Float64Array; readonly intercept: number },
): ArrayLike<number> {
  const coefficients = { rows: fit.coefficients.length, cols: 1, data: fit.coefficients };
  return predictRidge({ coefficients, intercept: Float64Array.of(fit.intercept) }, x).data;
}

function logLoss(y: Float64Array, score: ArrayLike<number>): number {
  let sum = 0;
  y.forEach((value, i) => {
    if (!Number.isNaN(value))
      sum += Math.log1p(Math.exp(-Math.abs(score[i]!))) + Math.max(score[i]!, 0) - value * score[i]!;
  });
  return sum;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
