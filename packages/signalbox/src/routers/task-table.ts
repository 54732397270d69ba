import { z } from 'zod';
import { noGroup } from '../core/folds.ts';
import type { Router } from '../core/router.ts';
import { matrix, row } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import { admitToMeans, withColumn } from './shared/admitted.ts';
import { fitTaskTable, type TaskTable } from './shared/shrunken.ts';

const params = z.strictObject({
  /** Rows' worth of belief in the model's own mean over all groups. */
  kappa: z.number().nonnegative().default(10),
});

/** The training mean of each model in the query's group, shrunk to the model's mean (OUTPUT, Measures). A group unseen in training gets the models' means. The baseline that the literature's best routers roughly equal. */
export const taskTable: Router<z.infer<typeof params>, TaskTable> = {
  name: 'task-table',
  summary: "each model's shrunken training mean in the query's group",
  params,
  needs: { features: false, group: true, groups: true },
  baseline: true,
  fit: ({ table }, { kappa }) => fitTaskTable(table, kappa),
  predict: ({ queries }, state) => {
    const numbers = new Map(state.groups.map((group, g) => [group, g]));
    const quality = matrix(queries.length, state.overall.length);
    queries.forEach(({ group = noGroup }, i) => {
      const g = numbers.get(group);
      quality.data.set(g === undefined ? state.overall : row(state.means, g), i * quality.cols);
    });
    return { quality };
  },
  admit: ({ queries, quality }, state, { kappa }) => {
    const cells = Int32Array.from(queries, ({ group = noGroup }) => state.groups.indexOf(group));
    return admitToTable(state, { cells, quality, kappa });
  },
  explain: ({ queries }, state, _, models) => {
    const group = queries[0]?.group ?? noGroup;
    const g = state.groups.indexOf(group);
    if (g === -1) return [`The group "${group}" was not seen in training: the models' overall means decide.`];
    const best = argmax(row(state.means, g));
    return [
      `In the group "${group}" ${models[best]} did best on ${state.counts.data[g * models.length + best]} training rows.`,
    ];
  },
};

/** A task table with a newcomer's column. Answers in a group that was not seen in training count towards its ability alone. */
export function admitToTable(
  table: TaskTable,
  answers: { readonly cells: Int32Array; readonly quality: Float64Array; readonly kappa: number },
): TaskTable {
  const { means, overall, counts } = admitToMeans({ table, ...answers });
  return { ...table, means, overall, counts: withColumn(table.counts, counts) };
}
