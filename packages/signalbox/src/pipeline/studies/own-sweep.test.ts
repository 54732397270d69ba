import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sweeps as schema } from '../../core/results-sweeps.ts';
import { hull, meanHeight } from '../../metrics/hull.ts';
import { findEncoder, makeWorld, worlds } from '../config.ts';
import { makeContext } from '../context.ts';
import { plan } from '../protocol.ts';
import { ownSweeps } from './own-sweep.ts';

const { encoder } = await findEncoder('surface');
const { table } = makeWorld({ ...worlds['quality-lifts'], rows: 200, testShare: 0 }, 1);

test('routers swept by their own parameters run from quality to the cheapest, and AIQ is that of the curve', async () => {
  const planned = plan(table, { seed: 0 });
  const found = (await ownSweeps({ plan: planned, encoder, draws: 50 }, makeContext({ seed: 0 })))!;
  assert.deepEqual(schema.parse(found), found);
  assert.deepEqual(
    found.map(({ router, parameter }) => `${router} ${parameter}`),
    [
      'avengers-pro alpha',
      'avengers-pro:rank alpha',
      'soft-label:probability lambda',
      'soft-label:knn,probability lambda',
      'uniroute lambda',
    ],
  );
  const costs = table.models.map((_, m) => {
    let sum = 0;
    for (let i = 0; i < table.cost!.rows; i++) sum += table.cost!.data[i * table.cost!.cols + m]!;
    return sum / table.cost!.rows;
  });
  const [from, to] = [Math.min(...costs), Math.max(...costs)];
  for (const { router, curve, aiq, aiqLift } of found) {
    assert.ok(curve.at(-1)!.cost <= curve[0]!.cost, router);
    assert.ok(
      Math.abs(curve.at(-1)!.cost - from) < 1e-9 + 0.02 * (to - from),
      `${router} ends at the cheapest`,
    );
    const area = meanHeight(hull(curve), from, to);
    assert.ok(Math.abs(area - aiq.value) < 0.02, `${router}: ${area}, told ${aiq.value}`);
    assert.ok(aiqLift.value < aiq.value && aiq.low <= aiq.value && aiq.value <= aiq.high);
  }
  const [first] = found;
  assert.deepEqual([first!.curve[0]!.parameter, first!.curve.at(-1)!.parameter], [1, 0]);
});

test('without cost nothing is swept', async () => {
  const { cost: _, ...free } = table;
  assert.equal(
    await ownSweeps({ plan: plan(free, { seed: 0 }), encoder }, makeContext({ seed: 0 })),
    undefined,
  );
});
