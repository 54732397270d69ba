import { z } from 'zod';
import { SignalboxError } from '../core/errors.ts';
import type { Policy, PolicyTraining } from '../core/policy.ts';
import { at, column, type Matrix, matrix } from '../math/matrix.ts';
import { descending, mean } from '../math/order.ts';
import { fitRidge, predictRidge } from '../math/ridge.ts';
import { last, masked } from './masked.ts';

type None = Record<string, never>;
type State = {
  readonly coefficients: Matrix;
  readonly intercept: Float64Array;
  /** Mean confidence of each model on the training rows, which stands in for that of a masked one. */
  readonly usual: Float64Array;
};

/** Keeps the regression solvable where confidences are constant or copies of each other; moves nothing else. */
const penalty = 1e-3;
/** A model is right where its observed quality is above this, as the majority label of 2405.00467. */
const right = 0.5;
/** What the regression is told where no model is right. */
const undecided = 0.5;

/** Confidence of the first model, in the order given, that was right; NaN where nothing was observed. */
function confidences({ forecasts, quality }: PolicyTraining, order: readonly number[]): Matrix {
  const out = matrix(quality.rows, 1);
  for (let i = 0; i < quality.rows; i++) {
    const first = order.find((m) => at(quality, i, m) > right && !masked(at(forecasts.quality, i, m)));
    const seen = order.some((m) => !Number.isNaN(at(quality, i, m)));
    out.data[i] = first !== undefined ? at(forecasts.quality, i, first) : seen ? undecided : Number.NaN;
  }
  return out;
}

/** Confidences with a number for every model: one that is missing must not move the aim of the others. */
function filled(quality: Matrix, usual: Float64Array): Matrix {
  const data = quality.data.map((value, cell) => (masked(value) ? usual[cell % quality.cols]! : value));
  return { ...quality, data };
}

function usualOf(quality: Matrix): Float64Array {
  return Float64Array.from({ length: quality.cols }, (_, m) => {
    const usual = mean(column(quality, m).filter((value) => !masked(value)));
    return Number.isNaN(usual) ? undecided : usual;
  });
}

/** A policy that predicts, from a query's row of confidences, that of the first right model, and takes the model whose own is nearest. */
function nearestConfidence(args: {
  readonly name: string;
  readonly summary: string;
  readonly order: (train: PolicyTraining) => readonly number[];
}): Policy<None, State> {
  const { name, summary, order } = args;
  return {
    name,
    summary,
    params: z.strictObject({}) as z.ZodType<None>,
    fit: (train) => {
      const usual = usualOf(train.forecasts.quality);
      const { coefficients, intercept } = fitRidge({
        x: filled(train.forecasts.quality, usual),
        y: confidences(train, order(train)),
        folds: new Int32Array(train.quality.rows),
        penalties: [penalty],
      });
      return Number.isNaN(intercept[0]!)
        ? { coefficients: matrix(train.quality.cols, 1), intercept: Float64Array.of(undecided), usual }
        : { coefficients, intercept, usual };
    },
    utility: ({ quality }, _, state) => {
      if (state === undefined)
        throw new SignalboxError(
          'usage',
          `The policy "${name}" learns from training rows and was given nothing that it learned; train it with \`signalbox train --policy ${name}\`, or compare it with \`signalbox evaluate\`.`,
        );
      const expected = predictRidge(state, filled(quality, state.usual));
      const out = matrix(quality.rows, quality.cols);
      for (let cell = 0; cell < out.data.length; cell++) {
        const value = quality.data[cell]!;
        const aim = expected.data[Math.floor(cell / quality.cols)]!;
        out.data[cell] = masked(value) ? last : -Math.abs(value - aim);
      }
      return out;
    },
    sweep: (_, params) => [params],
    parameter: () => 0,
  };
}

/**
 * "First" is the first in the pool's order. A reading of the "Prediction" policy of 2405.00467: its released code
 * takes argmax(c - predicted), and a number subtracted from all confidences moves no argmax, so that it is
 * argmax by another name; its targets come from test rows besides. Here the nearest confidence is taken, and the
 * regression is fitted on training rows that the router's own fit had not seen.
 */
export const prediction = nearestConfidence({
  name: 'prediction',
  summary: 'the confidence nearest to the one predicted for the first right model',
  order: ({ quality }) => Array.from({ length: quality.cols }, (_, m) => m),
});

/**
 * The same with the models in ascending order of training accuracy, so that the weakest right model is aimed at.
 * A reading of the "Sorted Prediction" policy of 2405.00467, whose released code sorts the truth and not the
 * index that it looks up there, and so scores another model than the one chosen.
 */
export const sortedPrediction = nearestConfidence({
  name: 'sorted-prediction',
  summary: 'the confidence nearest to the one predicted for the weakest right model',
  order: ({ means }) => descending(means).reverse(),
});
