import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { columnMeans } from '../core/table.ts';
import { constant } from './best-single.ts';

type State = { readonly order: Float64Array };

/**
 * The model with the least mean cost on the training rows, for every query. An order in the clothes of a
 * prediction: 1 for the cheapest, less for each dearer one; models of unknown cost come last. Without any
 * cost, a declared weak model counts as the cheaper.
 */
export const cheapest: Router<object, State> = {
  name: 'cheapest',
  summary: 'the model with the least mean cost, for every query',
  params: z.strictObject({}),
  needs: { features: false, group: false, cost: true },
  baseline: true,
  fit: ({ table }) => {
    const cost = table.cost
      ? columnMeans(table.cost)
      : Float64Array.from(table.models, ({ id }) =>
          id === table.weak ? 0 : id === table.strong ? 1 : Number.NaN,
        );
    const sorted = cost.filter((value) => !Number.isNaN(value)).sort();
    return {
      order: cost.map((value) => (Number.isNaN(value) ? 0 : 1 - sorted.indexOf(value) / (sorted.length + 1))),
    };
  },
  predict: ({ queries }, { order }) => ({ quality: constant(queries.length, order) }),
  explain: () => ['Models are ordered by their mean cost on the training rows, whatever the query.'],
};
