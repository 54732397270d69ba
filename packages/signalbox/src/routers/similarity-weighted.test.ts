import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, type Matrix, matrix, row } from '../math/matrix.ts';
import { descending } from '../math/order.ts';
import { bradleyTerry } from './bradley-terry.ts';
import { quietContext, world } from './contract.ts';
import { similarityWeighted as router } from './similarity-weighted.ts';

const close = (a: number, b: number, within = 1e-9): void =>
  assert.ok(Math.abs(a - b) < within, `${a}, not ${b}`);

test('similarity-weighted: strengths of two models are the log odds of their wins', () => {
  const strength = bradleyTerry(
    { models: 2, wins: Float64Array.of(0, 30, 10, 0), met: Float64Array.of(0, 40, 40, 0) },
    0,
  );
  close(strength[0]! - strength[1]!, Math.log(3));
  close(strength[0]! + strength[1]!, 0);
});

test('similarity-weighted: battles that follow the model give back its strengths', () => {
  const truth = [0.8, -0.3, 0.1, -0.6];
  const [wins, met] = [new Float64Array(16), new Float64Array(16)];
  truth.forEach((a, i) => {
    truth.forEach((b, j) => {
      if (i === j) return;
      met[i * 4 + j] = 5 + i + j;
      wins[i * 4 + j] = met[i * 4 + j]! / (1 + Math.exp(b - a));
    });
  });
  bradleyTerry({ models: 4, wins, met }, 0).forEach((strength, m) => {
    close(strength, truth[m]!);
  });
});

test('similarity-weighted: a model that always won is finite by the prior', () => {
  const strength = bradleyTerry(
    { models: 2, wins: Float64Array.of(0, 9, 0, 0), met: Float64Array.of(0, 9, 9, 0) },
    1,
  );
  close(strength[0]! - strength[1]!, Math.log(9.5 / 0.5));
});

const params = router.params.parse({});

async function predicted(train: ReturnType<typeof world>): Promise<Matrix> {
  const state = await router.fit(train, params, quietContext(0));
  return (await router.predict(train, state, params, quietContext(0))).quality;
}

test('similarity-weighted: models stand in the order of their similarity-weighted means', async () => {
  const train = world({ rows: 80, models: 4 });
  const quality = await predicted(train);
  const { features } = train;
  for (const i of [0, 1, 33]) {
    const cosines = Array.from({ length: 80 }, (_, r) => {
      const [a, b] = [row(features, i), row(features, r)];
      const dot = (u: typeof a, v: typeof a): number =>
        Array.from(u, (value, j) => value * v[j]!).reduce((x, y) => x + y);
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    });
    const most = Math.max(...cosines);
    const sums = new Float64Array(4);
    cosines.forEach((cosine, r) => {
      for (let m = 0; m < 4; m++) sums[m]! += 10 ** (cosine / most) * at(train.table.quality, r, m);
    });
    assert.deepEqual(descending(row(quality, i)), descending(sums));
  }
});

test('similarity-weighted: battles counted by rows are those reckoned from sums', async () => {
  const train = world({ rows: 60, models: 3 });
  const whole = await predicted(train);
  // A fourth model that is never observed makes the table incomplete and changes nothing for the others.
  const wider = matrix(60, 4, Number.NaN);
  for (let i = 0; i < 60; i++) wider.data.set(row(train.table.quality, i), 4 * i);
  const models = [...train.table.models, { id: 'never', price: 'unknown' as const }];
  const table = { ...train.table, quality: wider, models };
  const apart = await predicted({ ...train, table });
  for (let i = 0; i < 60; i++) {
    assert.ok(Number.isNaN(at(apart, i, 3)));
    for (let m = 0; m < 3; m++) close(at(apart, i, m), at(whole, i, m), 1e-6);
  }
});
