import type { Dataset } from '../../core/dataset.ts';
import { groupMeans } from '../../core/table.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';

/** Sums and counts of outcomes per cell (a group, a cluster) and model; the material of every table of means. */
export interface Tally {
  readonly sums: Matrix;
  readonly counts: Matrix;
}

/** Tally of `values` (rows x models, NaN = missing) by cell number; rows whose `skip` is true are left out. */
export function tally(
  values: Matrix,
  cells: Int32Array,
  size: number,
  skip?: (row: number) => boolean,
): Tally {
  const sums = matrix(size, values.cols);
  const counts = matrix(size, values.cols);
  for (let i = 0; i < values.rows; i++) {
    const cell = cells[i]!;
    if (cell < 0 || skip?.(i)) continue;
    for (let m = 0; m < values.cols; m++) {
      const value = values.data[i * values.cols + m]!;
      if (Number.isNaN(value)) continue;
      sums.data[cell * values.cols + m]! += value;
      counts.data[cell * values.cols + m]! += 1;
    }
  }
  return { sums, counts };
}

/** Means of each model over all cells of a tally; NaN where it was never observed. */
export function overall({ sums, counts }: Tally): Float64Array {
  const total = new Float64Array(sums.cols);
  const n = new Float64Array(sums.cols);
  for (let i = 0; i < sums.data.length; i++) {
    total[i % sums.cols]! += sums.data[i]!;
    n[i % sums.cols]! += counts.data[i]!;
  }
  return total.map((sum, m) => sum / n[m]!);
}

/** Means per cell and model, shrunk to the model's mean: (sum + kappa x mean) / (n + kappa). */
export function shrink(material: Tally, kappa: number): Matrix {
  const { sums, counts } = material;
  const means = overall(material);
  const out = matrix(sums.rows, sums.cols);
  for (let i = 0; i < out.data.length; i++) {
    const prior = means[i % sums.cols]!;
    const n = counts.data[i]!;
    if (kappa === Number.POSITIVE_INFINITY || n + kappa === 0) out.data[i] = prior;
    else out.data[i] = (sums.data[i]! + (kappa > 0 ? kappa * prior : 0)) / (n + kappa);
  }
  return out;
}

/** A task table: per group and model the shrunken mean. */
export type TaskTable = {
  readonly groups: readonly string[];
  readonly means: Matrix;
  readonly overall: Float64Array;
  readonly counts: Matrix;
};

export function fitTaskTable(table: Dataset, kappa: number): TaskTable {
  const { names, of } = groupMeans(table);
  const material = tally(table.quality, of, names.length);
  return {
    groups: names,
    means: shrink(material, kappa),
    overall: overall(material),
    counts: material.counts,
  };
}
