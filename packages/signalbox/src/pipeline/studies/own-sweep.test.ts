import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sweeps as schema } from '../../core/results-sweeps.ts';
import { matrix } from '../../math/matrix.ts';
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
  for (const { router, curve: points, aiq, aiqLift } of found) {
    const curve = points.map(({ cost, ...rest }) => ({ ...rest, cost: cost! }));
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

test('where latency is recorded soft-label is swept by a price of it, and of both', async () => {
  const slow = matrix(table.quality.rows, table.quality.cols);
  // The dearest model is the fastest: what saves money costs time.
  for (let c = 0; c < slow.data.length; c++) slow.data[c] = 1000 - 150 * (c % slow.cols) + (c % 7);
  const priced = matrix(slow.rows, slow.cols);
  for (let c = 0; c < priced.data.length; c++) priced.data[c] = 0.001 * (1 + (c % priced.cols));
  const both = { ...table, cost: priced, latencyMs: slow };
  const found = (await ownSweeps(
    { plan: plan(both, { seed: 0 }), encoder, draws: 50 },
    makeContext({ seed: 0 }),
  ))!;
  assert.deepEqual(schema.parse(found), found);
  const of = (price: string) => {
    const own = found.filter((one) => one.router === 'soft-label:probability' && one.price === price);
    assert.equal(own.length, 1);
    return own[0]!;
  };
  const [cost, latency, mixed] = [of('cost'), of('latency'), of('both')];
  assert.deepEqual(
    [cost.parameter, latency.parameter, mixed.parameter],
    ['lambda', 'beta', 'alpha and beta'],
  );
  // All start where quality alone decides; each ends at the model that its price likes best.
  const start = cost.curve[0]!;
  for (const { curve } of [latency, mixed]) assert.deepEqual(curve[0], start);
  const [cheap, fast] = [cost.curve.at(-1)!, latency.curve.at(-1)!];
  const models = table.models.length;
  assert.ok(Math.abs(cheap.cost! - 0.001) < 1e-9 && Math.abs(cheap.latencyMs! - 1003) < 4);
  assert.ok(
    Math.abs(fast.cost! - 0.001 * models) < 1e-9 &&
      Math.abs(fast.latencyMs! - (1003 - 150 * (models - 1))) < 4,
  );
  assert.ok(
    found.filter(({ price }) => price !== 'cost').every(({ router }) => router.startsWith('soft-label')),
  );
});

test('with latency alone there is no cost, and time is swept all the same', async () => {
  const { cost: _, ...free } = table;
  const slow = matrix(table.quality.rows, table.quality.cols);
  for (let c = 0; c < slow.data.length; c++) slow.data[c] = 100 * (1 + (c % slow.cols));
  const timed = { ...free, latencyMs: slow };
  const found = (await ownSweeps(
    { plan: plan(timed, { seed: 0 }), encoder, draws: 50 },
    makeContext({ seed: 0 }),
  ))!;
  assert.deepEqual(new Set(found.map(({ price }) => price)), new Set(['latency']));
  assert.ok(found.every(({ curve }) => curve.every(({ cost }) => cost === null)));
  assert.ok(found.every(({ curve }) => Math.abs(curve.at(-1)!.latencyMs! - 100) < 1e-9));
});

test('without cost and latency nothing is swept', async () => {
  const { cost: _, ...free } = table;
  assert.equal(
    await ownSweeps({ plan: plan(free, { seed: 0 }), encoder }, makeContext({ seed: 0 })),
    undefined,
  );
});
