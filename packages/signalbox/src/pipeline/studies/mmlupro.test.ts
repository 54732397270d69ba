import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Dataset } from '../../core/dataset.ts';
import { type ResultSet, resultSet } from '../../core/results.ts';
import { rng } from '../../math/rng.ts';
import { findEncoder } from '../config.ts';
import { makeContext } from '../context.ts';
import { mmlupro } from './mmlupro.ts';
import type { StudyArgs } from './study.ts';

const { encoder } = await findEncoder('surface');
const models = ['large', 'mid', 'small', 'tiny'];
const skill = [0.7, 0.62, 0.6, 0.3];

/** Made rows in the layout of half.csv: letters, statuses, two groups; in one of them the second model is the best. */
function made(rows: number): string {
  const random = rng('mmlupro');
  const header = ['query_id', 'text', 'group', ...models, ...models.map((m) => `${m}|answer`)];
  const lines = [[...header, ...models.map((m) => `${m}|status`)].join(',')];
  for (let i = 0; i < rows; i++) {
    const law = i % 2 === 0;
    const gold = random.int(4);
    const letters = skill.map((p, m) => {
      if (random.next() < 0.05) return '';
      const right = random.next() < (m === 1 ? (law ? 0.85 : 0.4) : p);
      return 'ABCD'[right ? gold : (gold + 1 + random.int(3)) % 4]!;
    });
    const scores = letters.map((letter) => (letter === 'ABCD'[gold] ? 1 : 0));
    const statuses = letters.map((letter) => (letter === '' ? 'unparsed' : 'ok'));
    const text = law ? `"Does clause ${i} bind the heirs?"` : `Add ${i} and ${i * 7} please`;
    lines.push([`q${i}`, text, law ? 'law' : 'math', ...scores, ...letters, ...statuses].join(','));
  }
  return `${lines.join('\n')}\n`;
}

async function opened(t: TestContext): Promise<Dataset> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'half.csv'), made(400));
  const [set] = await mmlupro.sets(folder, makeContext({ seed: 0 }));
  return set!.table;
}

async function run(table: Dataset, more: Partial<StudyArgs> = {}): Promise<ResultSet> {
  const args = { table, encoder, quick: true, routers: 'ridge,subset:isotonic', ...more };
  const { set } = await mmlupro.evaluate!(args, makeContext({ seed: 0 }));
  resultSet.parse(JSON.parse(JSON.stringify(set)));
  return set;
}

test('every vote stands beside the routers, within the budget, with the calls that it takes', async (t) => {
  const table = await opened(t);
  assert.deepEqual([table.name, table.models.length, table.examples.length], ['mmlupro', 4, 400]);
  const set = await run(table, { budget: { calls: 3 } });
  const names = set.systems.map(({ name }) => name);
  const votes = set.votes!;
  assert.deepEqual(votes.budget, { calls: 3, latencyMs: null });
  assert.equal(votes.options, 4);
  for (const name of ['ridge', 'subset', 'subset:isotonic', 'best-single', 'task-table', 'oracle'])
    assert.ok(names.includes(name), name);
  const expected = [
    'vote-all',
    'vote-all:log-odds',
    'vote-subset',
    'vote-subset:log-odds,most=3',
    'vote-top:log-odds,k=3',
    'vote-random:k=3',
    ...['subset', 'subset:isotonic'].flatMap((router) =>
      ['labelled-max-conf', 'max-conf', 'weighted-max-conf', 'log-odds-max-conf'].map(
        (rule) => `${router}+${rule}`,
      ),
    ),
  ];
  assert.deepEqual(
    votes.systems.map(({ name }) => name),
    expected,
  );
  for (const { name, asked, needed, sizes, panel } of votes.systems) {
    const system = set.systems.find((one) => one.name === name)!;
    assert.deepEqual([system.kind, system.strategy], ['baseline', 'vote'], name);
    const { p, adjusted } = system.versus.bestSingle!;
    assert.ok(adjusted !== undefined && adjusted >= p, name);
    assert.equal(sizes.length, 5);
    if (needed) assert.ok(needed.value <= asked.value && needed.value >= 1, name);
    if (panel === 'confident') assert.ok(asked.value <= 3 + 0.5, name);
  }
  const asked = (name: string) => votes.systems.find((one) => one.name === name)!;
  assert.equal(asked('vote-all').asked.value, 4);
  assert.ok(asked('vote-all').needed!.value < 4);
  assert.equal(asked('vote-random:k=3').needed, null);
  assert.equal(asked('vote-top:log-odds,k=3').members![0]!.length, 3);
});

