import assert from 'node:assert/strict';
import type { Plain } from '../core/plain.ts';
import type { Newcomer, Router, Training } from '../core/router.ts';
import { takeModels } from '../core/table.ts';
import { at, column, type Matrix, selectRows } from '../math/matrix.ts';
import { mean } from '../math/order.ts';
import { quietContext } from './contract.ts';

/**
 * The last model of a world joins a fit on the others by its scores on the first rows. Its predictions must lie within
 * `within`, on average, of those by a fit on all models; those of the others must not change by a bit.
 */
export async function joinsNearly<P extends object, S extends Plain>(
  router: Router<P, S>,
  args: {
    readonly whole: Training;
    readonly params: P;
    readonly answers: number;
    readonly within: number;
  },
): Promise<{ readonly before: S; readonly joined: S }> {
  const { whole, params, answers, within } = args;
  const last = whole.table.models.length - 1;
  const others = Array.from({ length: last }, (_, m) => m);
  const pool: Training = { ...whole, table: takeModels(whole.table, others) };
  const rows = Array.from({ length: answers }, (_, i) => i);
  const newcomer: Newcomer = {
    model: 'newcomer',
    models: pool.table.models.map(({ id }) => id),
    queries: rows.map((i) => whole.queries[i]!),
    features: selectRows(whole.features, rows),
    quality: Float64Array.from(rows, (i) => at(whole.table.quality, i, last)),
  };
  const context = quietContext(0);
  const before = await router.fit(pool, params, context);
  const joined = await router.admit!(newcomer, before, params, context);
  const trained = await router.fit(whole, params, context);
  const of = async (state: S): Promise<Matrix> =>
    (await router.predict(whole, state, params, context)).quality;
  const [a, b, c] = [await of(joined), await of(trained), await of(before)];
  const off = mean(column(a, last).map((value, i) => Math.abs(value - at(b, i, last))));
  assert.ok(off < within, `${off}`);
  for (const m of others) assert.deepEqual(column(a, m), column(c, m));
  return { before, joined };
}
