import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import type { Context } from '../core/context.ts';
import { rng } from '../math/rng.ts';
import { readTable, type TableFlags, withTableFlags } from './table-options.ts';

const context: Context = {
  seed: 0,
  rng: rng(0),
  progress: () => {},
  warn: () => {},
  once: (_kind, _keys, compute) => compute(),
};

test('--prices gives a cost to calls that record tokens', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [table, prices] = [join(folder, 'table.csv'), join(folder, 'prices.csv')];
  await writeFile(table, 'query_id,model,score,tokens_in,tokens_out\nq,m,1,10,20\nq,n,0,10,20\n');
  await writeFile(prices, 'model,input,output\nm,1,2\n');
  const flagsOf = (args: readonly string[]): TableFlags =>
    withTableFlags(new Command()).parse(args, { from: 'user' }).opts();
  const read = await readTable([table], flagsOf(['--prices', prices, '--strong', 'n']), context);
  assert.deepEqual([...read.cost!.data], [50e-6, Number.NaN]);
  assert.equal(read.strong, 'n');
  assert.equal((await readTable([table], flagsOf([]), context)).cost, undefined);
});
