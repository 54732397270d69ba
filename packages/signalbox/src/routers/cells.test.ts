import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Router, Training } from '../core/router.ts';
import type { Matrix } from '../math/matrix.ts';
import { quietContext, world } from './contract.ts';
import { routers } from './index.ts';

// Cells of a table may be bytes or 32-bit floats: who writes into a copy of them, or maps them, would round in silence.

const complete = world({ rows: 40, models: 3 });
const gapped = withQuality(complete, Float64Array.from(complete.table.quality.data));
for (let cell = 0; cell < gapped.table.quality.data.length; cell += 7)
  gapped.table.quality.data[cell] = Number.NaN;

function withQuality(train: Training, data: Matrix['data']): Training {
  const k = { ...train.table.k, data: Uint8Array.from(train.table.k.data) };
  return { ...train, table: { ...train.table, quality: { ...train.table.quality, data }, k } };
}

async function forecasts(router: Router, params: object, train: Training): Promise<unknown> {
  const state = await router.fit(train, params, quietContext(0));
  const { quality, cost, capable } = await router.predict(train, state, params, quietContext(0));
  return [quality, cost, capable].map((m) => m && [...m.data]);
}

for (const router of Object.values<Router>(routers)) {
  for (const [variant, given] of Object.entries({ usual: {}, ...router.variants })) {
    test(`${router.name} (${variant}): says the same of a table in bytes, and of one with gaps in 32-bit floats`, async () => {
      const params = router.params.parse(given);
      const bytes = withQuality(complete, Uint8Array.from(complete.table.quality.data));
      const single = withQuality(gapped, Float32Array.from(gapped.table.quality.data));
      assert.deepEqual(await forecasts(router, params, bytes), await forecasts(router, params, complete));
      assert.deepEqual(await forecasts(router, params, single), await forecasts(router, params, gapped));
    });
  }
}
