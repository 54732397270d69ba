import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, fromRows, matrix, selectRows } from '../math/matrix.ts';
import { principalComponents } from '../math/pca.ts';
import { rng } from '../math/rng.ts';
import { chooseItems, compress, giveTest, nearRows, profilesOf, takeTest } from './capability/aptitude.ts';
import {
  type CapabilityWeights,
  capabilityGradients,
  capabilityScores,
  groupLoss,
} from './capability/scores.ts';
import { capability as router } from './capability.ts';
import { quietContext, world } from './contract.ts';
import { joinsNearly } from './newcomer.fixture.ts';

const random = rng('capability');
const normal = (rows: number, cols: number): CapabilityWeights['left'] => {
  const out = matrix(rows, cols);
  for (let c = 0; c < out.data.length; c++) out.data[c] = random.normal();
  return out;
};
const weights: CapabilityWeights = {
  bias: normal(1, 1).data,
  byQuery: normal(1, 5).data,
  byModel: normal(1, 2).data,
  byTest: normal(1, 1).data,
  left: normal(3, 5),
  right: normal(3, 2),
};

test('capability: gradients of log loss and group softmax are those of finite differences', () => {
  const [x, profiles, outcomes] = [normal(6, 9), normal(4, 2), matrix(6, 4)];
  for (let c = 0; c < 24; c++) outcomes.data[c] = Math.round(4 * random.next()) / 4;
  outcomes.data[5] = Number.NaN;
  const batch = { x, profiles, outcomes, group: 0.5 };
  const { slopes } = capabilityGradients(weights, batch);
  const { bias, byQuery, byModel, byTest, left, right } = weights;
  for (const [k, data] of [bias, byQuery, byModel, byTest, left.data, right.data].entries()) {
    data.forEach((value, c) => {
      const losses = [1e-5, -1e-5].map((step) => {
        data[c] = value + step;
        return capabilityGradients(weights, batch).loss;
      });
      data[c] = value;
      const slope = (losses[0]! - losses[1]!) / 2e-5;
      assert.ok(
        Math.abs(slope - slopes[k]![c]!) < 1e-6 * (1 + Math.abs(slope)),
        `part ${k}, cell ${c}: ${slope}, not ${slopes[k]![c]}`,
      );
    });
  }
});

test('capability: log odds are b + a . e + d . c + g t + (U e) . (V c)', () => {
  const own: CapabilityWeights = {
    bias: Float64Array.of(1),
    byQuery: Float64Array.of(2, 0),
    byModel: Float64Array.of(3),
    byTest: Float64Array.of(5),
    left: fromRows([[1, 1]]),
    right: fromRows([[2]]),
  };
  // e = (1, 2), t = .1 and .2 of two models of profiles 1 and -1.
  const scores = capabilityScores(own, fromRows([[1, 2, 0.1, 0.2]]), fromRows([[1], [-1]]));
  assert.ok(Math.abs(at(scores, 0, 0) - (1 + 2 + 3 + 0.5 + 6)) < 1e-12);
  assert.ok(Math.abs(at(scores, 0, 1) - (1 + 2 - 3 + 1 - 6)) < 1e-12);
});

test('capability: in a group one who succeeded stands against those who failed; where all are alike there is none', () => {
  const scores = fromRows([
    [1, 0, -1, 9],
    [3, 1, 0, 0],
  ]);
  const outcomes = fromRows([
    [1, 0, 0, Number.NaN],
    [1, 1, 1, 1],
  ]);
  const wanted = -Math.log(Math.exp(1) / (Math.exp(1) + 1 + Math.exp(-1)));
  assert.ok(Math.abs(groupLoss(scores, outcomes).loss - wanted) < 1e-12);
});

test('capability: questions are those on which half fail, and the weaker half', () => {
  // Abilities fall from the first model to the last.
  const quality = fromRows([
    [1, 1, 1, 1],
    [1, 1, 0, 0],
    [0, 0, 1, 1],
    [1, 1, 1, 0],
    [1, 0, 0, 0],
    [1, 1, 0, 0],
  ]);
  const one = { labels: new Int32Array(6), size: 1 };
  assert.deepEqual([...chooseItems(quality, { ...one, count: 1 })], [1]);
  // At most one of each category.
  const labels = Int32Array.of(0, 0, 1, 1, 1, 1);
  assert.deepEqual([...chooseItems(quality, { labels, size: 2, count: 1 })], [1, 5]);
});

test('capability: a profile follows many answers, not few, and its errors say which they were', () => {
  const sheet = (n: number): { quality: ReturnType<typeof matrix>; labels: Int32Array } => {
    const quality = matrix(4 * n, 2);
    for (let i = 0; i < 4 * n; i++) quality.data[i * 2 + (i % 2)] = 1;
    return { quality, labels: Int32Array.from({ length: 4 * n }, (_, i) => i % 4) };
  };
  const of = (n: number): ReturnType<typeof profilesOf> => {
    const { quality, labels } = sheet(n);
    return profilesOf(quality, { labels, size: 4, expected: new Float64Array(4 * n).fill(0.5) }, 0.05);
  };
  const [few, many] = [of(2), of(200)];
  assert.ok(Math.abs(at(many.values, 0, 0) - 0.5) < 0.02 && Math.abs(at(many.values, 0, 1) + 0.5) < 0.02);
  assert.ok(at(few.values, 0, 0) > 0.05 && at(few.values, 0, 0) < 0.4);
  assert.ok(at(few.errors, 0, 0) > 3 * at(many.errors, 0, 0));
});

