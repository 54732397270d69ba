import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Encoded, Router, Training } from '../core/router.ts';
import { primaryMeans } from '../core/table.ts';
import { multiply } from '../math/linear.ts';
import { at, type Matrix, row } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import { type Base, fitBase, groupWeights, predictBase } from './residual/base.ts';
import { type Corrections, correct, fitCorrections } from './residual/corrections.ts';
import { earnedMargin, gains, holdBack, meanGain, never } from './residual/held-back.ts';
import { admitResidual, predictResidual, type ResidualNewcomer } from './residual/newcomer.ts';
import { withColumn } from './shared/admitted.ts';
import { rowWeights } from './shared/held-out.ts';
import { groupProbabilities } from './shared/posterior.ts';

const params = z.strictObject({
  /** `paired`: empirical Bayes on differences to the best single model; `rows`: kappa rows' worth of the model's mean. */
  shrinkage: z.enum(['paired', 'rows']).default('paired'),
  /** Candidates where the shrinkage is by rows; one of several by inner folds. */
  kappas: z.array(z.number().nonnegative()).min(1).default([10]),
  /** Whether ridge and neighbours may add to the table. */
  corrections: z.boolean().default(true),
  /**
   * When the best single model is left for a model predicted above it: `always`; `one-se`: the predicted gain
   * exceeds the standard error of the group's mean difference; `folds`: of best single, table and table with
   * corrections the last that gains one standard error over the one before on inner folds; `margin`: the predicted
   * gain exceeds a margin earned on inner folds.
   */
  leave: z.enum(['always', 'one-se', 'folds', 'margin']).default('one-se'),
  penalties: z.array(z.number().positive()).min(1).default([1, 3, 10, 30, 100, 300, 1000]),
  /** Numbers of nearest queries that are asked, each with a weight of its own. */
  neighbours: z.array(z.int().positive()).min(1).default([10, 20, 40, 80, 160]),
});
type Params = z.infer<typeof params>;
type State = {
  readonly base: Base;
  readonly corrections: Corrections | null;
  /** Column of the best single model. */
  readonly reference: number;
  /** Predicted gain for which it is left; null = by the standard errors of the base. */
  readonly margin: number | null;
  /** Models that joined after the fit, in their order; absent where none did. */
  readonly newcomers?: readonly ResidualNewcomer[];
};

const variants: Readonly<Record<string, Partial<Params>>> = {
  plain: { shrinkage: 'rows', kappas: [10], leave: 'always' },
  'cross-validated': { shrinkage: 'rows', kappas: [3, 10, 30, 100, 300, 1e9], leave: 'always' },
  'empirical-bayes': { shrinkage: 'paired', leave: 'always' },
  'one-se': { leave: 'one-se' },
  folds: { leave: 'folds' },
  margin: { leave: 'margin' },
  table: { corrections: false },
};

/**
 * Ours, the default. Starts from the group posterior times group means shrunken by empirical Bayes, the baseline
 * that most routers of the literature only equal, moves it towards a ridge regression on the text and adds what
 * it left over on the nearest training queries: apart for what is common to all models (how hard the query is) and
 * for how models differ (what routing lives on). Weights are earned in cross-validation and are zero where nothing is
 * earned: then it is the table.
 * The best single model is left only for a predicted gain above one standard error of the group's mean difference.
 */
function makeResidual(name: string, useGroup: boolean): Router<Params, State> {
  return {
    name,
    summary: useGroup
      ? 'the task table plus what ridge and neighbours earn beyond it (default)'
      : 'as residual, but the group is always guessed from the text',
    params,
    needs: { features: useGroup ? 'optional' : true, group: useGroup },
    variants,
    fit: (train, params, context) => fitResidual(train, { ...params, useGroup }, context),
    predict: (input, state, _, context) => {
      const forecasts = predictTrained(input, state, context);
      const { base, newcomers = [], reference } = state;
      const joined = newcomers.map((one) => predictResidual(input, one, { base, forecasts }));
      return { quality: holdBack(joined.reduce(withColumn, forecasts), reference, least(input, state)) };
    },
    admit: (newcomer, state, { penalties }, context) => {
      const forecasts = predictTrained(newcomer, state, context);
      const joined = admitResidual(newcomer, { ...state, forecasts, penalties }, context);
      return { ...state, newcomers: [...(state.newcomers ?? []), joined] };
    },
    explain: (input, { base, corrections, margin }, _, models) => [
      describeBase(
        input.queries[0]?.group,
        input.features.cols > 0 ? groupGuess(input, base) : undefined,
        base,
      ),
      describeCorrections(corrections, models.length),
      ...describeMargin(margin, models.length),
    ],
  };
}

