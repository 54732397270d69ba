import type { Context } from '../../core/context.ts';
import { assignFolds, noGroup } from '../../core/folds.ts';
import type { Encoded, Newcomer } from '../../core/router.ts';
import { columnMeans, multiply } from '../../math/linear.ts';
import { at, type Matrix, matrix, row, selectRows } from '../../math/matrix.ts';
import { argmax } from '../../math/order.ts';
import { fitRidge, predictRidge, type RidgeState } from '../../math/ridge.ts';
import { admitToMeans, clamped, poolMeans } from '../shared/admitted.ts';
import { groupProbabilities } from '../shared/posterior.ts';
import { type Base, groupWeights } from './base.ts';
import { earn } from './corrections.ts';

/** A model that joined: its group means, what its answers earned beyond them, and how surely it differs from best single. */
export type ResidualNewcomer = {
  /** Shrunken mean in each group. */
  readonly means: Float64Array;
  readonly ridge: { readonly coefficients: Matrix; readonly intercept: Float64Array } | null;
  /** Earned by the ridge in cross-validation over its answers; 0 = nothing. */
  readonly weight: number;
  /** Standard error of its mean difference to the best single model, as that is forecast on the same queries. */
  readonly error: number;
};

/** Rows' worth of belief that the newcomer does in a group as well as its ability and the pool's mean there say. */
const kappa = 10;

interface Fitted {
  readonly base: Base;
  /** What the router forecasts of the models it was trained on: queries x models. */
  readonly forecasts: Matrix;
}

/**
 * Group means as a task table admits them, moved by what the corrections move the pool's average model by (how hard
 * the query is), plus a ridge of its own on what is left over, as far as it earns a weight out of fold.
 */
export function admitResidual(
  newcomer: Newcomer,
  {
    base,
    forecasts,
    reference,
    penalties,
  }: Fitted & { readonly reference: number; readonly penalties: readonly number[] },
  context: Context,
): ResidualNewcomer {
  const { queries, features, quality } = newcomer;
  const cells = cellsOf(newcomer, base);
  const table = { means: base.means, overall: columnMeans(base.means) };
  const meansOf = (rows: Int32Array): Float64Array => {
    const some = {
      cells: Int32Array.from(rows, (i) => cells[i]!),
      quality: Float64Array.from(rows, (i) => quality[i]!),
    };
    const { means } = admitToMeans({ table, ...some, kappa });
    return Float64Array.from({ length: means.rows }, (_, g) => at(means, g, means.cols - 1));
  };
  const rows = Int32Array.from(quality.keys());
  const means = meansOf(rows);
  const error = standardError(quality.map((value, i) => value - at(forecasts, i, reference)));
  // By text alone: of many groups with an answer each, every one would begin at the first fold.
  const folds = assignFolds(
    queries.map(({ id, messages }) => ({ id, messages })),
    5,
    'newcomer',
  );
  const plain = { means, ridge: null, weight: 0, error };
  if (features.cols === 0 || new Set(folds).size < 2) return plain;
  const left = matrix(quality.length, 1);
  for (const fold of new Set(folds)) {
    const held = rows.filter((i) => folds[i] === fold);
    const without = meansOf(rows.filter((i) => folds[i] !== fold));
    const some = { queries: Array.from(held, (i) => queries[i]!), features: selectRows(features, held) };
    const said = levels(some, without, { base, forecasts: selectRows(forecasts, held) });
    held.forEach((i, place) => {
      left.data[i] = quality[i]! - said[place]!;
    });
  }
  const { signal } = context;
  const ridge = fitRidge({ x: features, y: left, folds, penalties, ...(signal && { signal }) });
  const [weight = 0] = earn({ residuals: left, guesses: [ridge.outOfFold], folds, from: 0, to: 1 });
  return weight === 0 ? plain : { ...plain, ridge: stateOf(ridge), weight };
}

const stateOf = ({ coefficients, intercept }: RidgeState): RidgeState => ({ coefficients, intercept });

/** What a newcomer is expected to be worth on each query. */
export function predictResidual(
  input: Encoded,
  { means, ridge, weight }: ResidualNewcomer,
  fitted: Fitted,
): Float64Array {
  const said = levels(input, means, fitted);
  const own = ridge === null ? undefined : predictRidge(ridge, input.features);
  return said.map((value, i) => clamped(value + (own ? weight * own.data[i]! : 0)));
}

/** Its means by the query's groups, moved as the corrections move the pool's average model. */
function levels(input: Encoded, means: Float64Array, { base, forecasts }: Fitted): Float64Array {
  const weights = groupWeights(input, base);
  const average = poolMeans(base.means);
  const column: Matrix = { rows: means.length, cols: 2, data: new Float64Array(2 * means.length) };
  means.forEach((value, g) => {
    column.data[2 * g] = value;
    column.data[2 * g + 1] = average[g]!;
  });
  const of = multiply(weights, column);
  return poolMeans(forecasts).map((pool, i) => {
    const shift = pool - at(of, i, 1);
    return at(of, i, 0) + (Number.isNaN(shift) ? 0 : shift);
  });
}

/** The group of each answer, guessed from the text where it is not given or not known; -1 where that cannot be. */
function cellsOf({ queries, features }: Encoded, base: Base): Int32Array {
  const guess = base.posterior === null ? undefined : groupProbabilities(base.posterior, features);
  return Int32Array.from(queries, ({ group = noGroup }, i) => {
    const given = base.useGroup ? base.groups.indexOf(group) : -1;
    if (given !== -1) return given;
    if (guess) return argmax(row(guess, i));
    return base.groups.length === 1 ? 0 : -1;
  });
}

function standardError(values: Float64Array): number {
  const known = values.filter((x) => !Number.isNaN(x));
  if (known.length < 2) return 1;
  const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
  const squares = known.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return Math.sqrt(squares / (known.length - 1) / known.length);
}
