import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { findEncoder, findRouter, makeWorld, worlds } from './config.ts';
import { makeContext } from './context.ts';
import { crossFit } from './cross-fit.ts';
import type { CrossFitted, RouterChoice } from './fitted.ts';
import { keptFolder } from './kept-fits.ts';
import { plan } from './protocol.ts';
import { leaveModelsOut } from './studies/newcomer-forecasts.ts';

const folder = await mkdtemp(join(tmpdir(), 'signalbox-kept-'));
after(() => rm(folder, { recursive: true, force: true }));

const { table } = makeWorld({ ...worlds['quality-lifts'], rows: 80, testShare: 0 }, 1);
const { encoder } = await findEncoder('surface');
const baselines = await Promise.all(['best-single', 'task-table'].map((name) => findRouter(name)));

/** A router that counts its fits, and stops at the n-th. */
async function counted(name: string, most = Number.POSITIVE_INFINITY) {
  const found = await findRouter(name);
  const count = { fits: 0 };
  const router: RouterChoice['router'] = {
    ...found.router,
    fit: (...args) => {
      if (++count.fits > most) throw new Error('stopped');
      return found.router.fit(...args);
    },
  };
  return { count, choice: { ...found, router } };
}

function fitted(of: Dataset, choices: readonly RouterChoice[], keep?: string): Promise<CrossFitted[]> {
  const context = makeContext({ seed: 0, ...(keep !== undefined && { kept: keptFolder(keep) }) });
  return crossFit(
    plan(of, { seed: 0 }),
    { choices: [...baselines, ...choices], encoder, tune: true },
    context,
  );
}

const figures = (list: readonly CrossFitted[]): unknown =>
  list.map(({ forecasts, tuning }) => ({ forecasts, tuning }));

test('a run that was stopped goes on from its fits, and comes to the same numbers', async () => {
  const keep = join(folder, 'stopped');
  const stopped = await counted('ridge', 6);
  await assert.rejects(fitted(table, [stopped.choice], keep), /stopped/);
  // A part is a fit on its training rows and one on four fifths of them: three parts were done.
  assert.equal(stopped.count.fits, 7);
  const again = await counted('ridge');
  const resumed = await fitted(table, [again.choice], keep);
  assert.equal(again.count.fits, 4);
  const whole = await fitted(table, [(await counted('ridge')).choice]);
  assert.deepEqual(figures(resumed), figures(whole));
  const third = await counted('ridge');
  assert.deepEqual(figures(await fitted(table, [third.choice], keep)), figures(whole));
  assert.equal(third.count.fits, 0);
});

test('another parameter, outcome or text is another fit', async () => {
  const keep = join(folder, 'other');
  await fitted(table, [(await counted('ridge')).choice], keep);
  const fits = async (of: Dataset, params?: object): Promise<number> => {
    const { choice, count } = await counted('ridge');
    await fitted(of, [params ? { ...choice, params } : choice], keep);
    return count.fits;
  };
  assert.equal(await fits(table), 0);
  assert.equal(await fits(table, (await findRouter('ridge', { penalties: [7] })).params), 10);
  const quality = { ...table.quality, data: table.quality.data.slice() };
  quality.data[0] = 1 - quality.data[0]!;
  assert.equal(await fits({ ...table, quality }), 10);
  const [first, ...rest] = table.examples;
  const examples = [{ ...first!, messages: [{ role: 'user' as const, content: 'another' }] }, ...rest];
  assert.equal(await fits({ ...table, examples }), 10);
});

test('a damaged file is no fit; a folder of other things is refused', async () => {
  const keep = join(folder, 'damaged');
  await fitted(table, [(await counted('ridge')).choice], keep);
  const names = (await readdir(keep)).filter((name) => name.endsWith('.fit'));
  assert.equal(names.length, 5);
  const [bitten, cut] = names.map((name) => join(keep, name));
  const data = await readFile(bitten!);
  data[data.length - 9]! ^= 1;
  await writeFile(bitten!, data);
  await writeFile(cut!, (await readFile(cut!)).subarray(0, 40));
  const { choice, count } = await counted('ridge');
  await fitted(table, [choice], keep);
  assert.equal(count.fits, 4);
  await writeFile(join(folder, 'mine.txt'), 'mine');
  await assert.rejects(fitted(table, [choice], folder), /something other than kept fits.*--keep/);
  await assert.rejects(fitted(table, [choice], join(folder, 'mine.txt')), /cannot be kept here \(ENOTDIR\)/);
});

test('newcomers are kept as well', async () => {
  const planned = plan(table, { seed: 0 });
  const run = async () => {
    const { choice, count } = await counted('clusters');
    const context = makeContext({ seed: 0, kept: keptFolder(join(folder, 'newcomers')) });
    const args = { plan: planned, choices: [choice], encoder, models: [0, 1], budgets: [5, 10] };
    return { found: await leaveModelsOut(args, context), fits: count.fits };
  };
  const [first, second] = [await run(), await run()];
  assert.deepEqual([first.fits, second.fits], [10, 0]);
  assert.deepEqual(second.found, first.found);
});
