import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { writeLeaderboard } from '../bench/made/leaderboard.ts';
import type { Dataset } from '../packages/signalbox/src/core/dataset.ts';
import { groupMeans, primaryMeans, takeRows } from '../packages/signalbox/src/core/table.ts';
import { prune } from '../packages/signalbox/src/feasibility/prune.ts';
import { at } from '../packages/signalbox/src/math/matrix.ts';
import { argmax } from '../packages/signalbox/src/math/order.ts';
import {
  findRouter,
  given,
  type LeaderboardWorld,
  openTable,
  readFeatures,
  writeTable,
} from '../packages/signalbox/src/pipeline/config.ts';
import { makeContext } from '../packages/signalbox/src/pipeline/context.ts';
import { describeTable } from '../packages/signalbox/src/pipeline/describe.ts';
import { importTables } from '../packages/signalbox/src/pipeline/import.ts';
import { wholePool } from '../packages/signalbox/src/pipeline/whole-pool.ts';
import { signalbox } from './cli.fixture.ts';

// The scale runs of bench/scale.ts in small: what comes out of them, not how long it takes.

const [models, rows] = [600, 2000];
const context = makeContext({ seed: 0 });
let folder: string;
let world: LeaderboardWorld;
let table: Dataset;

const outcome = (model: number, row: number): number => world.outcomes[model * rows + row]!;
const isTest = (row: number): boolean => table.examples[row]!.split === 'test';
const rowsWhere = (wanted: (row: number) => boolean): number[] =>
  Array.from({ length: rows }, (_, i) => i).filter(wanted);
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-scale-'));
  world = await writeLeaderboard(folder, { models, rows });
  const request = { paths: [join(folder, 'scores.csv')], rename: [], options: {}, context };
  const { table: read, ledger } = await importTables(request);
  assert.deepEqual([ledger.calls, ledger.observed], [models * rows, models * rows]);
  const path = join(folder, 'table.parquet');
  await writeTable(read, path, context);
  assert.ok((await stat(path)).size < models * rows);
  table = await openTable({ paths: [path], options: {}, context });
});
after(() => rm(folder, { recursive: true, force: true }));

test('every score came through CSV and Parquet, and takes a byte', () => {
  const { quality, k } = table;
  assert.ok(quality.data instanceof Uint8Array && k.data instanceof Uint8Array);
  assert.deepEqual([quality.rows, quality.cols], [rows, models]);
  for (let i = 0; i < rows; i++)
    for (let m = 0; m < models; m++) assert.equal(at(quality, i, m), outcome(m, i));
  assert.ok(k.data.every((n) => n === 1));
  assert.deepEqual(
    table.models.map(({ id }) => id),
    world.models,
  );
});

test('describe counts what was drawn', () => {
  const { coverage, groups, splits, calls, repeats } = describeTable(table);
  assert.deepEqual(coverage, { observed: models * rows, cells: models * rows, completeRows: rows });
  assert.equal(calls, models * rows);
  assert.deepEqual([repeats.cells, repeats.most], [0, 1]);
  assert.equal(groups.length, 8);
  assert.equal(splits.test, world.parts.test.length);
});

test('best single, task table, clusters, neighbours and ceilings of all models', async () => {
  const names = ['best-single', 'task-table', 'clusters', 'knn'];
  const whole = await wholePool(
    {
      table,
      encoder: given(await readFeatures(join(folder, 'features.csv'), context)),
      choices: await Promise.all(names.map((name) => findRouter(name))),
      draws: 200,
    },
    context,
  );
  const [train, tested] = [rowsWhere((i) => !isTest(i)), rowsWhere(isTest)];
  const trained = world.models.map((_, m) => mean(train.map((i) => outcome(m, i))));
  const best = argmax(trained);
  const value = Object.fromEntries(whole.routers.map(({ name, quality }) => [name, quality.value]));
  assert.deepEqual(Object.keys(value), names);
  assert.ok(Math.abs(value['best-single']! - mean(tested.map((i) => outcome(best, i)))) < 1e-12);
  // The task table by hand: group means shrunk by ten rows, ties shared.
  const chosen = new Map(
    [...new Set(world.topicOf)].map((topic) => {
      const own = train.filter((i) => world.topicOf[i] === topic);
      const shrunk = trained.map((prior, m) => {
        const right = own.reduce((sum, i) => sum + outcome(m, i), 0);
        return (right + 10 * prior) / (own.length + 10);
      });
      const most = Math.max(...shrunk);
      return [topic, [...shrunk.keys()].filter((m) => shrunk[m]! >= most - 1e-12)] as const;
    }),
  );
  const byTable = tested.map((i) => mean(chosen.get(world.topicOf[i]!)!.map((m) => outcome(m, i))));
  assert.ok(Math.abs(value['task-table']! - mean(byTable)) < 1e-9);
  const oracle = mean(tested.map((i) => (world.models.some((_, m) => outcome(m, i) === 1) ? 1 : 0)));
  assert.ok(Math.abs(whole.oneSample.value - oracle) < 1e-12);
  assert.equal(whole.splitHalf, null);
  for (const name of names) assert.ok(value[name]! <= oracle && value[name]! > mean(trained));
});

