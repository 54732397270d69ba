import type { Context } from '../core/context.ts';
import { assignFolds } from '../core/folds.ts';
import type { Newcomer } from '../core/router.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { ability, clamped } from './shared/admitted.ts';
import { neighbours, outOfFoldNeighbours, sumOver } from './shared/neighbours.ts';

/**
 * A model that joined: the queries that it answered, and by how much it differed there from what the pool's average
 * model was expected to be worth. Its neighbours are sought among its own queries, so that those of the others stay
 * what they are.
 */
export type KnnNewcomer = {
  readonly features: Matrix;
  readonly differences: Float64Array;
  readonly ability: number;
  /** 0 where neighbours told less than the ability alone. */
  readonly k: number;
};

interface Settings {
  readonly candidates: readonly number[];
  readonly kappa: number;
}

/** `expected`: worth of the pool's average model on each of the newcomer's queries. */
export function admitNeighbour(
  { queries, features, quality }: Pick<Newcomer, 'queries' | 'features' | 'quality'>,
  expected: Float64Array,
  { candidates, kappa }: Settings,
  context: Context,
): KnnNewcomer {
  const differences = quality.map((value, i) => value - expected[i]!);
  const own = ability(quality, expected);
  // By text alone: of many groups with an answer each, every one would begin at the first fold.
  const folds = assignFolds(
    queries.map(({ id, messages }) => ({ id, messages })),
    5,
    'newcomer',
  );
  const width = Math.max(...candidates);
  const near = outOfFoldNeighbours(features, folds, width, context);
  let best = { k: 0, error: Number.POSITIVE_INFINITY };
  // No neighbours at all come first: any number of them must do better than that.
  for (const k of [0, ...candidates]) {
    const shifts = shifted(sumOver(near, asColumn(differences), k), own, kappa);
    let error = 0;
    for (let i = 0; i < shifts.length; i++) error += (differences[i]! - shifts[i]!) ** 2;
    if (error < best.error) best = { k, error };
  }
  return { features, differences, ability: own, k: best.k };
}

/** What a newcomer is expected to be worth on each query, `expected` being what the pool's average model is. */
export function predictNeighbour(
  queries: Matrix,
  { features, differences, ability, k }: KnnNewcomer,
  { expected, candidates, kappa }: Settings & { readonly expected: Float64Array },
  context: Context,
): Float64Array {
  const near = neighbours(queries, features, Math.max(...candidates), context);
  const shifts = shifted(sumOver(near, asColumn(differences), k), ability, kappa);
  return expected.map((value, i) => clamped(value + shifts[i]!));
}

function shifted(
  { sums, counts }: { readonly sums: Matrix; readonly counts: Matrix },
  own: number,
  kappa: number,
): Float64Array {
  return Float64Array.from(sums.data, (sum, i) =>
    counts.data[i] === 0 ? own : (sum + kappa * own) / (counts.data[i]! + kappa),
  );
}

function asColumn(values: Float64Array): Matrix {
  const out = matrix(values.length, 1);
  out.data.set(values);
  return out;
}
