import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { assess } from './assess.ts';
import { findEncoder, findPolicy, findRouter } from './config.ts';
import { makeContext } from './context.ts';
import { pruneAndReach, prunePool } from './prune.ts';
import { wholePool } from './whole-pool.ts';

const rows = 300;
const models = 30;

function made(split: boolean) {
  const random = rng('pool');
  const quality = matrix(rows, models);
  for (let c = 0; c < quality.data.length; c++)
    quality.data[c] = random.next() < 0.2 + (0.5 * (c % models)) / models ? 1 : 0;
  return {
    name: 'made',
    format: 'made',
    examples: Array.from({ length: rows }, (_, i) => ({
      id: `q${i}`,
      messages: [],
      group: `g${i % 5}`,
      ...(split && { split: i % 4 === 0 ? ('test' as const) : ('train' as const) }),
    })),
    models: Array.from({ length: models }, (_, m) => ({ id: `m${m}`, price: 'unknown' as const })),
    quality,
    k: matrix(rows, models, 1),
    primary: 'quality' as const,
    rowsDropped: {},
    notes: ['before'],
    digests: {},
  };
}

const context = makeContext({ seed: 0 });

test('the pool is chosen on training rows: what test rows hold changes nothing', () => {
  const table = made(true);
  const pruned = prunePool(table, 5, context);
  assert.equal(pruned.models.length, 5);
  assert.equal(pruned.examples.length, rows);
  const other = made(true);
  for (let i = 0; i < rows; i += 4)
    for (let m = 0; m < models; m++) other.quality.data[i * models + m] = m % 2;
  assert.deepEqual(prunePool(other, 5, context).models, pruned.models);
  const [before, note] = pruned.notes;
  assert.equal(before, 'before');
  assert.match(
    note!,
    /^Pruned on 225 training rows from 30 to 5 models\. Kept: \d+ that .*best single.* Left out: .*dominated.* and \d+ more/,
  );
});

test('a table without a split gets one before its pool is chosen, and says what all models reach', async () => {
  const table = made(false);
  const { encoder } = await findEncoder('none');
  const pruned = await pruneAndReach(table, { size: 5, encoder }, context);
  assert.equal(pruned.examples.filter(({ split }) => split === 'test').length, 60);
  assert.ok(pruned.examples.every(({ split }) => split !== undefined));
  const [, , split, reach] = pruned.notes;
  assert.match(split!, /no split: a fifth of its rows/);
  assert.match(
    reach!,
    /^All 30 models before the pruning, on the same 60 test rows: best-single \d.*task-table/,
  );
  assert.doesNotMatch(reach!, /knn/);
});

test('all models at once say what a report of them says', async () => {
  const table = made(true);
  const choices = await Promise.all(['best-single', 'task-table'].map((name) => findRouter(name)));
  const { encoder } = await findEncoder('none');
  const whole = await wholePool({ table, encoder, choices, draws: 200 }, context);
  const { set } = await assess(
    {
      table,
      encoder,
      choices,
      judged: [await findPolicy('argmax')],
      curvePolicy: (await findPolicy('utility')).policy,
      draws: 200,
    },
    context,
  );
  for (const { name, quality } of whole.routers)
    assert.deepEqual(quality, set.systems.find((system) => system.name === name)!.quality);
  assert.deepEqual([whole.oneSample, whole.splitHalf], [set.ceilings!.oneSample, set.ceilings!.splitHalf]);
  assert.deepEqual(whole.raschNull, set.ceilings!.raschNull);
});
