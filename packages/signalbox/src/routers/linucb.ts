import { z } from 'zod';
import { shares } from '../core/choice.ts';
import type { Router } from '../core/router.ts';
import { at, type Matrix, matrix } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import {
  type BanditState,
  banditParams,
  fitBandit,
  lessCost,
  mixed,
  type Outlook,
  outlook,
  updateBandit,
} from './shared/linear-bandit.ts';

const params = z.strictObject({
  ...banditParams,
  /** Standard errors that are added to what is expected of a model when exploring. */
  alpha: z.number().nonnegative().default(0.25),
  /** Whether predictions have them added as well. */
  optimistic: z.boolean().default(false),
});
type Params = z.infer<typeof params>;

/**
 * LinUCB (Li, Chu, Langford and Schapire, 1003.0146) as ParetoBandit (2604.00136) has it for LLMs: for each model a
 * linear regression on 25 principal components of the encoded query and a constant, the model of the highest
 * expectation plus alpha standard errors, geometric forgetting, and the price of a call at the rate that a budget
 * pacer sets.
 *
 * Departures. Fitted offline it knows all models' outcomes on the training rows, as belief worth `priorAnswers`
 * answers (the variant `cold` knows none). Predictions, and with them offline comparisons, are the expectations alone
 * unless `optimistic`; the bonus steers `propensities`, which mix in epsilon of even chance so that a log of them can
 * be replayed. A model forgets at its own answers and not while others are asked, and never beyond what a cold start
 * knew. Components are brought to deviation 1. A model's price is its mean so far.
 */
export const linucb: Router<Params, BanditState> = {
  name: 'linucb',
  summary: 'a linear bandit: expected quality plus what may yet be hoped for, learning while it serves',
  paper: '1003.0146',
  params,
  needs: { features: true, group: false },
  variants: { cold: { priorAnswers: 0 }, optimistic: { optimistic: true } },
  fit: (train, params, context) => fitBandit(train, params, context),
  predict: ({ features }, state, { alpha, optimistic }) => {
    const found = outlook(features, state);
    return { quality: optimistic ? hopeful(found, alpha) : found.means };
  },
  update: updateBandit,
  propensities: ({ features }, state, { alpha, lambda, epsilon }) =>
    mixed(shares(lessCost(hopeful(outlook(features, state), alpha), state, lambda)), epsilon),
  explain: ({ features }, state, { alpha }, models) => {
    const { means, widths } = outlook(features, state);
    const best = argmax(means.data);
    return [
      `${models[best]} is expected at ${at(means, 0, best).toFixed(2)}, give or take ${(alpha * at(widths, 0, best)).toFixed(2)}.`,
    ];
  },
};

function hopeful({ means, widths }: Outlook, alpha: number): Matrix {
  const out = matrix(means.rows, means.cols);
  for (let c = 0; c < out.data.length; c++) out.data[c] = means.data[c]! + alpha * widths.data[c]!;
  return out;
}
