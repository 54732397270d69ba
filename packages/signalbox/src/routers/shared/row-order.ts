import type { Context } from '../../core/context.ts';
import type { Training } from '../../core/router.ts';
import { takeRows } from '../../core/table.ts';
import { selectRows } from '../../math/matrix.ts';

/**
 * The training rows in an order of their own, by id, then by what is in them: a router that draws rows draws the
 * same ones however the table was sorted.
 */
export function inOwnOrder(train: Training, context: Context): Training {
  return context.once('rows in their own order', [train], () => {
    const rows = Int32Array.from(train.queries.keys()).sort((a, b) => compare(train, a, b));
    if (rows.every((row, i) => row === i)) return train;
    return {
      table: takeRows(train.table, rows),
      queries: Array.from(rows, (i) => train.queries[i]!),
      features: selectRows(train.features, rows),
      folds: Int32Array.from(rows, (i) => train.folds[i]!),
    };
  });
}

function compare({ queries, features, table }: Training, a: number, b: number): number {
  const [x, y] = [queries[a]!.id, queries[b]!.id];
  if (x !== y) return x < y ? -1 : 1;
  for (const { data, cols } of [features, table.quality]) {
    for (let j = 0; j < cols; j++) {
      const [u, v] = [data[a * cols + j]!, data[b * cols + j]!];
      if (!Object.is(u, v)) return Number.isNaN(u) || u < v ? -1 : 1;
    }
  }
  return 0;
}
