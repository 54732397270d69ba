import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bandits as schema } from '../../core/results-bandits.ts';
import { takeRows } from '../../core/table.ts';
import { matrix } from '../../math/matrix.ts';
import { rng } from '../../math/rng.ts';
import { budgetPacer } from '../budget-pacer.ts';
import { findEncoder, findRouter, makeWorld, worlds } from '../config.ts';
import { makeContext } from '../context.ts';
import { plan } from '../protocol.ts';
import { replay } from './bandit-replay.ts';
import { regretOverTime } from './regret.ts';

const { encoder } = await findEncoder('surface');
const { table } = makeWorld({ ...worlds['quality-lifts'], rows: 700, testShare: 0 }, 1);

test('regret: bandits with and without a budget, the budget held, what is told is whole', async () => {
  const planned = plan(table, { seed: 0 });
  const told = (await regretOverTime({ plan: planned, encoder, seeds: 3 }, makeContext({ seed: 0 })))!;
  assert.deepEqual(schema.parse(told), told);
  assert.equal(told.priorRows + told.answers, planned.compared.length);
  assert.equal(told.bandits.filter(({ paced }) => paced).length, told.bandits.length / 2);
  for (const { paced, cost, greatestCost, regret, fixed, quality } of told.bandits) {
    if (paced) assert.ok(greatestCost <= told.budget * 1.02, `${greatestCost / told.budget}`);
    assert.ok(cost.value <= greatestCost + 1e-12);
    const last = regret.at(-1)!;
    assert.equal(last.answers, told.answers);
    assert.ok(Math.abs(last.total.value - told.answers * (fixed.value - quality.value)) < 1e-6);
  }
  const again = await regretOverTime({ plan: planned, encoder, seeds: 3 }, makeContext({ seed: 0 }));
  assert.deepEqual(again, told);
});

test('regret: without cost, or with few rows, nothing is told', async () => {
  const { cost: _, ...free } = table;
  const few = takeRows(
    table,
    Int32Array.from({ length: 300 }, (_, i) => i),
  );
  for (const given of [free, few])
    assert.equal(
      await regretOverTime({ plan: plan(given, { seed: 0 }), encoder, seeds: 2 }, makeContext({ seed: 0 })),
      undefined,
    );
});

test('replay: a bandit sees the outcome of the model that it chose, and of no other', async () => {
  const choice = await findRouter('thompson:cold');
  const seen: string[] = [];
  const router = {
    ...choice.router,
    propensities: () => ({ rows: 1, cols: 2, data: Float64Array.of(0.25, 0.75) }),
    update: ({ model, quality, cost }: { model: number; quality: number; cost?: number }) => {
      seen.push(`${model} ${quality} ${cost}`);
      return seen.length;
    },
  };
  const [quality, cost] = [matrix(400, 2), matrix(400, 2)];
  quality.data.forEach((_, cell, data) => {
    data[cell] = cell % 2;
    cost.data[cell] = 1 + (cell % 2);
  });
  const queries = Array.from({ length: 400 }, (_, i) => ({ id: `${i}`, messages: [] }));
  const stream = { input: { queries, features: matrix(400, 1) }, quality, cost };
  const order = Int32Array.from({ length: 400 }, (_, i) => 399 - i);
  const made = replay(
    { choice: { ...choice, router }, prior: 'none', learns: true, state: 0 },
    stream,
    { order, random: rng(1), pacer: budgetPacer(1) },
    makeContext(),
  );
  assert.ok(seen.every((line) => line === '0 0 1' || line === '1 1 2'));
  const second = made.quality.reduce((sum, x) => sum + x, 0) / 400;
  assert.ok(Math.abs(second - 0.75) < 0.08);
  assert.deepEqual(
    [...made.cost],
    [...made.quality].map((x) => 1 + x),
  );
});
