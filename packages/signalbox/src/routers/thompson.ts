import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { chancesOfBest } from '../math/best-of-normals.ts';
import { matrix, row } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import {
  type BanditState,
  banditParams,
  fitBandit,
  lessCost,
  mixed,
  outlook,
  updateBandit,
} from './shared/linear-bandit.ts';

const params = z.strictObject({
  ...banditParams,
  /** Standard errors of what is expected of a model by which its draws deviate from it; more explores more. */
  scale: z.number().positive().default(0.1),
});
type Params = z.infer<typeof params>;

/**
 * Thompson sampling for linear models (Agrawal and Goyal, 1209.3352): each model is chosen with the chance that it is
 * the best, going by what is known of it.
 *
 * Departures. Regressions, belief from the training table, forgetting and prices are those of `linucb`, one for each
 * model where the paper has a single one. Of a model only its score on the query is drawn, which is normal and
 * independent of the others', so that the chance of being the highest is computed and not counted over draws: whoever
 * serves draws the model from `propensities`, with its own seed, and can log exactly how likely it was. Epsilon of
 * even chance is mixed in. Predictions are the expectations.
 */
export const thompson: Router<Params, BanditState> = {
  name: 'thompson',
  summary: 'a linear bandit: each model as often as it is likely to be the best, learning while it serves',
  paper: '1209.3352',
  params,
  needs: { features: true, group: false },
  variants: { cold: { priorAnswers: 0 } },
  fit: (train, params, context) => fitBandit(train, params, context),
  predict: ({ features }, state) => ({ quality: outlook(features, state).means }),
  update: updateBandit,
  propensities: ({ features }, state, { scale, lambda, epsilon }) => {
    const { means, widths } = outlook(features, state);
    const values = lessCost(means, state, lambda);
    const out = matrix(values.rows, values.cols);
    for (let i = 0; i < values.rows; i++) {
      const deviations = row(widths, i).map((width) => scale * width);
      out.data.set(chancesOfBest(row(values, i), deviations), i * values.cols);
    }
    return mixed(out, epsilon);
  },
  explain: ({ features }, state, { scale }, models) => {
    const { means, widths } = outlook(features, state);
    const best = argmax(means.data);
    const deviations = row(widths, 0).map((width) => scale * width);
    const chance = chancesOfBest(row(means, 0), deviations)[best]!;
    return [`${models[best]} is the best with a chance of ${Math.round(100 * chance)} %.`];
  },
};
