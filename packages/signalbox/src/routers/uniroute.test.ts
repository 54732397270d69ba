import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, column, fromRows, matrix, row, selectRows } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { quietContext, world } from './contract.ts';
import { joinsNearly } from './newcomer.fixture.ts';
import { admitToClusterMeans, fitClusterMeans } from './uniroute/cluster-means.ts';
import { type MapTraining, mapLoss, softMembership } from './uniroute/learned-map.ts';
import { uniroute as router } from './uniroute.ts';

const random = rng('uniroute');
const normal = (rows: number, cols: number): ReturnType<typeof matrix> => {
  const out = matrix(rows, cols);
  for (let c = 0; c < out.data.length; c++) out.data[c] = random.normal();
  return out;
};

test('uniroute: slopes of the learned map are those of finite differences', () => {
  const theta = normal(3, 4);
  const quality = matrix(6, 2);
  for (let c = 0; c < 12; c++) quality.data[c] = Math.round(4 * random.next()) / 4;
  quality.data[3] = Number.NaN;
  const table = (): ReturnType<typeof matrix> => {
    const out = matrix(3, 2);
    for (let c = 0; c < 6; c++) out.data[c] = 0.05 + 0.9 * random.next();
    return out;
  };
  const work: MapTraining = {
    x: normal(6, 4),
    quality,
    tables: [table(), table()],
    which: Int32Array.of(0, 1, 1, 0, 0, 1),
  };
  const found = mapLoss(theta, work);
  theta.data.forEach((value, c) => {
    const losses = [1e-5, -1e-5].map((step) => {
      theta.data[c] = value + step;
      return mapLoss(theta, work).loss;
    });
    theta.data[c] = value;
    const slope = (losses[0]! - losses[1]!) / 2e-5;
    assert.ok(Math.abs(slope - found.slopes[c]!) < 1e-6 * (1 + Math.abs(slope)), `${c}: ${slope}`);
  });
});

test('uniroute: membership is a softmax of scores', () => {
  const shares = softMembership(
    fromRows([
      [1, 0],
      [0, 2],
    ]),
    fromRows([[1, 1]]),
  );
  assert.ok(Math.abs(at(shares, 0, 1) - Math.exp(2) / (Math.exp(1) + Math.exp(2))) < 1e-12);
  assert.ok(Math.abs(at(shares, 0, 0) + at(shares, 0, 1) - 1) < 1e-12);
});

/** Two clusters and two models, one better here and one there, each right by the same share in every four rows. */
function crossed(rows: number): { quality: ReturnType<typeof matrix>; cells: Int32Array } {
  const quality = matrix(rows, 2);
  const cells = Int32Array.from({ length: rows }, (_, i) => i % 2);
  cells.forEach((cell, i) => {
    for (let m = 0; m < 2; m++)
      quality.data[i * 2 + m] = Number(Math.floor(i / 2) % 4 < (cell === m ? 3 : 1));
  });
  return { quality, cells };
}

test('uniroute: means of large clusters stand, those of small ones are shrunk, and errors say which', () => {
  const [few, many] = [16, 1600].map((rows) => {
    const { quality, cells } = crossed(rows);
    return fitClusterMeans(quality, { cells, size: 2 });
  });
  assert.ok(Math.abs(at(many!.means, 0, 0) - 0.75) < 0.01);
  assert.ok(at(few!.means, 0, 0) > 0.5 && at(few!.means, 0, 0) < 0.73);
  assert.ok(at(few!.errors, 0, 0) > 4 * at(many!.errors, 0, 0));
  // The standard error of a mean of 800 outcomes of .75 and .25, the variance taken over both clusters.
  assert.ok(Math.abs(at(many!.errors, 0, 0) - Math.sqrt(0.25 / 800)) < 1e-3);
});

test('uniroute: where nothing but chance tells clusters apart they are all alike', () => {
  const quality = matrix(2000, 2);
  for (let c = 0; c < 4000; c++) quality.data[c] = Number(random.next() < 0.5);
  const cells = Int32Array.from({ length: 2000 }, (_, i) => i % 20);
  const { means, overall } = fitClusterMeans(quality, { cells, size: 20 });
  for (let m = 0; m < 2; m++)
    assert.ok(column(means, m).every((value) => Math.abs(value - overall[m]!) < 0.04));
});

test('uniroute: a newcomer in a cluster without answers is as good as the pool there, more or less', () => {
  const quality = matrix(400, 2);
  const cells = Int32Array.from({ length: 400 }, (_, i) => i % 2);
  // The first cluster is easy for both, the second hard.
  cells.forEach((cell, i) => {
    for (let m = 0; m < 2; m++) quality.data[i * 2 + m] = Number(random.next() < (cell === 0 ? 0.8 : 0.3));
  });
  const table = fitClusterMeans(quality, { cells, size: 2 });
  const answers = Float64Array.from({ length: 40 }, (_, i) => Number(i % 5 > 0));
  const joined = admitToClusterMeans(table, {
    cells: new Int32Array(40),
    quality: answers,
    expected: new Float64Array(40).fill(at(table.means, 0, 0)),
  });
  assert.ok(Math.abs(at(joined.means, 1, 2) - 0.3) < 0.1);
  assert.ok(at(joined.errors, 1, 2) > at(joined.errors, 0, 2));
});

const whole = world({ rows: 600, models: 4 });
for (const variant of ['hard', 'soft', 'learned'] as const) {
  test(`uniroute: ${variant}, who joins by half of its answers is predicted nearly as one trained on`, async () => {
    const params = router.params.parse({ ...router.variants?.[variant], k: [2, 5] });
    await joinsNearly(router, { whole, params, answers: 300, within: 0.06 });
  });
}

test('uniroute: explains with the cluster and how sure it is', async () => {
  const params = router.params.parse({ k: [2] });
  const state = await router.fit(whole, params, quietContext(0));
  const one = { queries: [whole.queries[0]!], features: selectRows(whole.features, [0]) };
  const sentence = router.explain!(
    one,
    state,
    params,
    whole.table.models.map(({ id }) => id),
  )[0]!;
  assert.match(sentence, /cluster \d of 2, where model-\d is right in \d+\.\d % \(standard error \d+\.\d\)/);
  assert.equal(row(state.errors, 0).length, 4);
});
