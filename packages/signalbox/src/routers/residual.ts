import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { row } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import { groupProbabilities } from './posterior.ts';
import { type Base, fitBase, predictBase } from './residual-base.ts';
import { type Corrections, correct, fitCorrections } from './residual-corrections.ts';

const params = z.strictObject({
  /** Candidates for the shrinkage of group means to the model's mean, in rows; full shrinkage is always among them. */
  kappas: z.array(z.number().nonnegative()).min(1).default([3, 10, 30, 100, 300]),
  penalties: z.array(z.number().positive()).min(1).default([3, 10, 30, 100, 300, 1000]),
  /** Candidate numbers of neighbours. */
  neighbours: z.array(z.int().positive()).min(1).default([10, 20, 40, 80]),
});
type Params = z.infer<typeof params>;
type State = { readonly base: Base; readonly corrections: Corrections | null };

/**
 * Ours, the default. Starts from the group posterior times shrunken group means, the baseline that most
 * routers of the literature only equal, and adds what ridge and nearest neighbours explain of the rest:
 * apart for what is common to all models (how hard the query is) and for how models differ (what routing
 * lives on). Weights are earned in cross-validation and are zero where nothing is earned: then it is the table.
 */
function makeResidual(name: string, useGroup: boolean): Router<Params, State> {
  return {
    name,
    summary: useGroup
      ? 'the task table plus what ridge and neighbours earn beyond it (default)'
      : 'as residual, but the group is always guessed from the text',
    params,
    needs: { features: useGroup ? 'optional' : true, group: useGroup },
    fit: (train, { kappas, penalties, neighbours }, context) => {
      const { base, outOfFold } = fitBase(train, { useGroup, kappas }, context);
      if (train.features.cols === 0) return { base, corrections: null };
      const args = { penalties, candidates: neighbours };
      return { base, corrections: fitCorrections(train, outOfFold, args, context) };
    },
    predict: (input, { base, corrections }, { neighbours }, context) => {
      const quality = predictBase(input, base);
      if (corrections === null) return { quality };
      const width = Math.max(...neighbours);
      return { quality: correct(quality, input.features, { ...corrections, width }, context) };
    },
    explain: (input, { base, corrections }, _, models) => [
      describeBase(
        input.queries[0]?.group,
        input.features.cols > 0 ? groupGuess(input, base) : undefined,
        base,
      ),
      describeCorrections(corrections, models.length),
    ],
  };
}

export const residual = makeResidual('residual', true);
export const residualText = makeResidual('residual-text', false);

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
  const [ridge = 0, near = 0] = corrections?.special ?? [];
  if (models < 2 || ridge + near === 0) return 'Beyond that the text earned no say in cross-validation.';
  return `The text shifts them by ${ridge.toFixed(2)} x a linear fit and ${near.toFixed(2)} x its ${corrections!.k} nearest training queries.`;
}
