import { keyOf, type Query } from '../../core/query.ts';
import type { Training } from '../../core/router.ts';
import { columnMeans } from '../../core/table.ts';
import { choleskyShifted, choleskySolve } from '../../math/cholesky.ts';
import { multiplyTransposed } from '../../math/linear.ts';
import { at, type Matrix, matrix, row } from '../../math/matrix.ts';
import { descending, mean } from '../../math/order.ts';
import type { PrincipalComponents } from '../../math/pca.ts';
import { poolMeans } from '../shared/admitted.ts';

/** The questions of an aptitude test, which every model of the pool took. */
export type Items = {
  /** SHA-256 of their texts. */
  readonly keys: readonly string[];
  /** The pool's mean outcome on each. */
  readonly expected: Float64Array;
};

/**
 * The rows of each category that tell models apart best: p (1 - p) x the correlation, over models, of the outcome
 * there with the models' means (the point-biserial one where outcomes are right and wrong). Of equals the first.
 */
export function chooseItems(
  quality: Matrix,
  { labels, size, count }: { readonly labels: Int32Array; readonly size: number; readonly count: number },
): Int32Array {
  const abilities = columnMeans(quality);
  const score = Float64Array.from({ length: quality.rows }, (_, i) => {
    const own = row(quality, i);
    const p = mean(own);
    return Number.isNaN(p) ? -1 : p * (1 - p) * Math.max(0, correlation(own, abilities));
  });
  const chosen = Array.from({ length: size }, (_, k) => {
    const rows = Array.from(labels.keys()).filter((i) => labels[i] === k && score[i]! >= 0);
    return descending(rows.map((i) => score[i]!))
      .slice(0, count)
      .map((place) => rows[place]!);
  });
  return Int32Array.from(chosen.flat());
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const both = Array.from(a, (_, m) => m).filter((m) => !Number.isNaN(a[m]! + b[m]!));
  const [meanA, meanB] = [mean(both.map((m) => a[m]!)), mean(both.map((m) => b[m]!))];
  let [ab, aa, bb] = [0, 0, 0];
  for (const m of both) {
    const [x, y] = [a[m]! - meanA, b[m]! - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** How much better than the pool's average model each model is in each category, and how sure that is; models x categories. */
export interface Profiles {
  readonly values: Matrix;
  /** Standard errors. */
  readonly errors: Matrix;
  /** What one question more would count in an entry. */
  readonly weights: Matrix;
  /** Variance over categories of how far models lie from their own means, beyond chance. */
  readonly spread: number;
}

interface Sheet {
  /** Category of each row; -1 = not asked. */
  readonly labels: Int32Array;
  readonly size: number;
  /** Of the pool's average model on each row. */
  readonly expected: Float64Array;
  /** Of each row; 1 where absent. */
  readonly gain?: Float64Array;
}

/** Answers' worth of belief that a model is as good as the pool's average. */
const kappa = 10;
const leastSpread = 1e-4;

/**
 * Differences from the pool's average model on the same questions: a model's mean over all categories is shrunk to 0,
 * and each category to that mean, by as many answers as one of them varies more than categories do (`spread`, which is
 * found from these models where it is not given). A category without answers is as good as the others, and says so by
 * its error.
 */
export function profilesOf(quality: Matrix, sheet: Sheet, spread?: number): Profiles {
  const models = Array.from({ length: quality.cols }, (_, m) => marked(quality, m, sheet));
  const found = spread ?? spreadOf(models);
  const { size } = sheet;
  const blank = (): ReturnType<typeof matrix> => matrix(models.length, size);
  const [values, errors, weights] = [blank(), blank(), blank()];
  for (const [m, { sums, counts, mean: own, variance }] of models.entries()) {
    for (let k = 0; k < size; k++) {
      const c = m * size + k;
      const n = counts[k]!;
      weights.data[c] = 1 / (n + variance / found);
      values.data[c] = own + (n === 0 ? 0 : (sums[k]! - n * own) * weights.data[c]!);
      errors.data[c] = Math.sqrt(variance * weights.data[c]!);
    }
  }
  return { values, errors, weights, spread: found };
}

interface Marks {
  /** Of differences, by category. */
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  /** Over all categories, shrunk to 0. */
  readonly mean: number;
  /** Of one difference; what two of 1/4 would add keeps a few equal ones from being taken for certain. */
  readonly variance: number;
}

function marked(quality: Matrix, m: number, { labels, size, expected, gain }: Sheet): Marks {
  const [sums, counts] = [new Float64Array(size), new Float64Array(size)];
  let [sum, square, n] = [0, 0, 0];
  for (const [i, k] of labels.entries()) {
    const difference = (at(quality, i, m) - expected[i]!) * (gain?.[i] ?? 1);
    if (k < 0 || Number.isNaN(difference)) continue;
    sums[k]! += difference;
    counts[k]!++;
    sum += difference;
    square += difference ** 2;
    n++;
  }
  const around = n === 0 ? 0 : Math.max(0, square - sum ** 2 / n);
  return { sums, counts, mean: sum / (n + kappa), variance: (around + 0.5) / (n + 2) };
}

function spreadOf(models: readonly Marks[]): number {
  let [square, chance, total] = [0, 0, 0];
  for (const { sums, counts, mean: own, variance } of models) {
    for (const [k, n] of counts.entries()) {
      if (n === 0) continue;
      square += n * (sums[k]! / n - own) ** 2;
      chance += variance;
      total += n;
    }
  }
  return Math.max((square - chance) / Math.max(total, 1), leastSpread);
}

/** A test, its takers' profiles, and how much further apart it puts them than questions taken as they come do. */
export interface Test {
  readonly items: Items;
  /** The training rows that are its questions. */
  readonly rows: Int32Array;
  readonly profiles: Profiles;
  readonly gain: number;
}

/** `spread`: of categories, where it is not to be found from the models. */
export function giveTest(
  { table, queries }: Training,
  args: {
    readonly labels: Int32Array;
    readonly size: number;
    readonly count: number;
    readonly spread?: number;
  },
): Test {
  const { labels, size, count, spread } = args;
  const { quality } = table;
  const chosen = chooseItems(quality, { labels, size, count });
  const expected = poolMeans(quality);
  const sheet = { labels: only(labels, chosen), size, expected };
  const plain = (of: Sheet): Profiles['values']['data'] =>
    profilesOf(quality, of, Number.POSITIVE_INFINITY).values.data;
  const all = plain({ ...sheet, labels });
  let [both, square] = [0, 0];
  plain(sheet).forEach((value, c) => {
    both += value * all[c]!;
    square += all[c]! ** 2;
  });
  return {
    items: {
      keys: Array.from(chosen, (i) => keyOf(queries[i]!)),
      expected: Float64Array.from(chosen, (i) => expected[i]!),
    },
    rows: chosen,
    profiles: profilesOf(quality, sheet, spread),
    gain: square > 0 ? Math.max(1, both / square) : 1,
  };
}

function only(labels: Int32Array, rows: Int32Array): Int32Array {
  const out = new Int32Array(labels.length).fill(-1);
  for (const i of rows) out[i] = labels[i]!;
  return out;
}

/**
 * What each model scored in the test near each training row, rows x models: its profile by the row's part in the
 * categories; a row that is itself a question does not count in it.
 */
export function nearRows(
  { profiles, rows, items }: Test,
  {
    shares,
    labels,
    quality,
  }: { readonly shares: Matrix; readonly labels: Int32Array; readonly quality: Matrix },
): Matrix {
  const out = multiplyTransposed(shares, profiles.values);
  for (const [place, i] of rows.entries()) {
    const [k, own] = [labels[i]!, row(out, i)];
    for (let m = 0; m < own.length; m++) {
      const difference = at(quality, i, m) - items.expected[place]!;
      if (!Number.isNaN(difference)) own[m]! -= at(shares, i, k) * at(profiles.weights, m, k) * difference;
    }
  }
  return out;
}

/** The profile of a model that joins, from questions of the test and others; `expected`: of the pool on each, as predicted. */
export function takeTest(
  { items, gain, spread }: Pick<Test, 'items' | 'gain'> & Pick<Profiles, 'spread'>,
  answers: {
    readonly queries: readonly Query[];
    readonly quality: Float64Array;
    readonly labels: Int32Array;
    readonly expected: Float64Array;
    readonly size: number;
  },
): Profiles {
  const known = new Map(items.keys.map((key, i) => [key, items.expected[i]!]));
  const exact = answers.queries.map((query) => known.get(keyOf(query)));
  const { quality: data, labels, size } = answers;
  return profilesOf(
    { rows: data.length, cols: 1, data },
    {
      labels,
      size,
      expected: answers.expected.map((value, i) => exact[i] ?? value),
      gain: Float64Array.from(exact, (value) => (value === undefined ? gain : 1)),
    },
    spread,
  );
}

/**
 * Profiles in a few dimensions, models x components: how far each lies along the components of the pool's profiles, in
 * their deviations, entries weighted by their errors and pulled to 0 by a standard normal prior.
 */
export function compress(
  { values, errors }: Pick<Profiles, 'values' | 'errors'>,
  axes: PrincipalComponents,
): Matrix {
  const { mean: centre, components, deviations } = axes;
  const width = components.cols;
  const out = matrix(values.rows, width);
  for (let m = 0; m < values.rows && width > 0; m++) {
    const [left, right] = [matrix(width, width), matrix(width, 1)];
    for (let k = 0; k < values.cols; k++) {
      const weight = at(errors, m, k) ** -2;
      const far = at(values, m, k) - centre[k]!;
      for (let j = 0; j < width; j++) {
        const load = deviations[j]! * at(components, k, j);
        right.data[j]! += weight * load * far;
        for (let l = 0; l < width; l++)
          left.data[j * width + l]! += weight * load * deviations[l]! * at(components, k, l);
      }
    }
    out.data.set(choleskySolve(choleskyShifted(left, 1), right).data, m * width);
  }
  return out;
}
