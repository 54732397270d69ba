import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shares } from '../../core/choice.ts';
import { ablations as schema } from '../../core/results-ablations.ts';
import { column } from '../../math/matrix.ts';
import { findEncoder, findRouter, makeWorld, worlds } from '../config.ts';
import { makeContext } from '../context.ts';
import { crossFit } from '../cross-fit.ts';
import { plan } from '../protocol.ts';
import { ablationsOf } from './ablation.ts';

const { encoder } = await findEncoder('surface');
const { table } = makeWorld({ ...worlds['quality-lifts'], rows: 300, testShare: 0 }, 1);
const planned = plan(table, { seed: 0 });
const context = makeContext({ seed: 0 });
const choices = await Promise.all(['best-single', 'task-table', 'ridge'].map((name) => findRouter(name)));
const fitted = await crossFit(planned, { choices, encoder, tune: false }, context);
const args = { plan: planned, encoder, fitted, draws: 100, seeds: 2 };

test('a router that is its own ablation differs by nothing, one without the task falls', async () => {
  const found = (await ablationsOf(
    { ...args, router: 'task-table', ablated: ['task-table', 'best-single'] },
    context,
  ))!;
  assert.deepEqual(schema.parse(found), found);
  const [{ lines, lost, seeds }] = found as [(typeof found)[number]];
  assert.equal(seeds, 2);
  assert.deepEqual(
    lines.map(({ system }) => system),
    ['task-table', 'task-table', 'best-single'],
  );
  assert.equal(lines[0]!.difference, null);
  assert.equal(lines[1]!.difference!.value, 0);
  assert.ok(lines[2]!.difference!.value < 0, JSON.stringify(lines[2]));
  assert.ok(lines.every(({ cost }) => cost !== null && cost.value > 0));
  assert.deepEqual(
    lost.map(({ model }) => model),
    table.models.map(({ id }) => id),
  );
});

test('with a model lost the value is that of the others: it changes only where that model was chosen', async () => {
  const [found] = (await ablationsOf({ ...args, router: 'best-single', ablated: [] }, context))!;
  const { forecasts } = fitted.find(({ choice }) => choice.name === 'best-single')!;
  const chosen = (m: number): boolean => column(shares(forecasts.quality), m).some((share) => share > 0);
  const [{ value }] = found!.lines as [(typeof found & object)['lines'][number]];
  assert.ok(table.models.some((_, m) => chosen(m)) && table.models.some((_, m) => !chosen(m)));
  for (const [m, one] of found!.lost.entries()) {
    assert.equal(one.model, table.models[m]!.id);
    assert.equal(one.value.value === value.value, !chosen(m), one.model);
    assert.equal(one.lift.value, 0);
  }
});

test('a router that is not compared has no ablation', async () => {
  assert.equal(await ablationsOf({ ...args, router: 'knn', ablated: [] }, context), undefined);
});
