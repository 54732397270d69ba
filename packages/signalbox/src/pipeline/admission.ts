import type { Context } from '../core/context.ts';
import { assignFolds, unitsOf } from '../core/folds.ts';
import type { ModelId } from '../core/model.ts';
import type { Plain } from '../core/plain.ts';
import type { Example } from '../core/query.ts';
import type { Estimate } from '../core/results.ts';
import type { Encoded } from '../core/router.ts';
import { normalQuantile } from '../math/hypothesis.ts';
import { at, column, type Matrix, matrix, selectRows } from '../math/matrix.ts';
import { mean } from '../math/order.ts';
import { calibration } from '../metrics/calibration.ts';
import { classifier } from '../metrics/classifier.ts';
import { visible } from './encoded-part.ts';
import type { RouterChoice } from './fitted.ts';

/** A newcomer's scored answers, encoded. */
export interface Answers {
  readonly model: ModelId;
  readonly models: readonly ModelId[];
  readonly input: Encoded;
  readonly examples: readonly Example[];
  readonly quality: Float64Array;
}

/** How sure one may be of a newcomer. */
export interface Sureness {
  readonly answers: number;
  /** Distinct texts or clusters among them: what the interval rests on. */
  readonly units: number;
  readonly mean: Estimate;
  readonly standardError: number;
  /** That many answers more would halve the standard error. */
  readonly moreToHalve: number;
  /** Of the predicted quality of answers that were left out, in five parts; null with fewer than five. */
  readonly crossValidated: {
    readonly parts: number;
    readonly brier: number;
    /** Of its mean over the other answers, for every query alike. */
    readonly brierOfMean: number;
    /** Null where all of its answers are right, or none. */
    readonly auc: number | null;
  } | null;
}

const mostParts = 5;

/** The state of a router after a model joined. The router must have `admit`. */
export async function admitted(
  { router, params }: Pick<RouterChoice, 'router' | 'params'>,
  { model, models, input, quality }: Omit<Answers, 'examples'>,
  state: Plain,
  context: Context,
): Promise<Plain> {
  return router.admit!({ ...visible(input, router), model, models, quality }, state, params, context);
}

/** What the router says of its last model on each query. */
export async function ofNewcomer(
  { router, params }: Pick<RouterChoice, 'router' | 'params'>,
  input: Encoded,
  state: Plain,
  context: Context,
): Promise<Float64Array> {
  const { quality } = await router.predict(visible(input, router), state, params, context);
  return column(quality, quality.cols - 1);
}

/** Its mean with an interval, and how well answers that were left out are predicted from the others. */
export async function surenessOf(
  choice: Pick<RouterChoice, 'router' | 'params'>,
  answers: Answers,
  state: Plain,
  context: Context,
): Promise<Sureness> {
  const { quality, examples } = answers;
  const units = new Set(unitsOf(examples)).size;
  const estimate = wilson(mean(quality), units, quality.length);
  return {
    answers: quality.length,
    units,
    mean: estimate,
    standardError: (estimate.high - estimate.low) / (2 * z),
    moreToHalve: 3 * quality.length,
    crossValidated: units < mostParts ? null : await crossValidated(choice, answers, state, context),
  };
}

async function crossValidated(
  choice: Pick<RouterChoice, 'router' | 'params'>,
  answers: Answers,
  state: Plain,
  context: Context,
): Promise<Sureness['crossValidated']> {
  const { quality, examples } = answers;
  const folds = assignFolds(
    examples.map(({ group: _, ...rest }) => rest),
    mostParts,
    `${context.seed}/answers`,
  );
  const [predicted, plain] = [matrix(quality.length, 1), matrix(quality.length, 1)];
  const numbers = [...new Set(folds)].sort((a, b) => a - b);
  for (const [done, fold] of numbers.entries()) {
    context.progress('cross-validating its answers', done, numbers.length);
    const [others, left] = [rowsWhere(folds, (of) => of !== fold), rowsWhere(folds, (of) => of === fold)];
    const part = await admitted(choice, some(answers, others), state, context);
    const said = await ofNewcomer(choice, some(answers, left).input, part, context);
    const usual = mean(Array.from(others, (i) => quality[i]!));
    left.forEach((row, i) => {
      predicted.data[row] = said[i]!;
      plain.data[row] = usual;
    });
  }
  context.progress('cross-validating its answers', numbers.length, numbers.length);
  const observed: Matrix = { rows: quality.length, cols: 1, data: quality };
  return {
    parts: numbers.length,
    brier: calibration(predicted, observed, 0).brier,
    brierOfMean: calibration(plain, observed, 0).brier,
    auc: classifier({ quality: predicted }, observed, 0).auc,
  };
}

const rowsWhere = (folds: Int32Array, keep: (fold: number) => boolean): Int32Array =>
  Int32Array.from(folds.keys()).filter((i) => keep(folds[i]!));

/** Some of the answers. */
export function some(answers: Answers, rows: Int32Array): Answers {
  const { input, examples, quality } = answers;
  return {
    ...answers,
    input: {
      queries: Array.from(rows, (i) => input.queries[i]!),
      features: selectRows(input.features, rows),
    },
    examples: Array.from(rows, (i) => examples[i]!),
    quality: Float64Array.from(rows, (i) => quality[i]!),
  };
}

const z = normalQuantile(0.975);

/**
 * Wilson's interval of a mean of values in [0, 1] (of yes and no exactly, of fractions wider than need be), by the
 * number of independent units; it does not collapse where all answers are right.
 */
function wilson(value: number, units: number, n: number): Estimate {
  const scale = 1 + z ** 2 / units;
  const middle = (value + z ** 2 / (2 * units)) / scale;
  const half = (z / scale) * Math.sqrt((value * (1 - value)) / units + z ** 2 / (4 * units ** 2));
  return {
    value,
    low: Math.min(value, Math.max(0, middle - half)),
    high: Math.max(value, Math.min(1, middle + half)),
    n,
  };
}

/** Mean of a column over rows; for what the router expects of a model on the newcomer's queries. */
export function meanOf(values: Matrix, col: number): number {
  return mean(Array.from({ length: values.rows }, (_, i) => at(values, i, col)));
}
