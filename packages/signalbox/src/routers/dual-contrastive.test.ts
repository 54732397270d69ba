import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, fromRows, type Matrix, matrix, matrix32, row, selectRows } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import { rng } from '../math/rng.ts';
import { quietContext, world } from './contract.ts';
import { dualContrastive as router } from './dual-contrastive.ts';
import { assignRoles, drawContrast, dualContrastive, type Weights } from './dual-contrastive-loss.ts';

const random = rng('dual-contrastive');
const normal = (rows: number, cols: number): Matrix => {
  const out = matrix(rows, cols);
  for (let c = 0; c < out.data.length; c++) out.data[c] = random.normal();
  return out;
};

test('dual-contrastive: gradients are those of finite differences', () => {
  const x = normal(12, 5);
  const weights: Weights = { projection: normal(4, 5), models: normal(6, 4) };
  const scores = matrix(8, 6);
  for (let c = 0; c < scores.data.length; c++) scores.data[c] = random.next() < 0.3 ? 0 : random.next();
  scores.data[3] = Number.NaN;
  const rows = Int32Array.of(0, 3, 5, 5, 7, 9, 10, 11);
  const contrast = drawContrast(
    rows,
    Int32Array.from({ length: 12 }, (_, i) => i % 3),
    3,
    random,
  );
  const roles = assignRoles(scores, { positives: 3, negatives: 3, random });
  const terms = { ...contrast, roles, lambda: 0.7, temperature: 0.6 };
  const found = dualContrastive(weights, x, terms);
  for (const name of ['projection', 'models'] as const) {
    const { data } = weights[name];
    data.forEach((value, c) => {
      const losses = [1e-5, -1e-5].map((step) => {
        data[c] = value + step;
        return dualContrastive(weights, x, terms).loss;
      });
      data[c] = value;
      const slope = (losses[0]! - losses[1]!) / 2e-5;
      assert.ok(Math.abs(slope - found[name][c]!) < 1e-8, `${name} ${c}: ${slope}, not ${found[name][c]}`);
    });
  }
});

test('dual-contrastive: the loss of a batch as computed by hand', () => {
  const half = Math.SQRT1_2;
  const weights = {
    projection: fromRows([
      [1, 0],
      [0, 1],
    ]),
    models: fromRows([
      [2, 0],
      [0, 3],
      [1, 1],
    ]),
  };
  const x = fromRows([
    [1, 0],
    [0, 5],
    [1, 1],
  ]);
  const { loss } = dualContrastive(weights, x, {
    rows: Int32Array.of(0, 1),
    partner: Int32Array.of(0, 1),
    strangers: [Int32Array.of(1), Int32Array.of(0)],
    roles: { cols: 3, data: Int8Array.of(1, -1, 0, 0, 0, 0) },
    lambda: 2,
    temperature: 1,
  });
  const one = Math.log(1 + Math.exp(-1));
  assert.ok(Math.abs(loss - (one / 2 + 2 * one)) < 1e-12);
  const tilted = dualContrastive(weights, x, {
    rows: Int32Array.of(2),
    partner: Int32Array.of(0),
    strangers: [new Int32Array(0)],
    roles: { cols: 3, data: Int8Array.of(-1, 0, 1) },
    lambda: 1,
    temperature: 1,
  });
  assert.ok(Math.abs(tilted.loss - Math.log(1 + Math.exp(half - 1))) < 1e-12);
});

test('dual-contrastive: who is drawn to a query, and who is pushed from it', () => {
  const roles = (scores: number[]): number[] => [
    ...assignRoles(fromRows([scores]), { positives: 3, negatives: 3, random }).data,
  ];
  assert.deepEqual(roles([0.9, 0.1, 0.6, 0.8, 0, 0.3, 0.2]), [1, -1, 1, 1, -1, 0, -1]);
  // Nothing at 0 is a positive, nothing above 0.5 a negative, nothing as good as a positive a negative.
  assert.deepEqual(roles([0, 0, 0, 0, 0, 0, 0.7]).filter((role) => role === 1).length, 1);
  assert.deepEqual(roles([1, 1, 1, 1, 0.6, 0.6, 0.4]).filter((role) => role === -1).length, 1);
  assert.deepEqual(roles([0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3]).filter((role) => role === -1).length, 0);
  assert.deepEqual(roles([Number.NaN, 1, 0]), [0, 1, -1]);
});

