import type { Context } from '../../core/context.ts';
import { type HeldOutRows, heldOutRows } from '../../core/held-out-rows.ts';
import { normaliseRows } from '../../math/linear.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import { nearest } from '../../math/nearest.ts';
import { passing } from './passing.ts';

/** Training rows nearest to each query by cosine, the nearest first; -1 where there are fewer. */
export interface Neighbours {
  readonly indices: Int32Array;
  readonly k: number;
}

/** As many as any router usually asks for: one search of this width serves all that want fewer. */
const usual = 160;

/** At least k of them. Shared by every router that looks at neighbours of the same rows, so that they are searched once. */
export function neighbours(queries: Matrix, base: Matrix, least: number, context: Context): Neighbours {
  const k = Math.max(least, usual);
  return context.once(`neighbours/${k}`, [queries, base], () => {
    const among = heldOutRows(queries, base, context);
    // A search for out-of-fold neighbours of all rows, where one was made, has found theirs as well.
    const known = among && outOfFold(among, context).get(k);
    if (known) return ofHeldOut(known, among);
    const { indices } = nearest({
      queries: unit(queries, context),
      base: unitBase(base, queries, context),
      k,
      ...(context.signal && { signal: context.signal }),
    });
    return { indices, k };
  });
}

/** Neighbours of the held rows, by their places among the kept ones. */
function ofHeldOut({ indices, k }: Neighbours, { x, held, kept }: HeldOutRows): Neighbours {
  const places = new Int32Array(x.rows);
  kept.forEach((row, i) => {
    places[row] = i;
  });
  const found = new Int32Array(held.length * k);
  held.forEach((row, i) => {
    for (let j = 0; j < k; j++) {
      const near = indices[row * k + j]!;
      found[i * k + j] = near < 0 ? near : places[near]!;
    }
  });
  return { indices: found, k };
}

/** Searches for the nearest rows of other inner folds, by how many were asked for. */
const outOfFold = (
  { x, folds }: Pick<HeldOutRows, 'x' | 'folds'>,
  { once }: Context,
): Map<number, Neighbours> => once('out-of-fold neighbours', [x, folds], () => new Map());

/** The nearest training rows of each training row among those of other inner folds, at least so many. */
export function outOfFoldNeighbours(
  x: Matrix,
  folds: Int32Array,
  least: number,
  context: Context,
): Neighbours {
  const k = Math.max(least, usual);
  const searches = outOfFold({ x, folds }, context);
  const known = searches.get(k);
  if (known) return known;
  const rows = unit(x, context);
  const { indices } = nearest({
    queries: rows,
    base: rows,
    k,
    queryFolds: folds,
    baseFolds: folds,
    ...(context.signal && { signal: context.signal }),
  });
  const found = { indices, k };
  searches.set(k, found);
  return found;
}

/** Fewer queries at once are those of a server, which asks again. */
const batch = 64;

/** Unit rows of what queries are compared with: they stay where a server asks, and go after a batch. */
export function unitBase(base: Matrix, queries: Matrix, context: Context): Matrix {
  if (queries.rows >= batch) return unit(base, context);
  return context.once('unit rows of a base', [base], () => unit(base, context));
}

export function unit(x: Matrix, context: Context): Matrix {
  return passing('unit rows', [x], { ...context, make: () => normaliseRows(x) });
}

/** Sums of observed `values` (training rows x targets) over the first k neighbours, and how many were observed. */
export interface NeighbourSums {
  readonly sums: Matrix;
  readonly counts: Matrix;
}

export function sumOver(near: Neighbours, values: Matrix, k: number): NeighbourSums {
  return growingSums(near, values)(k);
}

/**
 * Sums over the first k neighbours for one k after the other: those of a greater k go on from the last ones, in the same
 * matrices, which are to be read before the next call.
 */
export function growingSums({ indices, k: width }: Neighbours, values: Matrix): (k: number) => NeighbourSums {
  const rows = indices.length / width;
  const { cols, data } = values;
  const [sums, counts] = [matrix(rows, cols), matrix(rows, cols)];
  const [total, seen] = [sums.data, counts.data];
  let done = 0;
  return (k) => {
    if (k < done) {
      for (const { data } of [sums, counts]) data.fill(0);
      done = 0;
    }
    for (let i = 0; i < rows; i++) {
      const to = i * cols;
      for (let j = i * width + done; j < i * width + k; j++) {
        const neighbour = indices[j]!;
        if (neighbour < 0) break;
        for (let m = to, from = neighbour * cols; m < to + cols; m++, from++) {
          const value = data[from]!;
          // What is not a number was not observed.
          if (Number.isNaN(value)) continue;
          total[m]! += value;
          seen[m]! += 1;
        }
      }
    }
    done = k;
    return { sums, counts };
  };
}
