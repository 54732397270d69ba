import { at, column, type Matrix, matrix } from '../../math/matrix.ts';
import { mean } from '../../math/order.ts';
import { fitRidge } from '../../math/ridge.ts';
import type { AnswerSignals } from './answer-signals.ts';

/** Rows with what came of them and what was forecast before an answer was there. */
export interface Seen {
  /** Rows of the table. */
  readonly rows: Int32Array;
  readonly quality: Matrix;
  readonly cost: Matrix;
  readonly forecast: Matrix;
}

export interface Cascade {
  /** Models asked first; none where no cheaper first step saves anything. */
  readonly first: readonly number[];
  /** Whose answer is kept. */
  readonly answers: number;
  /** Loss of keeping the first answer against the incumbent's, on the rows of the fit by folds that had not seen them. */
  readonly predicted: Float64Array;
  predict(rows: Seen): Float64Array;
}

interface FitArgs extends Seen {
  readonly signals: AnswerSignals;
  /** The incumbent. */
  readonly stay: number;
  readonly savingFloor: number;
}

/** First steps are sought among so many models, and among pairs of them. */
const mostFirst = 6;
const folds = 5;
const penalty = 1;
const nobody: Cascade = {
  first: [],
  answers: -1,
  predicted: new Float64Array(0),
  predict: ({ rows }) => new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY),
};

/**
 * What every first step that is cheap enough tells of the loss of keeping its answer. An epsilon then takes the one
 * that costs least where half of epsilon may be lost, by predictions that had not seen the row.
 */
export function fitCascades(args: FitArgs): (epsilon: number) => Cascade {
  const { rows, quality, cost, stay, savingFloor } = args;
  if (rows.length < 2 * folds) return () => nobody;
  const price = mean(column(cost, stay));
  const prices = Array.from({ length: quality.cols }, (_, m) => mean(column(cost, m)));
  const worth = prices.map((_, m) => mean(column(quality, m)));
  const cheap = prices
    .map((_, m) => m)
    .filter((m) => m !== stay && prices[m]! < (1 - savingFloor) * price)
    .sort((a, b) => worth[b]! - worth[a]! || a - b)
    .slice(0, mostFirst);
  const pairs = cheap.flatMap((a, i) => cheap.slice(i + 1).map((b) => [a, b]));
  const learned = [...cheap.map((m) => [m]), ...pairs]
    .filter((first) => first.reduce((sum, m) => sum + prices[m]!, 0) < (1 - savingFloor) * price)
    .map((first) => learn(args, first));
  return (epsilon) => {
    let best = { cascade: nobody, cost: price };
    for (const cascade of learned) {
      const paid = costAt(args, cascade, epsilon / 2);
      if (paid < best.cost) best = { cascade, cost: paid };
    }
    return best.cascade;
  };
}

function learn(args: FitArgs, first: readonly number[]): Cascade {
  const { quality, stay, signals } = args;
  const answers = first[0]!;
  const loss = matrix(quality.rows, 1);
  for (let i = 0; i < quality.rows; i++) loss.data[i] = at(quality, i, stay) - at(quality, i, answers);
  const { coefficients, intercept, outOfFold } = fitRidge({
    x: featuresOf(args, { first, stay, signals }),
    y: loss,
    folds: Int32Array.from({ length: quality.rows }, (_, i) => i % folds),
    penalties: [penalty],
  });
  return {
    first,
    answers,
    predicted: Float64Array.from(outOfFold.data),
    predict: (seen) => {
      const x = featuresOf(seen, { first, stay, signals });
      return Float64Array.from({ length: x.rows }, (_, i) => {
        let sum = intercept[0]!;
        for (let c = 0; c < x.cols; c++) sum += at(x, i, c) * coefficients.data[c]!;
        return sum;
      });
    },
  };
}

/** Forecasts of all that are involved, what each first answer shows, and whether two agree. */
function featuresOf(
  { rows, forecast }: Pick<Seen, 'rows' | 'forecast'>,
  of: { readonly first: readonly number[]; readonly stay: number; readonly signals: AnswerSignals },
): Matrix {
  const { first, stay, signals } = of;
  const perRow = (i: number): number[] => {
    const row = rows[i]!;
    const agree = first.length < 2 ? [] : [signals.agree(row, first[0]!, first[1]!) ? 1 : 0];
    return [
      at(forecast, i, stay),
      ...first.flatMap((m) => [at(forecast, i, m), ...signals.of(row, m)]),
      ...agree,
    ];
  };
  const width = 1 + 4 * first.length + (first.length < 2 ? 0 : 1);
  const x = matrix(rows.length, width);
  for (let i = 0; i < rows.length; i++) x.data.set(perRow(i), i * width);
  return x;
}

/** Mean cost a row where as many first answers are kept, the safest first, as lose at most `loss` on the whole. */
function costAt(
  { quality, cost, stay }: FitArgs,
  { first, answers, predicted }: Cascade,
  loss: number,
): number {
  const order = Int32Array.from(predicted.keys()).sort((a, b) => predicted[a]! - predicted[b]! || a - b);
  const asked = first.reduce((sum, m) => sum + mean(column(cost, m)), 0);
  const rows = quality.rows;
  let [lost, saved, best] = [0, 0, Number.POSITIVE_INFINITY];
  const all = column(cost, stay).reduce((sum, c) => sum + c, 0);
  for (const i of order) {
    lost += at(quality, i, stay) - at(quality, i, answers);
    saved += at(cost, i, stay);
    if (lost <= loss * rows) best = Math.min(best, asked + (all - saved) / rows);
  }
  return best;
}
