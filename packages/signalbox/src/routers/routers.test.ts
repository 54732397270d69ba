import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Router } from '../core/router.ts';
import { at } from '../math/matrix.ts';
import { quietContext, routerContract, world } from './contract.ts';
import { routers } from './index.ts';
import { residual } from './residual.ts';
import { taskTable } from './task-table.ts';

for (const router of Object.values<Router>(routers)) {
  routerContract(router);
  const usual = JSON.stringify(router.params.parse({}));
  for (const [variant, params] of Object.entries(router.variants ?? {}))
    if (JSON.stringify(router.params.parse(params)) !== usual) routerContract(router, variant);
}

for (const [name, router] of Object.entries(routers)) {
  test(`${name}: the register calls it by its own name`, () => assert.equal(router.name, name));
}

test('task-table: means are shrunk to the model by kappa rows', () => {
  const train = world({ rows: 60, models: 2 });
  const { quality } = taskTable.predict(
    train,
    taskTable.fit(train, { kappa: 10 }, quietContext(0)) as never,
    { kappa: 10 },
    quietContext(0),
  ) as { quality: { rows: number; cols: number; data: Float64Array } };
  const values = Array.from({ length: 60 }, (_, i) => at(train.table.quality, i, 0));
  const overall = values.reduce((sum, y) => sum + y, 0) / 60;
  const inGroup = values.filter((_, i) => i % 2 === 0).reduce((sum, y) => sum + y, 0);
  assert.ok(Math.abs(at(quality, 0, 0) - (inGroup + 10 * overall) / 40) < 1e-12);
});

test('residual: without signal beyond the group it is the table, and with signal it is not', async () => {
  const context = quietContext(0);
  const params = residual.params.parse({});
  const signal = world({ rows: 400, models: 2, groups: 2 });
  // The first feature alone decides which model is right.
  for (let i = 0; i < 400; i++) {
    const first = at(signal.features, i, 0) > 0.5;
    signal.table.quality.data[i * 2] = first ? 1 : 0;
    signal.table.quality.data[i * 2 + 1] = first ? 0 : 1;
  }
  const fitted = await residual.fit(signal, params, context);
  assert.ok(fitted.corrections?.special.some((weight) => weight > 0));
  const noise = world({ rows: 400, models: 2, groups: 2 });
  for (let i = 0; i < noise.features.data.length; i++) noise.features.data[i] = Math.sin(i * 12.9898) * 0.5;
  const quiet = await residual.fit(noise, params, context);
  assert.ok(quiet.corrections !== null && quiet.corrections.special[0]! < 0.5);
});

test('residual: a near tie that no query tells apart stays with the best single model', async () => {
  const context = quietContext(0);
  const tied = world({ rows: 600, models: 2, groups: 4 });
  // Both answer by a coin of their own; the first is right a little more often.
  for (let i = 0; i < 600; i++) {
    tied.table.quality.data[i * 2] = (i * 7919) % 100 < 72 ? 1 : 0;
    tied.table.quality.data[i * 2 + 1] = (i * 104729) % 101 < 68 ? 1 : 0;
  }
  const params = residual.params.parse({});
  const state = await residual.fit(tied, params, context);
  const { quality } = await residual.predict(tied, state, params, context);
  for (let i = 0; i < 600; i++) assert.ok(at(quality, i, 0) > at(quality, i, 1), `row ${i}`);
});
