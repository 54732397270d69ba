import type { Matrix } from '../math/matrix.ts';
import type { Context } from './context.ts';

/** Training rows apart: of one inner fold, `held`, and of all others, `kept`; both in their order. */
export interface HeldOutRows {
  readonly x: Matrix;
  readonly folds: Int32Array;
  readonly held: Int32Array;
  readonly kept: Int32Array;
}

const kind = 'held-out rows';

/**
 * Says that these queries and this base are training rows apart: what was found between rows of different folds holds
 * between them as well.
 */
export function knowHeldOut(rows: HeldOutRows, queries: Matrix, base: Matrix, { once }: Context): void {
  once(kind, [queries, base], () => rows);
}

/** What was said of them; undefined where nothing was. */
export function heldOutRows(queries: Matrix, base: Matrix, { once }: Context): HeldOutRows | undefined {
  return once(kind, [queries, base], (): HeldOutRows | undefined => undefined);
}
