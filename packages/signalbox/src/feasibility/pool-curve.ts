import type { Matrix } from '../math/matrix.ts';
import type { Design } from '../metrics/design.ts';
import { dealClusters } from './parts.ts';

/** One more model in the pool. */
export interface PoolStep {
  /** Column of the model that comes in when the pool is grown on all rows. */
  readonly model: number;
  /** Mean of each row's best outcome in a pool of this size, grown on rows other than those it is scored on. */
  readonly oracle: number;
}

export interface GrowArgs {
  /** Rows x models, no cell missing. */
  readonly quality: Matrix;
  readonly design: Design;
  /** What each row counts; sums to 1. */
  readonly share: Float64Array;
}

/** Pools are grown no further: what the twenty-first model adds does not decide anything. */
const largest = 20;

/** The pool grown greedily, one model at a time, each time by the one that raises the mean of the rows' best outcomes most. Cross-fitted over the design's folds, or over two halves of its clusters where there are none. */
export function growPool({ quality, design, share }: GrowArgs): PoolStep[] {
  const parts = design.folds ?? dealClusters(design, 2);
  const size = Math.min(largest, quality.cols);
  const oracle = new Float64Array(size);
  for (const part of new Set(parts)) {
    const order = grow(quality, (i) => (parts[i] === part ? 0 : share[i]!), size);
    score(quality, (i) => (parts[i] === part ? share[i]! : 0), order).forEach((value, step) => {
      oracle[step]! += value;
    });
  }
  return grow(quality, (i) => share[i]!, size).map((model, step) => ({ model, oracle: oracle[step]! }));
}

function grow({ rows, cols, data }: Matrix, weightOf: (row: number) => number, size: number): number[] {
  const best = new Float64Array(rows);
  const taken = new Set<number>();
  while (taken.size < size) {
    const gain = new Float64Array(cols);
    for (let i = 0; i < rows; i++) {
      const weight = weightOf(i);
      if (weight === 0) continue;
      for (let m = 0; m < cols; m++) {
        const more = data[i * cols + m]! - best[i]!;
        if (more > 0) gain[m]! += weight * more;
      }
    }
    let chosen = -1;
    for (let m = 0; m < cols; m++) {
      if (!taken.has(m) && (chosen === -1 || gain[m]! > gain[chosen]!)) chosen = m;
    }
    taken.add(chosen);
    for (let i = 0; i < rows; i++) best[i] = Math.max(best[i]!, data[i * cols + chosen]!);
  }
  return [...taken];
}

function score(
  { rows, cols, data }: Matrix,
  weightOf: (row: number) => number,
  order: readonly number[],
): number[] {
  const best = new Float64Array(rows);
  return order.map((model) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      best[i] = Math.max(best[i]!, data[i * cols + model]!);
      sum += weightOf(i) * best[i]!;
    }
    return sum;
  });
}