export const residual = makeResidual('residual', true);
export const residualText = makeResidual('residual-text', false);

function fitResidual(
  train: Training,
  args: Params & { readonly useGroup: boolean },
  context: Context,
): State {
  const { quality } = train.table;
  const reference = Math.max(0, argmax(primaryMeans(train.table)));
  const { shrinkage: by, kappas, useGroup, penalties, neighbours: sizes } = args;
  const { base, outOfFold } = fitBase(train, { by, kappas, reference, useGroup }, context);
  const fitted =
    args.corrections && train.features.cols > 0
      ? fitCorrections(train, outOfFold, { penalties, sizes }, context)
      : undefined;
  const corrections = fitted?.corrections ?? null;
  const state = { base, corrections, reference };
  if (args.leave === 'always') return { ...state, margin: 0 };
  if (args.leave === 'one-se') return { ...state, margin: null };
  const seen = { quality, reference, weights: rowWeights(train.table) };
  const full = { ...seen, forecasts: fitted?.outOfFold ?? outOfFold };
  if (args.leave === 'margin') return { ...state, margin: earnedMargin(full) };
  // From the constant up: each step must gain one standard error over what is kept so far.
  const [table, more] = [gains({ ...seen, forecasts: outOfFold }), gains(full)];
  const beyond = (a: Float64Array, b?: Float64Array): boolean => {
    const { mean, error } = meanGain(b ? a.map((gain, i) => gain - b[i]!) : a);
    return mean > error;
  };
  const useTable = beyond(table);
  if (corrections !== null && beyond(more, useTable ? table : undefined)) return { ...state, margin: 0 };
  return { ...state, corrections: null, margin: useTable ? 0 : never };
}

/** Forecasts of the models that it was trained on, before any is held back. */
function predictTrained(
  input: Encoded,
  { base, corrections }: Pick<State, 'base' | 'corrections'>,
  context: Context,
): Matrix {
  const quality = predictBase(input, base);
  return corrections === null ? quality : correct(quality, input.features, corrections, context);
}

/**
 * The predicted gain over the best single model that each query and model must exceed: the margin, which was earned
 * by the models of the training, or the errors of the base; for one that joined the error of its own mean.
 */
function least(
  input: Encoded,
  { base, margin, newcomers = [] }: Pick<State, 'base' | 'margin' | 'newcomers'>,
): (row: number, model: number) => number {
  const errors = margin === null ? multiply(groupWeights(input, base), base.errors) : undefined;
  return (i, m) => newcomers[m - base.means.cols]?.error ?? margin ?? at(errors!, i, m);
}

function groupGuess(input: Parameters<typeof predictBase>[0], base: Base): string | undefined {
  if (base.posterior === null) return undefined;
  const probability = row(groupProbabilities(base.posterior, input.features), 0);
  const best = argmax(probability);
  return `"${base.groups[best]}" (${Math.round(100 * probability[best]!)} %)`;
}

function describeBase(group: string | undefined, guess: string | undefined, base: Base): string {
  if (base.useGroup && group !== undefined && base.groups.includes(group))
    return `It belongs to the group "${group}", whose shrunken training means are the start.`;
  if (guess !== undefined)
    return `Its text looks like the group ${guess}, whose shrunken training means are the start.`;
  return "The models' training means are the start.";
}

function describeCorrections(corrections: Corrections | null, models: number): string {
  const [ridge = 0, ...near] = corrections?.special ?? [];
  const used = near.reduce((sum, weight) => sum + weight, 0);
  if (models < 2 || ridge + used === 0) return 'Beyond that the text earned no say in cross-validation.';
  const parts = [`${ridge.toFixed(2)} x a linear fit`];
  const widest = Math.max(...corrections!.sizes.filter((_, i) => near[i] !== 0));
  if (used > 0) parts.push(`${used.toFixed(2)} x its nearest training queries, up to ${widest} of them`);
  return `The text shifts them by ${parts.join(' and ')}.`;
}

function describeMargin(margin: number | null, models: number): string[] {
  if (models < 2 || margin === 0) return [];
  if (margin === null)
    return ['The best single model is left for a gain above one standard error of the group.'];
  if (margin >= never)
    return ['No choice by these forecasts earned leaving the best single model in cross-validation.'];
  return [
    `The best single model is left for a predicted gain above ${Number((100 * margin).toFixed(1))} points.`,
  ];
}
