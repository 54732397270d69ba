import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Training } from '../core/router.ts';
import { fromRows, matrix, row, selectRows } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import { avengersPro as router } from './avengers-pro.ts';
import { quietContext, world } from './contract.ts';

const params = router.params.parse({ k: [2], kappa: 0, nearest: 1 });

/** Two clusters at right angles; three models right as often as `rates` says, at costs of 3, 2 and 1. */
function twoClusters(rates: readonly (readonly number[])[]): Training {
  const train = world({ rows: 40, models: 3, width: 2 });
  for (let i = 0; i < 40; i++) {
    train.features.data.set(i % 2 === 0 ? [1, 0] : [0, 1], i * 2);
    for (let m = 0; m < 3; m++) {
      train.table.quality.data[i * 3 + m] = Math.floor(i / 2) < 20 * rates[i % 2]![m]! ? 1 : 0;
      train.table.cost!.data[i * 3 + m] = 3 - m;
    }
  }
  return train;
}

const rates = [
  [0.9, 0.6, 0.3],
  [0.2, 0.6, 0.7],
];
const query = (x: number, y: number) => ({
  queries: [{ id: 'q', messages: [] }],
  features: fromRows([[x, y]]),
});

async function predicted(train: Training, over: object, input: ReturnType<typeof query>): Promise<number[]> {
  const own = { ...params, ...over };
  const state = await router.fit(train, own, quietContext(0));
  return [...row((await router.predict(input, state, own, quietContext(0))).quality, 0)];
}

const near = (values: readonly number[], wanted: readonly number[]): void =>
  values.forEach((value, i) => {
    assert.ok(Math.abs(value - wanted[i]!) < 1e-6, `${values} instead of ${wanted}`);
  });

test('avengers-pro: in one cluster scores at alpha 1 are accuracies, and ranks one over the place', async () => {
  const train = twoClusters(rates);
  near(await predicted(train, {}, query(1, 0)), [0.9, 0.6, 0.3]);
  near(await predicted(train, { reading: 'rank' }, query(0, 1)), [0.2 + 0.5 / 3, 0.2 + 0.5 / 2, 0.2 + 0.5]);
});

test('avengers-pro: nearest clusters count by softmax(-beta x cosine distance)', async () => {
  const [x, y] = [0.8, 0.6];
  const a = 1 / (1 + Math.exp(9 * (y - x)));
  const sums = [0, 1, 2].map((m) => {
    const [first, second] = rates.map(
      (of) => (of[m]! - Math.min(...of)) / (Math.max(...of) - Math.min(...of)),
    );
    return a * first! + (1 - a) * second!;
  });
  const [from, width] = [a * 0.3 + (1 - a) * 0.2, a * 0.6 + (1 - a) * 0.5];
  near(
    await predicted(twoClusters(rates), { nearest: 2 }, query(x, y)),
    sums.map((sum) => from + width * sum),
  );
});

test('avengers-pro: with less alpha the choice moves to the cheapest, by one fit', async () => {
  const state = await router.fit(twoClusters(rates), params, quietContext(0));
  const choice = async (alpha: number, reading: 'score' | 'rank'): Promise<number> => {
    const { quality } = await router.predict(
      query(1, 0),
      state,
      { ...params, alpha, reading },
      quietContext(0),
    );
    return argmax(row(quality, 0));
  };
  for (const reading of ['score', 'rank'] as const) {
    assert.equal(await choice(1, reading), 0);
    // Scores .5 x (1, .5, 0) + .5 x (0, 1/3, 2/3) at one half.
    assert.equal(await choice(0.5, reading), 0);
    assert.equal(await choice(0, reading), 2);
  }
});

test('avengers-pro: where models tie, their noise is not blown up', async () => {
  const train = twoClusters([
    [0.5, 0.5, 0.5],
    [0.5, 0.5, 0.5],
  ]);
  near(await predicted(train, {}, query(1, 0)), [0.5, 0.5, 0.5]);
});

test('avengers-pro: alpha below 1 asks for costs', () => {
  const train = world({ rows: 40, models: 3 });
  const { cost: _, ...table } = train.table;
  assert.throws(
    () => router.fit({ ...train, table }, { ...params, alpha: 0.5 }, quietContext(0)),
    /records no cost/,
  );
});

test('avengers-pro: who joins stands between the ranks of the pool, which stay', async () => {
  const train = twoClusters(rates);
  const own = { ...params, reading: 'rank' as const };
  const state = await router.fit(train, own, quietContext(0));
  const rows = [...train.queries.keys()];
  const admitted = await router.admit!(
    {
      model: 'newcomer',
      models: train.table.models.map(({ id }) => id),
      queries: train.queries,
      features: selectRows(train.features, rows),
      // Right as often as no other: between the first and the second here, behind all there.
      quality: Float64Array.from(rows, (i) => (i % 2 === 0 && i < 30 ? 1 : 0)),
    },
    state,
    own,
    quietContext(0),
  );
  const { quality } = await router.predict(
    {
      queries: [...query(1, 0).queries, ...query(0, 1).queries],
      features: fromRows([
        [1, 0],
        [0, 1],
      ]),
    },
    admitted,
    own,
    quietContext(0),
  );
  near([...row(quality, 0)], [0.9, 0.6, 0.5, 0.3 + 0.6 / 1.5]);
  near([...row(quality, 1)], [0.2 + 0.5 / 3, 0.45, 0.7, 0.2 + 0.5 / 3.5]);
});

test('avengers-pro: a model never observed has no opinion and moves no other', async () => {
  const train = twoClusters(rates);
  const hidden = matrix(40, 3);
  hidden.data.set(train.table.quality.data);
  for (let i = 0; i < 40; i++) hidden.data[i * 3 + 1] = Number.NaN;
  const values = await predicted({ ...train, table: { ...train.table, quality: hidden } }, {}, query(1, 0));
  near([values[0]!, values[2]!], [0.9, 0.3]);
  assert.ok(Number.isNaN(values[1]!));
});
