import type { Matrix } from '../math/matrix.ts';

/** What the compared models did on the compared rows; all matrices are rows x models. */
export interface Outcomes {
  /** In [0, 1], every cell observed; the mean over repeats. */
  readonly quality: Matrix;
  /** Samples behind a cell. */
  readonly k: Matrix;
  /** Single repeats where they are recorded; NaN where a cell has fewer. */
  readonly samples?: readonly Matrix[];
}

/** How far a mean times k may lie from a whole number and still be read as a mean of k yes-or-no samples: published means are rounded. */
const rounding = 0.05;

/** Repeats of one cell: how many samples there are and, where each is right or wrong, how many were right. */
export interface Repeats {
  readonly k: number;
  /** NaN where samples are graded: then only `values` tell. */
  readonly right: number;
  /** The single samples where they are recorded; empty where only their mean is. */
  readonly values: readonly number[];
}

/** The repeats of cell `cell` (row x models + model). A mean of graded samples that are not recorded counts as one sample. */
export function repeatsOf({ quality, k, samples }: Outcomes, cell: number): Repeats {
  const mean = quality.data[cell]!;
  const values: number[] = [];
  for (const { data } of samples ?? []) if (!Number.isNaN(data[cell]!)) values.push(data[cell]!);
  if (values.length > 0) {
    const yesOrNo = values.every((y) => y === 0 || y === 1);
    const sum = values.reduce((total, y) => total + y, 0);
    return { k: values.length, right: yesOrNo ? sum : Number.NaN, values };
  }
  const count = Math.max(1, Math.round(k.data[cell]!));
  const right = Math.round(mean * count);
  if (Math.abs(mean * count - right) <= (count === 1 ? 0 : rounding)) return { k: count, right, values };
  return { k: 1, right: Number.NaN, values: [mean] };
}

/** True for a right answer: more than half a point. */
export const isRight = (y: number): boolean => y > 0.5;
