import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SignalboxError } from '../../core/errors.ts';
import { resultSet } from '../../core/results.ts';
import { array2d, dict, pickled, type Writable } from '../../datasets/pickle/write.fixture.ts';
import { at, fromRows, row } from '../../math/matrix.ts';
import { findEncoder, leaderboardParams, poolSettings } from '../config.ts';
import { makeContext } from '../context.ts';
import { routereval } from './routereval.ts';
import { baselines } from './routereval-baselines.ts';
import { generated, poolOf, reachOf } from './routereval-generated.ts';
import { measurePool, mu } from './routereval-pool.ts';

const params = { ...leaderboardParams, models: 600, items: 330, families: 40, features: 16 };
const one = generated(params, 3);
const size = 5;
const context = makeContext({ seed: 0 });

test('kNN is the mean of the five nearest by cosine, and its bias that of a softmax', () => {
  const pool = poolOf(one, { setting: 'all_strong', size, quick: true });
  const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let [ab, aa, bb] = [0, 0, 0];
    for (let f = 0; f < a.length; f++) {
      ab += a[f]! * b[f]!;
      aa += a[f]! ** 2;
      bb += b[f]! ** 2;
    }
    return ab / Math.sqrt(aa * bb);
  };
  const { choice, bias } = baselines['kNN']!(pool, context);
  let bits = 0;
  for (let i = 0; i < pool.test.rows; i++) {
    const order = [...Array(pool.train.rows).keys()].sort(
      (a, b) => cosine(row(pool.test, i), row(pool.train, b)) - cosine(row(pool.test, i), row(pool.train, a)),
    );
    const means = pool.models.map(
      (_, m) => order.slice(0, 5).reduce((sum, n) => sum + at(pool.labels, n, m), 0) / 5,
    );
    const most = Math.max(...means);
    assert.ok(means[choice[i]!]! > most - 1e-9);
    const total = means.reduce((sum, x) => sum + Math.exp(x), 0);
    for (const x of means) bits -= (Math.exp(x) / total) * Math.log2(Math.exp(x) / total);
  }
  assert.ok(Math.abs(bias - bits / pool.test.rows) < 1e-6);
});

test('every baseline learns what the features tell plainly', () => {
  const rows = Array.from({ length: 240 }, (_, i) =>
    i % 2 === 0 ? [1, 0.1 * Math.sin(i)] : [0.1 * Math.cos(i), 1],
  );
  const labels = rows.map((_, i) => (i % 2 === 0 ? [1, 0, 0] : [0, 0, 1]));
  const task = {
    train: fromRows(rows),
    test: fromRows(rows.slice(0, 40)),
    labels: fromRows(labels),
    quick: false,
  };
  for (const [name, baseline] of Object.entries(baselines)) {
    const { choice } = baseline(task, context);
    choice.forEach((m, i) => {
      assert.equal(m, i % 2 === 0 ? 0 : 2, name);
    });
  }
});

test('bounds are ordered: random, the gauge, the oracle; best single in hindsight is V_B 1', () => {
  for (const setting of poolSettings) {
    const { systems, best } = measurePool(poolOf(one, { setting, size, quick: true }), context);
    const of = (name: string): number => mu(systems.get(name)!);
    assert.ok(of('random') < of('r_o(0.5)') && of('r_o(0.5)') < of('oracle'), setting);
    assert.equal(of('best-single-hindsight'), best);
    assert.ok(of('best-single') <= best);
  }
});

test('what can be reached: the oracle stands above what probabilities allow, and grows faster', () => {
  const worlds = [one, generated(params, 4)];
  const reach = [3, 60].map((n) => reachOf(worlds, { size: n, draws: 50, seed: 0 }));
  for (const { picked, probability, bestSingle } of reach) {
    assert.ok(picked.value > probability!.value);
    assert.ok(probability!.value >= bestSingle!.value);
  }
  const [few, many] = reach;
  assert.ok(
    many!.picked.value - few!.picked.value > many!.probability!.value - few!.probability!.value,
    'the oracle grows by luck as well',
  );
});

function pools(): Writable {
  const { train, val, test: held } = one.world.parts;
  const { outcomes, items, features } = one.world;
  const scores = (rows: Int32Array, models: Int32Array): Writable => ({
    array: {
      dtype: 'u1',
      shape: [rows.length, models.length],
      cells: [...rows].flatMap((i) => Array.from(models, (m) => outcomes[m * items + i]!)),
    },
  });
  const embedding = (rows: Int32Array): Writable => array2d([...rows].map((i) => [...row(features, i)]));
  const config = Object.fromEntries(
    poolSettings.map((setting) => {
      const models = one.pick(setting, size);
      return [
        setting,
        dict({
          data: dict({
            train_score: scores(train, models),
            val_score: scores(val, models),
            test_score: scores(held, models),
          }),
          model: Array.from(models, (m) => one.world.models[m]!),
        }),
      ];
    }),
  );
  return dict({
    easy: new Map([[size, dict(config)]]),
    embedding: dict({
      train_embed: embedding(train),
      val_embed: embedding(val),
      test_embed: embedding(held),
    }),
  });
}

test('the published layout gives what the generated leaderboard gives', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'gsm8k_router_dataset.pkl'), pickled(pools()));
  const { encoder } = await findEncoder('surface');
  const [set, ...more] = await routereval.run!({ folder, encoder, quick: true }, makeContext({ seed: 0 }));
  assert.equal(more.length, 0);
  resultSet.parse(JSON.parse(JSON.stringify(set)));
  assert.deepEqual(set!.groups, [...poolSettings]);
  const direct = poolSettings.map((setting) =>
    measurePool(poolOf(one, { setting, size, quick: true }), makeContext({ seed: 0 })),
  );
  for (const { name, mu: value, vr, published } of set!.routerEval!.systems) {
    const own = direct.reduce((sum, { systems }) => sum + mu(systems.get(name)!), 0) / direct.length;
    assert.ok(Math.abs(value.value - own) < 1e-12, name);
    assert.ok(Math.abs(vr! - own / 0.92) < 1e-12);
    if (name === 'oracle') assert.equal(published, 1.544);
  }
  assert.match(set!.notes!.join(' '), /5 models: \S+ V_B \d/);
});

test('a folder without pools is refused with where they are published', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'a.csv'), 'query_id,a\n1,1\n');
  const { encoder } = await findEncoder('surface');
  await assert.rejects(
    routereval.run!({ folder, encoder, quick: true }, makeContext({ seed: 0 })),
    (error: unknown) => error instanceof SignalboxError && /MilkThink-Lab/.test(error.message),
  );
});