test('votes as they come out are what counting the letters by hand gives', async (t) => {
  const table = await opened(t);
  const set = await run(table);
  // By one vote each over all rows; a tie goes to the most accurate, and the order of accuracy is plain here.
  const means = models.map(
    (_, m) => table.examples.reduce((sum, _, i) => sum + table.quality.data[i * 4 + m]!, 0) / 400,
  );
  const order = [0, 1, 2, 3].sort((a, b) => means[b]! - means[a]!);
  let right = 0;
  for (let i = 0; i < 400; i++) {
    const votes = new Map<string, { n: number; score: number }>();
    for (const m of order) {
      const letter = table.completion!(i, m)?.answer ?? '';
      if (letter === '') continue;
      const known = votes.get(letter) ?? { n: 0, score: table.quality.data[i * 4 + m]! };
      votes.set(letter, { ...known, n: known.n + 1 });
    }
    right += [...votes.values()].reduce((a, b) => (b.n > a.n ? b : a), { n: 0, score: 0 }).score;
  }
  const all = set.systems.find(({ name }) => name === 'vote-all')!;
  assert.ok(Math.abs(all.quality!.value - right / 400) < 0.006);
});

test('a budget of one call asks one model, and one of time alone may ask all', async (t) => {
  const table = await opened(t);
  const one = await run(table, { budget: { calls: 1 }, routers: 'ridge' });
  const subset = one.votes!.systems.find(({ name }) => name === 'subset+max-conf')!;
  assert.deepEqual(subset.sizes, [1, 1, 1, 1, 1]);
  const single = (name: string) => one.systems.find((system) => system.name === name)!.quality!.value;
  assert.equal(single('subset+max-conf'), single('subset'));
  const latencyMs = {
    rows: 400,
    cols: 4,
    data: Float64Array.from({ length: 1600 }, (_, i) => 100 * (1 + (i % 4))),
  };
  const timed = await run({ ...table, latencyMs }, { budget: { latencyMs: 250 }, routers: 'ridge' });
  assert.deepEqual(timed.votes!.budget, { calls: 4, latencyMs: 250 });
  const whole = timed.votes!.systems.find(({ name }) => name === 'vote-all')!.latency!;
  assert.equal(whole.sequential.value, 1000);
  assert.equal(whole.parallel.value, 400);
  assert.ok(whole.parallelStopped.value < 400 && whole.sequentialStopped.value < 1000);
});

test('no size, member or weight depends on the outcomes of test rows', async (t) => {
  const table = await opened(t);
  const split = (i: number): 'train' | 'test' => (i % 4 === 0 ? 'test' : 'train');
  const parted = { ...table, examples: table.examples.map((one, i) => ({ ...one, split: split(i) })) };
  const chosen = async (of: Dataset) => {
    const { votes } = await run(of);
    return votes!.systems.map(({ name, sizes, members, asked }) => [name, sizes, members, asked.value]);
  };
  const flipped = table.quality.data.map((y, cell) => (split(Math.floor(cell / 4)) === 'test' ? 1 - y : y));
  const quality = { ...table.quality, data: flipped };
  assert.deepEqual(await chosen({ ...parted, quality }), await chosen(parted));
});

test('without letters nothing is put to the vote, and without records it says where they are', async (t) => {
  const table = await opened(t);
  const set = await run({ ...table, completion: () => ({ status: 'ok', answer: 'a long story' }) });
  assert.equal(set.votes, undefined);
  assert.match(set.notes!.join(' '), /nothing is put to the vote/);
  const empty = await mkdtemp(join(tmpdir(), 'signalbox-'));
  t.after(() => rm(empty, { recursive: true, force: true }));
  await assert.rejects(mmlupro.sets(empty, makeContext({ seed: 0 })), /github\.com\/TIGER-AI-Lab\/MMLU-Pro/);
  await writeFile(join(empty, 'model_outputs_Yi-34B_5shots.zip'), '');
  await assert.rejects(
    mmlupro.sets(empty, makeContext({ seed: 0 })),
    /not in the folder: model_outputs_gemini-1\.5-flash-002_5shots\.zip/,
  );
});
