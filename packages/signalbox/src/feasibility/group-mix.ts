import type { Estimate } from '../core/results.ts';
import { normalCdf } from '../math/hypothesis.ts';
import type { Design } from '../metrics/design.ts';
import { interval, type Sampled } from '../metrics/interval.ts';

/** Rows of each group. */
export type Counts = Readonly<Record<string, number>>;

/** Groups expected to hold fewer rows than this, in either sample, are taken together. */
const fewestExpected = 5;

/** Pearson's test that two samples have the same mix of groups; p = 1 where there is only one group. */
export function compareMix(table: Counts, live: Counts): { readonly chiSquare: number; readonly p: number } {
  const names = [...new Set([...Object.keys(table), ...Object.keys(live)])];
  const pairs = names.map((name) => [table[name] ?? 0, live[name] ?? 0] as const);
  const [rows, others] = [sum(pairs.map(([a]) => a)), sum(pairs.map(([, b]) => b))];
  const smaller = Math.min(rows, others) / (rows + others);
  const small = ([a, b]: readonly [number, number]): boolean => (a + b) * smaller < fewestExpected;
  const few = pairs.filter(small);
  const cells = pairs.filter((pair) => !small(pair));
  if (few.length > 0) cells.push([sum(few.map(([a]) => a)), sum(few.map(([, b]) => b))]);
  const used = cells.filter(([a, b]) => a + b > 0);
  if (used.length < 2 || rows === 0 || others === 0) return { chiSquare: 0, p: 1 };
  const chiSquare = sum(
    used.map(([a, b]) => {
      const expected = ((a + b) * rows) / (rows + others);
      const other = a + b - expected;
      return (a - expected) ** 2 / expected + (b - other) ** 2 / other;
    }),
  );
  return { chiSquare, p: chiSquareUpper(chiSquare, used.length - 1) };
}

/** P(X >= x) of the chi-square distribution with a whole number of degrees of freedom (Abramowitz and Stegun 26.4.4, 26.4.5). */
export function chiSquareUpper(x: number, df: number): number {
  const even = df % 2 === 0;
  let term = even ? Math.exp(-x / 2) : Math.sqrt((2 * x) / Math.PI) * Math.exp(-x / 2);
  let total = even ? 0 : 2 * (1 - normalCdf(Math.sqrt(x)));
  for (let k = even ? 2 : 3; k <= df; k += 2) {
    total += term;
    term *= x / k;
  }
  return Math.min(1, total);
}

/**
 * A number of each group, weighed by the groups' share of live traffic. Groups of live traffic that the table does not
 * hold are left out, and their share is told as `unseen`; null where nothing is left.
 */
export function atLiveMix(
  groups: Readonly<Record<string, Sampled>>,
  live: Counts,
  design: Design,
): { readonly value: Estimate | null; readonly unseen: number } {
  const known = Object.entries(groups).filter(([name]) => (live[name] ?? 0) > 0);
  const total = sum(Object.values(live));
  const held = sum(known.map(([name]) => live[name]!));
  if (held === 0) return { value: null, unseen: total > 0 ? 1 : 0 };
  const mixed = (of: (one: Sampled) => number): number =>
    sum(known.map(([name, one]) => (live[name]! / held) * of(one)));
  const [first] = known;
  const { value, low, high, n } = interval(
    {
      value: mixed((one) => one.value),
      draws: first![1].draws.map((_, d) => mixed((one) => one.draws[d]!)),
      folds: first![1].folds.map((_, f) => mixed((one) => one.folds[f]!)),
      n: sum(known.map(([, one]) => one.n)),
    },
    design,
  );
  return { value: { value, low, high, n }, unseen: 1 - held / total };
}

export interface LeftOut {
  /** Over all groups, by the primary average; conditional on these groups. */
  readonly lift: Estimate;
  readonly worst: string;
  readonly groups: Readonly<Record<string, Estimate>>;
}

/** Lifts on groups that were each left out of the fit, taken together: they rest on different rows, so their errors add in squares. */
export function combineLeftOut(
  groups: Readonly<Record<string, Estimate>>,
  primary: 'quality' | 'macro',
): LeftOut | null {
  const entries = Object.entries(groups).filter(([, { value, n }]) => n > 0 && !Number.isNaN(value));
  const [first] = entries;
  if (first === undefined) return null;
  const n = sum(entries.map(([, one]) => one.n));
  const weight = (one: Estimate): number => (primary === 'macro' ? 1 / entries.length : one.n / n);
  const value = sum(entries.map(([, one]) => weight(one) * one.value));
  const reach = (side: (one: Estimate) => number): number =>
    Math.sqrt(sum(entries.map(([, one]) => (weight(one) * side(one)) ** 2)));
  const lift = {
    value,
    low: value - reach((one) => one.value - one.low),
    high: value + reach((one) => one.high - one.value),
    n,
  };
  const [worst] = entries.reduce((a, b) => (b[1].value < a[1].value ? b : a), first);
  return { lift, worst, groups };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