test('the pruned pool is full, holds the best model, those that none beats everywhere, and covers what all cover', () => {
  const training = takeRows(
    table,
    rowsWhere((i) => !isTest(i)),
  );
  const clusters = Int32Array.from(training.examples.keys());
  const { kept, runnersUp, fillers, dominated, copies, spare } = prune({
    table: training,
    clusters,
    size: 20,
  });
  assert.equal(kept.length + dominated.length + copies.length + spare.length, models);
  assert.equal(kept.length, 20);
  assert.ok(kept.includes(argmax(primaryMeans(training))));
  const added = new Set([...runnersUp, ...fillers]);
  assert.ok(runnersUp.length > 0 && fillers.length > 0 && added.size < 20);
  const { means } = groupMeans(training);
  const beats = (a: number, b: number): boolean => {
    for (let g = 0; g < means.rows; g++) if (at(means, g, a) < at(means, g, b)) return false;
    return true;
  };
  const others = (b: number): number[] => Array.from({ length: models }, (_, a) => a).filter((a) => a !== b);
  const level = (a: number): number[] => Array.from({ length: means.rows }, (_, g) => at(means, g, a));
  for (const b of dominated)
    assert.ok(
      others(b).some((a) => beats(a, b)),
      world.models[b],
    );
  for (const b of kept.filter((m) => !added.has(m)))
    for (const a of others(b))
      assert.ok(!beats(a, b) || level(a).join() === level(b).join(), world.models[b]);
  const solved = (pool: ArrayLike<number>): number =>
    training.examples.filter((_, i) => Array.from(pool).some((m) => at(training.quality, i, m) === 1)).length;
  const stronger = [...kept, ...spare, ...copies];
  assert.ok(solved(kept) >= 0.99 * solved(stronger));
});

test('report prunes on the given features, train prunes too, and evaluate compares within the pool that is left', async () => {
  const run = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await signalbox(args, { cwd: folder });
    assert.equal(code, 0, err);
    return out;
  };
  const lean = ['--policy', 'argmax', '--prune', '12'];
  const told = await run(
    ...[
      'report',
      'table.parquet',
      '--features',
      'features.csv',
      '--routers',
      'ridge',
      '--no-html',
      '--json',
      ...lean,
    ],
  );
  const report = JSON.parse(told) as {
    sets: [{ models: string[]; notes: string[]; systems: { name: string }[] }];
  };
  const [{ models: left, notes, systems }] = report.sets;
  assert.equal(left.length, 12);
  assert.ok(
    notes.some((note) => note.startsWith('Pruned on 1800 training rows from 600 to')),
    notes.join('\n'),
  );
  assert.ok(notes.some((note) => note.startsWith('All 600 models before the pruning, on the same')));
  assert.ok(systems.some(({ name }) => name === 'ridge'));
  await run('train', 'table.parquet', '--router', 'task-table', '--no-verdict', '-o', 'router', ...lean);
  const judged = await run('evaluate', 'router', 'table.parquet', '--no-html', '--json');
  assert.deepEqual((JSON.parse(judged) as typeof report).sets[0].models, left);
  const wrong = await signalbox(['report', 'table.parquet', '--prune', 'many'], { cwd: folder });
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /--prune was "many"; give a whole number/);
});
