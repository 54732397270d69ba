import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Training } from '../core/router.ts';
import { fromRows, row } from '../math/matrix.ts';
import { clusterSets } from './cluster-sets.ts';
import { quietContext, world } from './contract.ts';

/** Two clusters far apart; each row of `accuracy` is how often each model is right there, in tenths of its 50 rows. */
function apart(accuracy: readonly (readonly number[])[]): Training {
  const train = world({ rows: 100, models: accuracy[0]!.length });
  const { cols } = train.features;
  train.features.data.fill(0);
  for (let i = 0; i < 100; i++) {
    const cluster = i % 2;
    train.features.data[i * cols + cluster] = 1;
    accuracy[cluster]!.forEach((tenths, m) => {
      train.table.quality.data[i * accuracy[0]!.length + m] = Number(Math.floor(i / 2) % 10 < tenths);
    });
  }
  return train;
}

async function rowsOf(train: Training, given: object): Promise<{ quality: number[]; capable: number[] }[]> {
  const params = clusterSets.params.parse(given);
  const context = quietContext(0);
  const state = await clusterSets.fit(train, params, context);
  const { quality, capable } = await clusterSets.predict(train, state, params, context);
  return [0, 1].map((i) => ({ quality: [...row(quality, i)], capable: [...row(capable!, i)] }));
}

test('members are predicted their training accuracy in the cluster, the others nothing', async () => {
  const [first, second] = await rowsOf(
    apart([
      [9, 3, 7],
      [1, 8, 2],
    ]),
    { k: [2], thresholds: [0.6] },
  );
  assert.deepEqual(first, { quality: [0.9, Number.NaN, 0.7], capable: [1, 0, 1] });
  assert.deepEqual(second, { quality: [Number.NaN, 0.8, Number.NaN], capable: [0, 1, 0] });
});

test('where none reaches the threshold the best stands alone, or all that are equally good', async () => {
  const [first, second] = await rowsOf(
    apart([
      [3, 2, 0],
      [4, 4, 1],
    ]),
    { k: [2], thresholds: [0.99] },
  );
  assert.deepEqual(first!.capable, [1, 0, 0]);
  assert.deepEqual(second, { quality: [0.4, 0.4, Number.NaN], capable: [1, 1, 0] });
});

test('more clusters are kept where they pay, and the fewest where they do not', async () => {
  const params = clusterSets.params.parse({ k: [2, 1] });
  const clustersOf = async (train: Training): Promise<number> =>
    (await clusterSets.fit(train, params, quietContext(0))).centres.rows;
  assert.equal(
    await clustersOf(
      apart([
        [9, 1],
        [1, 9],
      ]),
    ),
    2,
  );
  assert.equal(
    await clustersOf(
      apart([
        [9, 1],
        [8, 2],
      ]),
    ),
    1,
  );
});

test('the threshold is the one whose sets tell best who is right', async () => {
  // Right nine times in ten, or three: every threshold between them tells alike, and one below or above tells less.
  const train = apart([
    [9, 3],
    [3, 9],
  ]);
  const params = clusterSets.params.parse({ k: [2], thresholds: [0.99, 0.2, 0.7] });
  assert.equal((await clusterSets.fit(train, params, quietContext(0))).threshold, 0.7);
});

test('a model never observed belongs to no set; explained, a set is named', async () => {
  const train = apart([
    [9, 3, 7],
    [1, 8, 2],
  ]);
  for (let i = 0; i < 100; i++) train.table.quality.data[i * 3] = Number.NaN;
  const [first] = await rowsOf(train, { k: [2], thresholds: [0.6] });
  assert.deepEqual(first!.quality, [Number.NaN, Number.NaN, 0.7]);
  const params = clusterSets.params.parse({ k: [2], thresholds: [0.6] });
  const state = await clusterSets.fit(train, params, quietContext(0));
  const query = { queries: train.queries.slice(0, 1), features: fromRows([[1, 0, 0, 0, 0, 0]]) };
  assert.match(
    clusterSets.explain!(query, state, params, ['a', 'b', 'c'])[0]!,
    /2 clusters .*, c reached 60 %/,
  );
});
