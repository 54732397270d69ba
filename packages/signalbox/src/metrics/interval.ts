import type { Estimate, Versus } from '../core/results.ts';
import { percentileInterval, twoSidedP } from '../math/bootstrap.ts';
import { nadeauBengio, studentT, studentTQuantile } from '../math/hypothesis.ts';
import type { Design } from './design.ts';

/** What is known of one number: its value on all rows, under each draw, and on each fold (none with a given split). */
export interface Sampled {
  readonly value: number;
  readonly draws: Float64Array;
  readonly folds: readonly number[];
  readonly n: number;
}

/**
 * 95 % interval (OUTPUT, Measures). Split: percentile bootstrap. Cross-validation: Nadeau and Bengio's
 * corrected variance over the folds, or the row bootstrap where that is wider.
 */
export function interval(sampled: Sampled, design: Design): Estimate & { readonly p: number } {
  const { value, draws, folds, n } = sampled;
  const usable = draws.filter((x) => !Number.isNaN(x));
  if (Number.isNaN(value) || usable.length === 0)
    return { value, low: Number.NaN, high: Number.NaN, n, p: 1 };
  const row = percentileInterval(usable);
  const p = twoSidedP(usable);
  const known = folds.filter((x) => !Number.isNaN(x));
  if (known.length < 2) return { value, ...row, n, p };
  const { standardError, df } = nadeauBengio({ differences: known, testOverTrain: design.testOverTrain });
  const reach = studentTQuantile(0.975, df) * standardError;
  const wider = Math.max(standardError, deviation(usable));
  const corrected = wider === 0 ? (value === 0 ? 1 : 0) : 2 * (1 - studentT(Math.abs(value) / wider, df));
  const fold = { low: value - reach, high: value + reach };
  const chosen = 2 * reach >= row.high - row.low ? fold : row;
  return { value, ...chosen, n, p: Math.min(1, Math.max(corrected, 0)) };
}

/** A difference as OUTPUT's `versus`. */
export function asVersus({ value, low, high, p }: Estimate & { readonly p: number }): Versus {
  return { value, low, high, p };
}

/** An estimate, its interval cut to what the quantity can be at all. */
export function asEstimate(
  { value, low, high, n }: Estimate,
  least = Number.NEGATIVE_INFINITY,
  most = Number.POSITIVE_INFINITY,
): Estimate {
  return {
    value,
    low: Math.min(Math.max(low, least), value),
    high: Math.max(Math.min(high, most), value),
    n,
  };
}

/**
 * How much of a mean difference may have gone unseen where not one row showed any: with n units of analysis, what
 * happens on a share of 1 - .025^(1/n) of them (about 3.7 / n) stays unseen in one draw of forty. 0 where a difference
 * was seen. For two policies that were fitted; a system and itself do not differ at all.
 */
export function unseen({ value, draws }: Sampled, { clusters }: Design): number {
  if (value !== 0 || draws.some((x) => x !== 0)) return 0;
  return 1 - 0.025 ** (1 / Math.max(new Set(clusters).size, 1));
}

/** The difference of two numbers known on the same rows and draws. */
export function minus(a: Sampled, b: Sampled): Sampled {
  return {
    value: a.value - b.value,
    draws: a.draws.map((x, i) => x - b.draws[i]!),
    folds:
      a.folds.length === 0
        ? b.folds.map((y) => a.value - y)
        : a.folds.map((x, i) => x - (b.folds[i] ?? b.value)),
    n: Math.min(a.n, b.n),
  };
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(values.length - 1, 1));
}
