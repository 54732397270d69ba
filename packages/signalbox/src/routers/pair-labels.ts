import type { Dataset } from '../core/dataset.ts';
import { at } from '../math/matrix.ts';

export const labelKinds = ['deterministic', 'probabilistic', 'transformed'] as const;
export type LabelKind = (typeof labelKinds)[number];

/** Whom a model is held against, both columns of the table. */
export interface Pair {
  readonly small: number;
  readonly large: number;
}

/** A label for each row: whether, or how probably, the small model's answer is at most t worse. NaN = not observed. */
export interface PairLabels {
  readonly y: Float64Array;
  /** 0 but for `transformed`. */
  readonly t: number;
}

/** How many values of t are tried, from 0 to the greatest loss. */
const grid = 50;

/**
 * The three labels of HybridLLM by the gap H = q(small) - q(large): 1[H >= 0] of mean outcomes; Pr[H >= 0] over the
 * samples; Pr[H >= -t], t spreading the labels farthest apart.
 */
export function pairLabels(table: Dataset, pair: Pair, kind: LabelKind): PairLabels {
  const rows = Array.from({ length: table.quality.rows }, (_, i) => i);
  if (kind === 'deterministic') {
    const gap = (i: number): number => at(table.quality, i, pair.small) - at(table.quality, i, pair.large);
    return {
      t: 0,
      y: Float64Array.from(rows, (i) => (Number.isNaN(gap(i)) ? Number.NaN : gap(i) >= 0 ? 1 : 0)),
    };
  }
  const gaps = rows.map((i) => gapsOf(table, pair, i));
  const labels = (t: number): Float64Array => Float64Array.from(gaps, (own) => shareFrom(own, -t));
  if (kind === 'probabilistic') return { t: 0, y: labels(0) };
  const worst = gaps.reduce((most, own) => own.reduce((least, { gap }) => Math.max(least, -gap), most), 0);
  let best = { t: 0, y: labels(0), spread: -1 };
  for (let step = 0; step < grid; step++) {
    const t = (worst * step) / grid;
    const y = labels(t);
    const spread = meanDistance(y);
    if (spread > best.spread + 1e-12) best = { t, y, spread };
  }
  return { t: best.t, y: best.y };
}

interface Gap {
  readonly gap: number;
  readonly weight: number;
}

/** The distribution of H on a row: recorded samples against each other, or what means of right and wrong say of them. */
function gapsOf(table: Dataset, { small, large }: Pair, i: number): readonly Gap[] {
  const recorded =
    table.samples?.map((sample) => [at(sample, i, small), at(sample, i, large)] as const) ?? [];
  const [ours, theirs] = [recorded.map(([q]) => q), recorded.map(([, q]) => q)].map((list) =>
    list.filter((q) => !Number.isNaN(q)),
  ) as [number[], number[]];
  if (ours.length > 0 && theirs.length > 0)
    return ours.flatMap((q) => theirs.map((other) => ({ gap: q - other, weight: 1 })));
  const [p, r] = [at(table.quality, i, small), at(table.quality, i, large)];
  if (Number.isNaN(p) || Number.isNaN(r)) return [];
  if (!isRate(table, i, small) || !isRate(table, i, large)) return [{ gap: p - r, weight: 1 }];
  return [
    { gap: 1, weight: p * (1 - r) },
    { gap: 0, weight: p * r + (1 - p) * (1 - r) },
    { gap: -1, weight: (1 - p) * r },
  ].filter(({ weight }) => weight > 0);
}

/** Whether a cell is a mean of answers that are right or wrong. */
function isRate(table: Dataset, i: number, m: number): boolean {
  if (table.scoreKind === 'graded' || table.scoreKind === 'preference') return false;
  const value = at(table.quality, i, m);
  return value === 0 || value === 1 || at(table.k, i, m) > 1;
}

function shareFrom(gaps: readonly Gap[], least: number): number {
  let sum = 0;
  let total = 0;
  for (const { gap, weight } of gaps) {
    if (gap >= least - 1e-12) sum += weight;
    total += weight;
  }
  return sum / total;
}

/** Mean of |y_i - y_j| over all pairs. */
export function meanDistance(y: Float64Array): number {
  const sorted = y.filter((value) => !Number.isNaN(value)).sort();
  const n = sorted.length;
  if (n === 0) return 0;
  return (2 * sorted.reduce((sum, value, i) => sum + value * (2 * i - n + 1), 0)) / n ** 2;
}
