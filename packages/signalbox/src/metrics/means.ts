import { type Matrix, matrix } from '../math/matrix.ts';
import { addProduct } from '../math/product.ts';
import { type Design, drawsOf, foldRows } from './design.ts';
import type { Sampled } from './interval.ts';

/** The averages of one column of values: over rows, over the groups' means, and within each group. */
export interface Averages {
  readonly weighted: Sampled;
  readonly macro: Sampled;
  readonly groups: readonly Sampled[];
}

/**
 * Averages of each column of `values` (rows x columns; no NaN), with their draws and fold values, all on the
 * same draws, so that any two columns are paired. Memory: draws x columns x (groups + 2) numbers.
 */
export function averages(design: Design, values: Matrix): Averages[] {
  const { rows, groupNames, groupOf, draws } = design;
  const [groups, columns] = [groupNames.length, values.cols];
  const all = sums(values, groupOf, groups, new Uint16Array(rows).fill(1));
  const drawn = Array.from({ length: groups }, () => matrix(draws, columns));
  const counts = matrix(draws, groups);
  const across = { data: values.data, stride: columns, rows: columns, transposed: true };
  const sorted = byGroup(groupOf, groups);
  let first = 0;
  for (const block of blocksOfDraws(design, sorted.order)) {
    for (let g = 0; g < groups; g++) {
      const [from, to] = [sorted.start[g]!, sorted.start[g + 1]!];
      addProduct(
        { data: block.data.subarray(from), stride: rows, rows: block.rows, transposed: false },
        { ...across, pick: sorted.order.subarray(from, to) },
        { data: drawn[g]!.data.subarray(first * columns, (first + block.rows) * columns), depth: to - from },
      );
      for (let d = 0; d < block.rows; d++) {
        let count = 0;
        for (let i = d * rows + from; i < d * rows + to; i++) count += block.data[i]!;
        counts.data[(first + d) * groups + g] = count;
      }
    }
    first += block.rows;
  }
  const folds = foldRows(design).map((list) => {
    const weights = new Uint16Array(rows);
    for (const i of list) weights[i] = 1;
    return sums(values, groupOf, groups, weights);
  });
  return Array.from({ length: columns }, (_, c) => {
    const ofDraw = (at: number): Part => ({
      sum: (g) => drawn[g]!.data[at * columns + c]!,
      count: (g) => counts.data[at * groups + g]!,
      groups,
    });
    const of = (part: { sums: Matrix; counts: Float64Array }): Part => ({
      sum: (g) => part.sums.data[g * columns + c]!,
      count: (g) => part.counts[g]!,
      groups,
    });
    const ofDraws = (statistic: (part: Part) => number): Float64Array => {
      const values = new Float64Array(draws);
      for (let at = 0; at < draws; at++) values[at] = statistic(ofDraw(at));
      return values;
    };
    const sample = (statistic: (part: Part) => number, n: number): Sampled => ({
      value: statistic(of(all)),
      draws: ofDraws(statistic),
      folds: folds.map((part) => statistic(of(part))),
      n,
    });
    return {
      weighted: sample(weightedMean, rows),
      macro: sample(macroMean, rows),
      groups: groupNames.map((_, g) => sample((part) => part.sum(g) / part.count(g), all.counts[g]!)),
    };
  });
}

/** Rows in the order of their groups, and where each group starts. */
function byGroup(groupOf: Int32Array, groups: number): { order: Int32Array; start: Int32Array } {
  const start = new Int32Array(groups + 1);
  for (const g of groupOf) start[g + 1]!++;
  for (let g = 0; g < groups; g++) start[g + 1]! += start[g]!;
  const next = start.slice(0, groups);
  const order = new Int32Array(groupOf.length);
  groupOf.forEach((g, i) => {
    order[next[g]!++] = i;
  });
  return { order, start };
}

/** Draws that are summed at a time, by one product. */
const together = 64;

/** Draws x rows, the rows in the given order. The array is the same each time. */
function* blocksOfDraws(
  design: Design,
  order: Int32Array,
): Generator<{ readonly data: Float64Array; readonly rows: number }> {
  const { rows } = design;
  const data = new Float64Array(Math.min(together, design.draws) * rows);
  let d = 0;
  for (const weights of drawsOf(design)) {
    for (let i = 0, to = d * rows; i < rows; i++, to++) data[to] = weights[order[i]!]!;
    if (++d < together) continue;
    yield { data, rows: d };
    d = 0;
  }
  if (d > 0) yield { data, rows: d };
}

interface Part {
  readonly sum: (group: number) => number;
  readonly count: (group: number) => number;
  readonly groups: number;
}

function weightedMean({ sum, count, groups }: Part): number {
  let [total, n] = [0, 0];
  for (let g = 0; g < groups; g++) {
    total += sum(g);
    n += count(g);
  }
  return total / n;
}

function macroMean({ sum, count, groups }: Part): number {
  let [total, n] = [0, 0];
  for (let g = 0; g < groups; g++) {
    if (count(g) === 0) continue;
    total += sum(g) / count(g);
    n++;
  }
  return total / n;
}

/** Weighted sums of each column and counts, by group. */
function sums(
  values: Matrix,
  groupOf: Int32Array,
  groups: number,
  weights: Uint16Array,
): { sums: Matrix; counts: Float64Array } {
  const { cols, data } = values;
  const out = matrix(groups, cols);
  const counts = new Float64Array(groups);
  for (let i = 0; i < values.rows; i++) {
    const weight = weights[i]!;
    if (weight === 0) continue;
    const g = groupOf[i]!;
    counts[g]! += weight;
    const to = g * cols;
    const from = i * cols;
    for (let c = 0; c < cols; c++) out.data[to + c]! += weight * data[from + c]!;
  }
  return { sums: out, counts };
}