test('dual-contrastive: equal scores are ordered by chance, not by the order of models', () => {
  const first = new Int32Array(4);
  for (let i = 0; i < 400; i++)
    assignRoles(fromRows([[1, 1, 1, 1]]), { positives: 1, negatives: 1, random }).data.forEach((role, m) => {
      if (role === 1) first[m]!++;
    });
  for (const count of first) assert.ok(count > 60 && count < 140, `${first}`);
});

test('dual-contrastive: partners are of the same cluster, strangers of others', () => {
  const clusters = Int32Array.of(0, 0, 1, 1, 2);
  const rows = Int32Array.of(4, 0, 1, 2, 3, 0);
  const { partner, strangers } = drawContrast(rows, clusters, 3, random);
  rows.forEach((row, place) => {
    assert.equal(clusters[rows[partner[place]!]!], clusters[row]);
    assert.equal(strangers[place]!.length, 3);
    assert.equal(new Set(strangers[place]).size, 3);
    for (const other of strangers[place]!) assert.notEqual(clusters[rows[other]!], clusters[row]);
  });
});

test('dual-contrastive: learns which model a query needs, and does without one that is lost', async () => {
  const train = world({ rows: 300, models: 3 });
  for (let i = 0; i < 300; i++)
    for (let m = 0; m < 3; m++) train.table.quality.data[i * 3 + m] = m === (i % 2 === 0 ? 0 : 1) ? 1 : 0;
  const params = router.params.parse({});
  const state = await router.fit(train, params, quietContext(0));
  const query = {
    ...train,
    features: { ...matrix32(1, 6), data: train.features.data.slice(0, 6) as Float32Array },
  };
  const chosen = async (lost: string[]): Promise<number> => {
    const { quality } = await router.predict(query, state, { ...params, lost }, quietContext(0));
    return argmax([0, 1, 2].map((m) => at(quality, 0, m)));
  };
  assert.equal(await chosen([]), 0);
  assert.notEqual(await chosen(['model-0']), 0);
});

test('dual-contrastive: cost is weighed where it is asked for, and must then be recorded', async () => {
  const train = world({ rows: 200, models: 2 });
  train.table.quality.data.fill(1);
  for (let i = 0; i < 200; i++) train.table.cost!.data.set([0.9, 0.2], 2 * i);
  const params = router.params.parse({ costWeight: 1, sharedScale: true });
  const state = await router.fit(train, params, quietContext(0));
  const { quality } = await router.predict(train, state, params, quietContext(0));
  assert.ok(at(quality, 0, 1) > at(quality, 0, 0));
  const { cost: _, ...free } = train.table;
  assert.throws(() => router.fit({ ...train, table: free }, params, quietContext(0)), /records no cost/);
});

test('dual-contrastive: says who is nearest, and who is chosen in its place', async () => {
  const train = world({ rows: 200, models: 3 });
  const params = router.params.parse({ steps: 60 });
  const state = await router.fit(train, params, quietContext(0));
  const names = ['a', 'b', 'c'];
  const { quality } = await router.predict(train, state, params, quietContext(0));
  const lengths = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const one = { queries: [train.queries[i]!], features: selectRows(train.features, [i]) };
    const [near, instead] = router.explain!(one, state, params, names);
    const chosen = names[argmax(row(quality, i))]!;
    assert.match(near!, /^It lies nearest to [abc] in the learned space \(cosine -?\d\.\d\d\)\.$/);
    if (instead === undefined) assert.ok(near!.includes(`nearest to ${chosen} `), near);
    else assert.ok(instead.includes(`, ${chosen} is expected to do better`), instead);
    lengths.add(instead === undefined ? 1 : 2);
  }
  assert.equal(lengths.size, 2, 'both kinds of query were met');
});
