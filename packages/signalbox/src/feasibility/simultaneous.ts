import type { Estimate } from '../core/results.ts';
import { maxT, nadeauBengio } from '../math/hypothesis.ts';
import { matrix } from '../math/matrix.ts';
import type { Design } from '../metrics/design.ts';
import { interval, type Sampled, unseen } from '../metrics/interval.ts';

/**
 * 95 % intervals that hold for all of the numbers at once: the rungs of a ladder, the points of a curve. The reach
 * is the 95 % quantile, over the draws, of the greatest |draw - value| / standard error (max-t; Romano and Wolf
 * 2005), times the row bootstrap's standard error, in cross-validation widened by how much greater Nadeau and
 * Bengio's is over all the numbers together: that of one number has few degrees of freedom. No interval is narrower
 * than it would be alone, and none is a point: where no row showed a difference, some may have gone unseen. All numbers must stem from the same draws.
 */
export function simultaneous(sampled: readonly Sampled[], design: Design): Estimate[] {
  const draws = matrix(sampled[0]?.draws.length ?? 0, sampled.length);
  sampled.forEach((one, k) => {
    one.draws.forEach((value, d) => {
      draws.data[d * sampled.length + k] = value;
    });
  });
  const errors = sampled.map((one) => deviation(one.draws));
  const estimates = sampled.map(({ value }) => value);
  const { critical } = maxT({ estimates, standardErrors: errors, draws });
  const inflation = pooledInflation(sampled, errors, design);
  return sampled.map((one, k) => {
    const { value, low, high, n } = interval(one, design);
    const reach = Math.max(critical * inflation * errors[k]!, unseen(one, design));
    return { value, low: Math.min(low, value - reach), high: Math.max(high, value + reach), n };
  });
}

/** Nadeau and Bengio's standard error as a multiple of the row bootstrap's, at least 1: the root of the mean square. */
function pooledInflation(sampled: readonly Sampled[], errors: readonly number[], design: Design): number {
  const squares = sampled.flatMap(({ folds }, k) => {
    const known = folds.filter((x) => !Number.isNaN(x));
    const { standardError } = nadeauBengio({ differences: known, testOverTrain: design.testOverTrain });
    return errors[k]! > 0 && !Number.isNaN(standardError) ? [(standardError / errors[k]!) ** 2] : [];
  });
  return squares.length === 0
    ? 1
    : Math.sqrt(Math.max(1, squares.reduce((a, b) => a + b, 0) / squares.length));
}

/** Standard deviation of what is no NaN; 0 of fewer than two. */
function deviation(values: Float64Array): number {
  let [n, mean, squares] = [0, 0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    n++;
    const step = value - mean;
    mean += step / n;
    squares += step * (value - mean);
  }
  return n < 2 ? 0 : Math.sqrt(squares / (n - 1));
}
