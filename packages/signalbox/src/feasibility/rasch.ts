import type { Estimate } from '../core/results.ts';
import { studentTQuantile } from '../math/hypothesis.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import type { Design } from '../metrics/design.ts';
import { isRight } from './outcomes.ts';
import { dealClusters } from './parts.ts';
import { classOf, fitRasch, nodeWeights, type RaschFit, type Tallies } from './rasch-fit.ts';

/** The oracle that ability, difficulty and coin flips alone would give. */
export interface RaschNull {
  /** By the primary average. */
  readonly oracle: Estimate;
  /** Observed one-sample oracle of the same yes-or-no outcomes less the null's: above 0 = the models complement each other. */
  readonly excess: Estimate;
  /** The null's oracle within each group. */
  readonly groups: Readonly<Record<string, Estimate>>;
  /** Share of rows that 0, 1, ... M models solve under the null, by the primary average. */
  readonly solvedBy: readonly number[];
}

export interface NullArgs {
  /** Rows x models; right where above .5. */
  readonly quality: Matrix;
  readonly design: Design;
  readonly primary: 'quality' | 'macro';
  /** Abilities of their own in each group; difficulty keeps one spread. */
  readonly byGroup: boolean;
  /** Logits beyond which no difficulty lies. */
  readonly widest?: number;
}

/** Refits of the jackknife; few where there are very many abilities to refit. */
const blocksFor = (abilities: number): number => (abilities > 1000 ? 8 : 20);
/** Of all rows, at one difficulty. */
const negligible = 1e-12;

/**
 * The posterior-predictive oracle: new answers to the same queries, whose difficulty is known from how many
 * models were right. Intervals by refits without one block of clusters (delete-a-group jackknife).
 *
 * With two models the null has as many parameters as the table has free cells, and so equals the observed
 * oracle wherever the two succeed together more often than by chance: only larger pools can exceed it. Fits
 * that cut difficulty off at 6 logits (`widest: 6`) find a higher oracle where many queries are answered by
 * all or by none: on RouteLLM's MMLU .871 in place of .859.
 */
export function raschNull({ quality, design, primary, byGroup, widest }: NullArgs): RaschNull {
  const models = quality.cols;
  const groups = design.groupNames.length;
  const blocks = blocksFor(byGroup ? groups * models : models);
  const blockOf = dealClusters(design, blocks);
  const parts = Array.from({ length: blocks }, () => emptyTallies(groups, models));
  for (let i = 0; i < quality.rows; i++)
    addRow(parts[blockOf[i]!]!, quality, { row: i, group: design.groupOf[i]! });
  const all = parts.reduce((sum, part) => combine(sum, part, 1), emptyTallies(groups, models));
  const limits = widest === undefined ? {} : { widest };
  const fit = fitRasch(byGroup ? all : pooled(all), limits);
  const used = parts.filter(({ rows }) => rows.data.some((count) => count > 0));
  const values = figures(all, fit, primary);
  const refits = used.map((part) => {
    const rest = combine(all, part, -1);
    return figures(rest, fitRasch(byGroup ? rest : pooled(rest), { ...limits, from: fit }), primary);
  });
  const estimate = (of: (f: Figures) => number, n: number): Estimate =>
    jackknife(of(values), refits.map(of), n);
  const inGroup = groupRows(all);
  return {
    oracle: clipped(estimate((f) => f.oracle, quality.rows)),
    excess: estimate((f) => f.observed - f.oracle, quality.rows),
    groups: Object.fromEntries(
      design.groupNames.map((name, g) => [name, clipped(estimate((f) => f.groups[g]!, inGroup[g]!))]),
    ),
    solvedBy: expectedSolved(all, fit, primary),
  };
}

function emptyTallies(classes: number, models: number): Tallies {
  return { rows: matrix(classes, models + 1), right: matrix(classes, models) };
}

/** Counts of all rows as one class. */
export function tallyAll(quality: Matrix): Tallies {
  const out = emptyTallies(1, quality.cols);
  for (let i = 0; i < quality.rows; i++) addRow(out, quality, { row: i, group: 0 });
  return out;
}

function addRow({ rows, right }: Tallies, { cols, data }: Matrix, at: { row: number; group: number }): void {
  let solved = 0;
  for (let m = 0; m < cols; m++) {
    if (!isRight(data[at.row * cols + m]!)) continue;
    solved++;
    right.data[at.group * cols + m]!++;
  }
  rows.data[at.group * (cols + 1) + solved]!++;
}

function combine(a: Tallies, b: Tallies, sign: 1 | -1): Tallies {
  const join = (x: Matrix, y: Matrix): Matrix => ({
    ...x,
    data: x.data.map((v, i) => v + sign * y.data[i]!),
  });
  return { rows: join(a.rows, b.rows), right: join(a.right, b.right) };
}