test('capability: a question of the test does not count in what was scored near itself', () => {
  const train = world({ rows: 60, models: 3 });
  const labels = new Int32Array(60);
  const taken = giveTest(train, { labels, size: 1, count: 10 });
  const { quality } = train.table;
  const near = nearRows(taken, { shares: matrix(60, 1, 1), labels, quality });
  const outside = Array.from({ length: 60 }, (_, i) => i).find((i) => !taken.rows.includes(i))!;
  assert.equal(at(near, outside, 0), at(taken.profiles.values, 0, 0));
  for (const [place, i] of taken.rows.entries()) {
    const gap = Math.sign(at(quality, i, 0) - taken.items.expected[place]!);
    assert.equal(Math.sign(at(taken.profiles.values, 0, 0) - at(near, i, 0)), gap);
  }
});

test('capability: on questions of the test the pool is known exactly, on others as it is predicted', () => {
  const train = world({ rows: 60, models: 3 });
  const labels = new Int32Array(60);
  const taken = giveTest(train, { labels, size: 1, count: 5 });
  const profile = (rows: readonly number[], expected: number): number =>
    at(
      takeTest(
        { ...taken, gain: 1, spread: 0.1 },
        {
          queries: rows.map((i) => train.queries[i]!),
          quality: new Float64Array(rows.length).fill(1),
          labels: new Int32Array(rows.length),
          expected: new Float64Array(rows.length).fill(expected),
          size: 1,
        },
      ).values,
      0,
      0,
    );
  const asked = [...taken.rows];
  const others = Array.from({ length: 60 }, (_, i) => i).filter((i) => !asked.includes(i));
  assert.equal(profile(asked, 0), profile(asked, 1));
  assert.ok(profile(others, 0) > profile(others, 1));
});

test('capability: entries that are unsure hardly move a compressed profile', () => {
  const values = fromRows([
    [0.3, 0.3, -0.3, -0.3],
    [-0.3, -0.3, 0.3, 0.3],
    [0.1, 0.1, -0.1, -0.1],
  ]);
  const axes = principalComponents(values, { width: 1, random: rng('axes') });
  const far = (errors: readonly number[]): number =>
    Math.abs(
      compress({ values: fromRows([[0.3, 0, 0, 0]]), errors: fromRows([errors]) }, axes).data[0]! -
        compress({ values: fromRows([[0, 0, 0, 0]]), errors: fromRows([errors]) }, axes).data[0]!,
    );
  assert.ok(far([0.05, 0.05, 0.05, 0.05]) > 5 * far([0.5, 0.05, 0.05, 0.05]));
});

test('capability: who joins by half of its answers is predicted much as one trained on, and the others as before', async () => {
  const whole = world({ rows: 600, models: 6 });
  for (const learned of [true, false]) {
    const params = router.params.parse({ learned });
    await joinsNearly(router, { whole, params, answers: 300, within: 0.12 });
  }
});

test('capability: explains with the category and the test there', async () => {
  const train = world({ rows: 200, models: 3 });
  const params = router.params.parse({});
  const state = await router.fit(train, params, quietContext(0));
  const one = { queries: [train.queries[0]!], features: selectRows(train.features, [0]) };
  assert.match(
    router.explain!(one, state, params, ['a', 'b', 'c'])[0]!,
    /^It is most like category \d+ of \d+ \(g0\), in whose test [abc] lies -?\d+ points above the pool \(standard error \d+\)\.$/,
  );
});

test('capability: how strongly weights are shrunk follows from what the text tells on held-out rows', async () => {
  const params = router.params.parse({ decay: [0.01, 30], near: [true], shrinkage: ['empirical-bayes'] });
  const decay = async (train: ReturnType<typeof world>): Promise<number> =>
    (await router.fit(train, params, quietContext(0))).head!.setting.decay;
  const told = world({ rows: 400, models: 4, groups: 1 });
  const { features, table } = told;
  for (let i = 0; i < 400; i++)
    for (let m = 0; m < 4; m++) table.quality.data[i * 4 + m] = at(features, i, 0) + 0.1 * m > 1.15 ? 1 : 0;
  assert.equal(await decay(told), 0.01);
  const noise = world({ rows: 400, models: 4, groups: 1, width: 60 });
  for (let c = 0; c < 1600; c++) noise.table.quality.data[c] = random.next() < 0.5 ? 1 : 0;
  assert.equal(await decay(noise), 30);
});

test('capability: a single candidate is taken as it is, and without its term the test is not read', async () => {
  const train = world({ rows: 120, models: 3 });
  const params = router.params.parse({
    ...router.variants!['no-test-term'],
    ...router.variants!['two-answers'],
  });
  const { head, spread } = await router.fit(train, params, quietContext(0));
  assert.equal(head!.setting.near, false);
  assert.equal(head!.weights.byTest[0], 0);
  assert.equal(head!.setting.shrinkage, 'two-answers');
  assert.equal(spread, 1 / 8);
});
