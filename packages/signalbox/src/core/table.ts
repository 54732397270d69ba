import { at, type Matrix, matrix, selectCols, selectRows } from '../math/matrix.ts';
import { mean } from '../math/order.ts';
import type { Dataset } from './dataset.ts';
import { SignalboxError } from './errors.ts';
import { indexGroups } from './folds.ts';

/** The named rows of a table, in that order. */
export function takeRows(table: Dataset, rows: ArrayLike<number>): Dataset {
  const { completion, calls } = table;
  return {
    ...cut(table, (m) => selectRows(m, rows)),
    examples: Array.from(rows, (i) => table.examples[i]!),
    ...(completion && { completion: (i: number, m: number) => completion(rows[i]!, m) }),
    ...(calls && { calls: (i: number, m: number) => calls(rows[i]!, m) }),
  };
}

/** The named models of a table, in that order. */
export function takeModels(table: Dataset, columns: ArrayLike<number>): Dataset {
  const { completion, calls } = table;
  return {
    ...cut(table, (m) => selectCols(m, columns)),
    models: Array.from(columns, (j) => table.models[j]!),
    ...(completion && { completion: (i: number, m: number) => completion(i, columns[m]!) }),
    ...(calls && { calls: (i: number, m: number) => calls(i, columns[m]!) }),
  };
}

/** An error about a table as a whole, with the file that it was read from where there is one. */
export function tableError({ digests }: Dataset, message: string): SignalboxError {
  const [file, ...more] = Object.keys(digests);
  return new SignalboxError('table', message, file === undefined || more.length > 0 ? {} : { file });
}

/** `1 row`, `2 rows`. */
export const rowsOf = (n: number): string => `${n} ${n === 1 ? 'row' : 'rows'}`;

const matrices = ['cost', 'rawScore', 'tokensIn', 'tokensOut', 'latencyMs', 'propensity'] as const;

function cut(table: Dataset, take: (m: Matrix) => Matrix): Dataset {
  const out: { -readonly [K in keyof Dataset]: Dataset[K] } = {
    ...table,
    quality: take(table.quality),
    k: take(table.k),
  };
  for (const name of matrices) {
    const m = table[name];
    if (m !== undefined) out[name] = take(m);
  }
  if (table.samples) out.samples = table.samples.map(take);
  return out;
}

/** Mean quality of each model over its observed rows, or over the groups' means where the table's primary average is macro; NaN for a model never observed. */
export function primaryMeans(table: Dataset): Float64Array {
  if (table.primary === 'quality') return columnMeans(table.quality);
  const groups = groupMeans(table);
  return Float64Array.from(table.models, (_, m) => mean(groups.names.map((_, g) => at(groups.means, g, m))));
}

/** Mean of each column over its observed cells; NaN where there are none. */
export function columnMeans(m: Matrix): Float64Array {
  const sums = new Float64Array(m.cols);
  const counts = new Float64Array(m.cols);
  for (let i = 0, cell = 0; i < m.rows; i++) {
    for (let j = 0; j < m.cols; j++, cell++) {
      const value = m.data[cell]!;
      if (Number.isNaN(value)) continue;
      sums[j]! += value;
      counts[j]! += 1;
    }
  }
  return sums.map((sum, j) => sum / counts[j]!);
}

/** Means and counts of observed cells, groups x models. */
export interface GroupMeans {
  readonly names: readonly string[];
  readonly of: Int32Array;
  readonly means: Matrix;
  readonly counts: Matrix;
}

export function groupMeans(table: Dataset, values: Matrix = table.quality): GroupMeans {
  const { names, of } = indexGroups(table.examples);
  const means = matrix(names.length, values.cols);
  const counts = matrix(names.length, values.cols);
  for (let i = 0; i < values.rows; i++) {
    for (let m = 0; m < values.cols; m++) {
      const value = at(values, i, m);
      if (Number.isNaN(value)) continue;
      const cell = of[i]! * values.cols + m;
      means.data[cell]! += value;
      counts.data[cell]! += 1;
    }
  }
  for (let cell = 0; cell < means.data.length; cell++) means.data[cell]! /= counts.data[cell]!;
  return { names, of, means, counts };
}