/** All groups as one class. */
function pooled(tallies: Tallies): Tallies {
  const sum = (m: Matrix): Matrix => {
    const out = matrix(1, m.cols);
    for (let i = 0; i < m.data.length; i++) out.data[i % m.cols]! += m.data[i]!;
    return out;
  };
  return { rows: sum(tallies.rows), right: sum(tallies.right) };
}

interface Figures {
  readonly oracle: number;
  readonly observed: number;
  readonly groups: readonly number[];
}

function figures(tallies: Tallies, fit: RaschFit, primary: 'quality' | 'macro'): Figures {
  const classes = fit.ability.rows;
  const solvable = Array.from({ length: classes }, (_, c) => solvableBy(fit, c));
  const { cols } = tallies.rows;
  const inGroup = groupRows(tallies);
  const sums = inGroup.map((_, g) => {
    let oracle = 0;
    for (let t = 0; t < cols; t++) oracle += tallies.rows.data[g * cols + t]! * solvable[g % classes]![t]!;
    return { oracle, observed: inGroup[g]! - tallies.rows.data[g * cols]! };
  });
  const share = rowShares(inGroup, primary);
  const average = (key: 'oracle' | 'observed'): number =>
    sums.reduce((sum, part, g) => sum + part[key] * share[g]!, 0);
  return {
    oracle: average('oracle'),
    observed: average('observed'),
    groups: sums.map(({ oracle }, g) => oracle / inGroup[g]!),
  };
}

/** What one row of each group counts in the primary average. */
function rowShares(inGroup: readonly number[], primary: 'quality' | 'macro'): number[] {
  const total = inGroup.reduce((sum, n) => sum + n, 0);
  const filled = inGroup.filter((n) => n > 0).length;
  return inGroup.map((n) => (n === 0 ? 0 : 1 / (primary === 'macro' ? filled * n : total)));
}

/** Chance that some model answers rightly, for a row on which so many were right. */
function solvableBy(fit: RaschFit, c: number): Float64Array {
  const { chance, posterior } = classOf(fit, c);
  const some = Float64Array.from({ length: chance.rows }, (_, q) => {
    let none = 1;
    for (let m = 0; m < chance.cols; m++) none *= 1 - chance.data[q * chance.cols + m]!;
    return 1 - none;
  });
  return Float64Array.from({ length: posterior.rows }, (_, t) =>
    some.reduce((sum, p, q) => sum + p * posterior.data[t * posterior.cols + q]!, 0),
  );
}

/** Shares of rows by how many models are right, each answer drawn anew: a Poisson-binomial law at each difficulty. */
function expectedSolved(tallies: Tallies, fit: RaschFit, primary: 'quality' | 'macro'): number[] {
  const { rows: classes, cols: models } = fit.ability;
  const share = rowShares(groupRows(tallies), primary);
  const out = new Float64Array(models + 1);
  for (let c = 0; c < classes; c++) {
    const view = classOf(fit, c);
    const weight = new Float64Array(fit.nodes.length);
    for (let g = c; g < share.length; g += classes) {
      nodeWeights(tallies, g, view).forEach((rows, q) => {
        weight[q]! += rows * share[g]!;
      });
    }
    weight.forEach((w, q) => {
      if (w < negligible) return;
      const law = solvedLaw(view.chance.data.subarray(q * models, (q + 1) * models));
      for (let t = 0; t <= models; t++) out[t]! += w * law[t]!;
    });
  }
  return [...out];
}

/** Chance that 0, 1, ... of independent events happen. */
function solvedLaw(chances: ArrayLike<number>): Float64Array {
  const law = new Float64Array(chances.length + 1);
  law[0] = 1;
  for (let m = 0; m < chances.length; m++) {
    const p = chances[m]!;
    for (let t = m + 1; t > 0; t--) law[t] = law[t]! * (1 - p) + law[t - 1]! * p;
    law[0]! *= 1 - p;
  }
  return law;
}

function groupRows({ rows }: Tallies): number[] {
  const out = new Array<number>(rows.rows).fill(0);
  for (let i = 0; i < rows.data.length; i++) out[Math.floor(i / rows.cols)]! += rows.data[i]!;
  return out;
}

/** 95 % interval by Student's t over J refits, variance (J - 1) / J x sum of squares about their mean. */
function jackknife(value: number, refits: readonly number[], n: number): Estimate {
  const known = refits.filter((x) => !Number.isNaN(x));
  const count = known.length;
  if (count < 2) return { value, low: Number.NaN, high: Number.NaN, n };
  const middle = known.reduce((sum, x) => sum + x, 0) / count;
  const squares = known.reduce((sum, x) => sum + (x - middle) ** 2, 0);
  const reach = studentTQuantile(0.975, count - 1) * Math.sqrt(((count - 1) / count) * squares);
  return { value, low: value - reach, high: value + reach, n };
}

const clipped = ({ value, low, high, n }: Estimate): Estimate => ({
  value,
  low: Math.max(low, 0),
  high: Math.min(high, 1),
  n,
});
