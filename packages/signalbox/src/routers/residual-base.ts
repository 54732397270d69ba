import type { Context } from '../core/context.ts';
import { indexGroups, noGroup } from '../core/folds.ts';
import type { Encoded, Training } from '../core/router.ts';
import { multiply } from '../math/linear.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { centredError } from './centred.ts';
import { fitPosterior, type GroupPosterior, groupProbabilities } from './posterior.ts';
import { shrink, tally } from './shrunken.ts';

/** Group posterior x shrunken group means: what `residual` starts from. */
export type Base = {
  readonly groups: readonly string[];
  readonly means: Matrix;
  /** Null where there is one group, or nothing to tell groups by. */
  readonly posterior: GroupPosterior | null;
  readonly useGroup: boolean;
  readonly kappa: number;
};

export interface FittedBase {
  readonly base: Base;
  /** For each training row the base without the row's inner fold; rows x models. */
  readonly outOfFold: Matrix;
}

export function fitBase(
  train: Training,
  options: { readonly useGroup: boolean; readonly kappas: readonly number[] },
  context: Context,
): FittedBase {
  const { names, of } = indexGroups(train.table.examples);
  const { quality } = train.table;
  const text = names.length > 1 && train.features.cols > 0 ? fitPosterior(train, context) : undefined;
  const weights = options.useGroup || text === undefined ? indicators(of, names.length) : text.outOfFold;
  let best: { kappa: number; error: number; outOfFold: Matrix } | undefined;
  // From full shrinkage (the model's mean everywhere) down: a weaker one must do better.
  for (const kappa of [Number.POSITIVE_INFINITY, ...[...options.kappas].sort((a, b) => b - a)]) {
    const outOfFold = outOfFoldBase({ quality, groups: of, weights, folds: train.folds, kappa });
    const error = centredError(quality, outOfFold);
    if (best === undefined || error < best.error) best = { kappa, error, outOfFold };
  }
  const { kappa, outOfFold } = best!;
  const means = shrink(tally(quality, of, names.length), kappa);
  const { useGroup } = options;
  return { base: { groups: names, means, posterior: text?.posterior ?? null, useGroup, kappa }, outOfFold };
}

/** queries x models. A group that is not given, or was not seen in training, is guessed from the text. */
export function predictBase({ queries, features }: Encoded, base: Base): Matrix {
  const known = new Map(base.groups.map((name, g) => [name, g]));
  const given = queries.map((query) => (base.useGroup ? known.get(query.group ?? noGroup) : undefined));
  const guess =
    base.posterior !== null && given.includes(undefined)
      ? groupProbabilities(base.posterior, features)
      : undefined;
  const weights = matrix(queries.length, base.groups.length);
  given.forEach((g, i) => {
    const at = i * weights.cols;
    if (g !== undefined) weights.data[at + g] = 1;
    else if (guess) weights.data.set(guess.data.subarray(at, at + weights.cols), at);
    else weights.data.fill(1 / weights.cols, at, at + weights.cols);
  });
  return multiply(weights, base.means);
}

function indicators(of: Int32Array, groups: number): Matrix {
  const out = matrix(of.length, groups);
  of.forEach((g, i) => {
    out.data[i * groups + g] = 1;
  });
  return out;
}

function outOfFoldBase(args: {
  readonly quality: Matrix;
  readonly groups: Int32Array;
  readonly weights: Matrix;
  readonly folds: Int32Array;
  readonly kappa: number;
}): Matrix {
  const { quality, groups, weights, folds, kappa } = args;
  const out = matrix(quality.rows, quality.cols);
  for (const fold of new Set(folds)) {
    const means = shrink(
      tally(quality, groups, weights.cols, (i) => folds[i] === fold),
      kappa,
    );
    for (let i = 0; i < quality.rows; i++) {
      if (folds[i] !== fold) continue;
      for (let g = 0; g < weights.cols; g++) {
        const weight = weights.data[i * weights.cols + g]!;
        if (weight === 0) continue;
        for (let m = 0; m < quality.cols; m++)
          out.data[i * quality.cols + m]! += weight * means.data[g * quality.cols + m]!;
      }
    }
  }
  return out;
}
