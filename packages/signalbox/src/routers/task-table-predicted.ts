import { z } from 'zod';
import type { Router } from '../core/router.ts';
import { type Matrix, matrix, row } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import { fitPosterior, type GroupPosterior, groupProbabilities } from './shared/posterior.ts';
import { fitTaskTable, type TaskTable } from './shared/shrunken.ts';
import { admitToTable } from './task-table.ts';

const params = z.strictObject({ kappa: z.number().nonnegative().default(10) });
type State = { readonly posterior: GroupPosterior; readonly table: TaskTable };

/** The task table where the group is not given: the group is guessed from the text, then looked up. */
export const taskTablePredicted: Router<z.infer<typeof params>, State> = {
  name: 'task-table-predicted',
  summary: 'the task table, its group guessed from the text',
  params,
  needs: { features: true, group: false, groups: true },
  baseline: true,
  fit: (train, { kappa }, context) => ({
    posterior: fitPosterior(train, context).posterior,
    table: fitTaskTable(train.table, kappa),
  }),
  predict: ({ queries, features }, { posterior, table }) => {
    const quality = matrix(queries.length, table.overall.length);
    guesses(posterior, features).forEach((group, i) => {
      quality.data.set(row(table.means, group), i * quality.cols);
    });
    return { quality };
  },
  admit: ({ features, quality }, { posterior, table }, { kappa }) => ({
    posterior,
    table: admitToTable(table, { cells: guesses(posterior, features), quality, kappa }),
  }),
  explain: ({ features }, { posterior }) => {
    const probability = row(groupProbabilities(posterior, features), 0);
    const best = argmax(probability);
    return [
      `The text looks like the group "${posterior.groups[best]}" (${Math.round(100 * probability[best]!)} %).`,
    ];
  },
};

/** The likeliest group of each query. */
function guesses(posterior: GroupPosterior, features: Matrix): Int32Array {
  const probability = groupProbabilities(posterior, features);
  return Int32Array.from({ length: features.rows }, (_, i) => argmax(row(probability, i)));
}
