import { fitLogistic } from '../../math/logistic.ts';
import { type Matrix, matrix, matrix32 } from '../../math/matrix.ts';

/** Rising curves from a router's own scores to expected outcomes, one for each model; NaN = no opinion. */
export type OutcomeScale = { readonly slope: Float64Array; readonly intercept: Float64Array };

/** What a slope is held above: scores that say nothing still keep their order. */
const least = 1e-3;

/**
 * Platt's scaling: outcomes in [0, 1] on the scores of the same cells (NaN = not observed), for each model by itself,
 * or `shared`: one curve for all, under which the order of models on a query remains the order of their scores.
 * A model without outcomes has no opinion.
 */
export function fitOutcomeScale(
  scores: Matrix,
  outcomes: Matrix,
  { shared, weights }: { readonly shared: boolean; readonly weights?: Float64Array },
): OutcomeScale {
  const observed = Array.from({ length: outcomes.cols }, (): number[] => []);
  outcomes.data.forEach((outcome, c) => {
    if (!Number.isNaN(outcome) && Number.isFinite(scores.data[c]!)) observed[c % outcomes.cols]!.push(c);
  });
  const args = { scores, outcomes, weights };
  const one = shared ? curve(observed.flat(), args) : undefined;
  const out = { slope: new Float64Array(outcomes.cols), intercept: new Float64Array(outcomes.cols) };
  observed.forEach((cells, m) => {
    const own =
      cells.length === 0 ? { slope: Number.NaN, intercept: Number.NaN } : (one ?? curve(cells, args));
    out.slope[m] = own.slope;
    out.intercept[m] = own.intercept;
  });
  return out;
}

interface Cells {
  readonly scores: Matrix;
  readonly outcomes: Matrix;
  readonly weights: Float64Array | undefined;
}

function curve(
  cells: readonly number[],
  { scores, outcomes, weights }: Cells,
): { slope: number; intercept: number } {
  const x = matrix32(cells.length, 1);
  x.data.set(cells.map((c) => scores.data[c]!));
  const y = Float64Array.from(cells, (c) => outcomes.data[c]!);
  const w = Float64Array.from(cells, (c) => weights?.[Math.floor(c / outcomes.cols)] ?? 1);
  const { coefficients, intercept } = fitLogistic({ x, y, weights: w, penalty: 0.01 });
  if (coefficients[0]! >= least) return { slope: coefficients[0]!, intercept };
  const total = w.reduce((sum, weight) => sum + weight, 0);
  const mean = (values: ArrayLike<number>): number =>
    w.reduce((sum, weight, i) => sum + weight * values[i]!, 0) / total;
  const rate = (mean(y) * total + 0.5) / (total + 1);
  return { slope: least, intercept: Math.log(rate / (1 - rate)) - least * mean(x.data) };
}

export function toOutcomes(scores: Matrix, { slope, intercept }: OutcomeScale): Matrix {
  const out = matrix(scores.rows, scores.cols);
  for (let c = 0; c < out.data.length; c++) {
    const m = c % out.cols;
    out.data[c] = 1 / (1 + Math.exp(-(slope[m]! * scores.data[c]! + intercept[m]!)));
  }
  return out;
}
