import type { Context } from '../../core/context.ts';
import { indexGroups, noGroup } from '../../core/folds.ts';
import type { Encoded, Training } from '../../core/router.ts';
import { multiply } from '../../math/linear.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import { centredError } from '../shared/centred.ts';
import { fitPosterior, type GroupPosterior, groupProbabilities } from '../shared/posterior.ts';
import { shrink, tally } from '../shared/shrunken.ts';
import { type PairedMeans, pairedMeans } from './empirical-bayes.ts';

/** How a group's means are drawn to what all groups have in common. */
export type Shrinkage = {
  /**
   * `paired`: by empirical Bayes, the difference of each model to the best single one by itself; `rows`: by as many
   * rows' worth of each model's mean, the best of `kappas` by the error of differences over inner folds.
   */
  readonly by: 'paired' | 'rows';
  readonly kappas: readonly number[];
  /** Column of the best single model. */
  readonly reference: number;
};

/** Group posterior x shrunken group means: what `residual` starts from. */
export type Base = {
  readonly groups: readonly string[];
  readonly means: Matrix;
  /** Standard errors of differences to the reference, groups x models. */
  readonly errors: Matrix;
  /** Null where there is one group, or nothing to tell groups by. */
  readonly posterior: GroupPosterior | null;
  readonly useGroup: boolean;
};

export interface FittedBase {
  readonly base: Base;
  /** For each training row the base without the row's inner fold; rows x models. */
  readonly outOfFold: Matrix;
}

export function fitBase(
  train: Training,
  { useGroup, ...shrinkage }: Shrinkage & { readonly useGroup: boolean },
  context: Context,
): FittedBase {
  const { names, of } = indexGroups(train.table.examples);
  const text = names.length > 1 && train.features.cols > 0 ? fitPosterior(train, context) : undefined;
  const weights = useGroup || text === undefined ? indicators(of, names.length) : text.outOfFold;
  const { quality } = train.table;
  const groups = { of, count: names.length };
  const paired = (skip?: (row: number) => boolean): PairedMeans =>
    pairedMeans(quality, groups, { reference: shrinkage.reference, ...(skip && { skip }) });
  const material = { weights, folds: train.folds, cols: quality.cols };
  const { means, errors } = paired();
  const posterior = text?.posterior ?? null;
  if (shrinkage.by === 'paired') {
    const outOfFold = outOfFoldBase(material, (skip) => paired(skip).means);
    return { base: { groups: names, means, errors, posterior, useGroup }, outOfFold };
  }
  const rows = (kappa: number, skip?: (row: number) => boolean): Matrix =>
    shrink(tally(quality, of, names.length, skip), kappa);
  let best: { kappa: number; error: number; outOfFold: Matrix } | undefined;
  // From the strongest shrinkage down: a weaker one must do better.
  for (const kappa of [...shrinkage.kappas].sort((a, b) => b - a)) {
    const outOfFold = outOfFoldBase(material, (skip) => rows(kappa, skip));
    const error = centredError(quality, outOfFold);
    if (best === undefined || error < best.error) best = { kappa, error, outOfFold };
  }
  const { kappa, outOfFold } = best!;
  return { base: { groups: names, means: rows(kappa), errors, posterior, useGroup }, outOfFold };
}

/** queries x models. A group that is not given, or was not seen in training, is guessed from the text. */
export function predictBase(input: Encoded, base: Base): Matrix {
  return multiply(groupWeights(input, base), base.means);
}

/** queries x groups: 1 for the group that is given, the posterior where none is. */
export function groupWeights({ queries, features }: Encoded, base: Base): Matrix {
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
  return weights;
}

function indicators(of: Int32Array, groups: number): Matrix {
  const out = matrix(of.length, groups);
  of.forEach((g, i) => {
    out.data[i * groups + g] = 1;
  });
  return out;
}

/** For each row the means of the fits that skipped its fold, weighed by its groups. */
function outOfFoldBase(
  { weights, folds, cols }: { readonly weights: Matrix; readonly folds: Int32Array; readonly cols: number },
  meansWithout: (skip: (row: number) => boolean) => Matrix,
): Matrix {
  const out = matrix(folds.length, cols);
  for (const fold of new Set(folds)) {
    const means = meansWithout((i) => folds[i] === fold);
    for (let i = 0; i < folds.length; i++) {
      if (folds[i] !== fold) continue;
      for (let g = 0; g < weights.cols; g++) {
        const weight = weights.data[i * weights.cols + g]!;
        if (weight === 0) continue;
        for (let m = 0; m < cols; m++) out.data[i * cols + m]! += weight * means.data[g * cols + m]!;
      }
    }
  }
  return out;
}
