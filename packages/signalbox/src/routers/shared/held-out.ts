import type { Training } from '../../core/router.ts';
import { groupMeans } from '../../core/table.ts';

/** Training rows apart: those that are learned from, and those on which the learning is stopped and calibrated. */
export interface HeldOut {
  readonly kept: Int32Array;
  /** Empty where there are too few rows to spare any. */
  readonly held: Int32Array;
}

const fewest = 20;

/** The first inner fold is held out, unless that leaves too little on either side. */
export function holdOut({ folds }: Pick<Training, 'folds'>): HeldOut {
  const rows = Int32Array.from(folds.keys());
  const [kept, held] = [rows.filter((i) => folds[i] !== 0), rows.filter((i) => folds[i] === 0)];
  return held.length < fewest || kept.length < fewest
    ? { kept: rows, held: rows.subarray(0, 0) }
    : { kept, held };
}

/** Weight of each row in the table's primary average: the same for all, or for all groups. */
export function rowWeights(table: Training['table']): Float64Array {
  const weights = new Float64Array(table.examples.length).fill(1);
  if (table.primary === 'quality') return weights;
  const { names, of } = groupMeans(table);
  const counts = new Float64Array(names.length);
  for (const group of of) counts[group]!++;
  return weights.map((_, i) => weights.length / names.length / counts[of[i]!]!);
}
