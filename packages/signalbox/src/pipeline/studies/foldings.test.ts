import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldings as schema } from '../../core/results-foldings.ts';
import { findEncoder, findRouter, makeWorld, worlds } from '../config.ts';
import { makeContext } from '../context.ts';
import { crossFit } from '../cross-fit.ts';
import { plan } from '../protocol.ts';
import { foldingsOf } from './foldings.ts';

const { encoder } = await findEncoder('surface');
const world = makeWorld({ ...worlds['quality-lifts'], rows: 300, testShare: 0 }, 1).table;
const table = { ...world, weak: world.models[0]!.id, strong: world.models[1]!.id };
const planned = plan(table, { seed: 0 });
const context = makeContext({ seed: 0 });
const choices = await Promise.all(['task-table', 'ridge'].map((name) => findRouter(name)));
const fitted = await crossFit(planned, { choices, encoder, tune: false }, context);
const args = { encoder, fitted, routers: ['task-table', 'ridge'], foldings: 3, labels: 1500, draws: 200 };

test('the mean over assignments is that of each alone, on an interval that holds it', async () => {
  const found = await foldingsOf({ ...args, plan: planned }, context);
  assert.deepEqual(schema.parse(found), found);
  assert.deepEqual(
    found.map(({ router, values }) => [router, values.map(({ seed }) => seed)]),
    [
      ['task-table', [0, 1, 2]],
      ['ridge', [0, 1, 2]],
    ],
  );
  for (const { values, mean } of found) {
    const each = values.map(({ value }) => value.value);
    assert.ok(Math.abs(mean.value - each.reduce((sum, x) => sum + x, 0) / 3) < 1e-12);
    assert.ok(mean.low < mean.value && mean.value < mean.high);
  }
  const ridge = found[1]!.values.map(({ value }) => value.value);
  assert.equal(new Set(ridge).size, 3, 'other folds, other fits');
});

test('another assignment gives what a comparison with its seed gives', async () => {
  const other = plan(table, { seed: 1 });
  const again = makeContext({ seed: 1 });
  const own = await crossFit(other, { choices, encoder, tune: false }, again);
  const [alone] = await foldingsOf(
    { ...args, plan: other, fitted: own, foldings: 1, routers: ['ridge'] },
    again,
  );
  const [, ridge] = await foldingsOf({ ...args, plan: planned }, context);
  assert.equal(alone!.values[0]!.value.value, ridge!.values[1]!.value.value);
});

test('without a weak and a strong model, and with a given split, there is nothing to tell', async () => {
  const { weak: _, ...plain } = table;
  const bare = plan(plain, { seed: 0 });
  const made = await crossFit(bare, { choices, encoder, tune: false }, context);
  assert.deepEqual(await foldingsOf({ ...args, plan: bare, fitted: made }, context), []);
  const { folds: __, ...split } = planned;
  assert.deepEqual(await foldingsOf({ ...args, plan: split }, context), []);
});

test('with few labels each part is fitted on as many of its rows, and loses by it', async () => {
  const of = async (labels: number) =>
    (await foldingsOf({ ...args, plan: planned, foldings: 1, labels }, context)).filter(
      ({ router }) => router === 'ridge',
    );
  const [few, all] = await of(20);
  assert.deepEqual([few!.labels, all!.labels, few!.values.length], [20, null, 1]);
  assert.ok(few!.mean.value < all!.mean.value, `${few!.mean.value}, ${all!.mean.value}`);
  const least = Math.min(...planned.parts.map(({ train }) => train.length));
  const known = async (labels: number) => (await of(labels)).map((line) => line.labels);
  assert.deepEqual(await known(least - 1), [least - 1, null]);
  assert.deepEqual(await known(least), [null]);
});
