import { SignalboxError } from '../core/errors.ts';
import type { Forecasts } from '../core/policy.ts';
import { at, type Matrix, matrix } from '../math/matrix.ts';

/** Positions of a weak and a strong model. */
export interface Pair {
  readonly weak: number;
  readonly strong: number;
}

/** @throws SignalboxError where the table names none */
export function pairOf({ weak, strong }: Forecasts, policy: string): Pair {
  if (weak === undefined || strong === undefined || weak === strong)
    throw new SignalboxError(
      'usage',
      `The policy "${policy}" chooses between a weak and a strong model, and the table names none; give --weak MODEL and --strong MODEL, or use the policy "utility".`,
    );
  return { weak, strong };
}

/** How much better than the weak model the strong one is predicted to be on a query. */
export function gainOfStrong({ quality }: Forecasts, { weak, strong }: Pair, i: number): number {
  return at(quality, i, strong) - at(quality, i, weak);
}

/** Utilities of a choice between the two; other models keep the order of their predicted quality, all below them. */
export function between({ quality }: Forecasts, pair: Pair, toStrong: (i: number) => boolean): Matrix {
  const out = matrix(quality.rows, quality.cols);
  for (let i = 0; i < quality.rows; i++) {
    for (let m = 0; m < quality.cols; m++) out.data[i * quality.cols + m] = at(quality, i, m) - 10;
    out.data[i * quality.cols + pair.weak] = 0;
    out.data[i * quality.cols + pair.strong] = toStrong(i) ? 1 : -1;
  }
  return out;
}
