import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { makeContext } from './context.ts';
import { prunePool } from './prune.ts';

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
  const pruned = prunePool(table, { size: 5, test: true }, context);
  assert.equal(pruned.models.length, 5);
  assert.equal(pruned.examples.length, rows);
  const other = made(true);
  for (let i = 0; i < rows; i += 4)
    for (let m = 0; m < models; m++) other.quality.data[i * models + m] = m % 2;
  assert.deepEqual(prunePool(other, { size: 5, test: true }, context).models, pruned.models);
  const [before, note] = pruned.notes;
  assert.equal(before, 'before');
  assert.match(
    note!,
    /^Pruned on 225 training rows from 30 to 5 models\. Left out: .*dominated.* and \d+ more/,
  );
});

test('a table without a split gets one before its pool is chosen, and says so; to train on it needs none', () => {
  const table = made(false);
  const pruned = prunePool(table, { size: 5, test: true }, context);
  const tested = pruned.examples.filter(({ split }) => split === 'test').length;
  assert.ok(tested === 60 && pruned.examples.every(({ split }) => split !== undefined));
  assert.match(pruned.notes.at(-1)!, /no split: a fifth of its rows/);
  assert.deepEqual(prunePool(table, { size: 5, test: false }, context).examples, table.examples);
});
