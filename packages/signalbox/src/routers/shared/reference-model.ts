import type { Dataset } from '../../core/dataset.ts';
import { columnMeans, primaryMeans } from '../../core/table.ts';
import { argmax } from '../../math/order.ts';

/** What the others are held against: the declared strong model, or the best single one. */
export interface ReferenceModel {
  /** Column of the table. */
  readonly at: number;
  /** Mean outcome over the training rows. */
  readonly mean: number;
}

export function referenceModel(table: Dataset): ReferenceModel {
  const means = columnMeans(table.quality);
  const declared = table.models.findIndex(({ id }) => id === table.strong);
  const strong = declared !== -1 && !Number.isNaN(means[declared]!);
  const at = strong ? declared : Math.max(0, argmax(primaryMeans(table)));
  return { at, mean: means[at] ?? Number.NaN };
}
