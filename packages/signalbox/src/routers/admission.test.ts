import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plain } from '../core/plain.ts';
import type { Encoded, Newcomer, Router, Training } from '../core/router.ts';
import { takeModels } from '../core/table.ts';
import { at, column, type Matrix, row, selectRows } from '../math/matrix.ts';
import { argmax, mean } from '../math/order.ts';
import { quietContext, world } from './contract.ts';
import { routers } from './index.ts';

const whole = world({ rows: 240, models: 4 });
/** The last model of the world, unknown to the fit. */
const pool: Training = { ...whole, table: takeModels(whole.table, [0, 1, 2]) };

function answers(rows: readonly number[], score: (row: number) => number): Newcomer {
  return {
    model: 'newcomer',
    models: pool.table.models.map(({ id }) => id),
    queries: rows.map((i) => whole.queries[i]!),
    features: selectRows(whole.features, rows),
    quality: Float64Array.from(rows, score),
  };
}

const observed = (row: number): number => at(whole.table.quality, row, 3);
const first = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

for (const router of Object.values<Router>(routers)) {
  const { name, admit, needs } = router;
  if (admit === undefined) continue;
  const params = router.params.parse({});
  const fit = async (): Promise<Plain> => router.fit(pool, params, quietContext(0));
  const join = async (newcomer: Newcomer, state: Plain): Promise<Plain> =>
    admit(newcomer, state, params, quietContext(0));
  const predict = async (input: Encoded, state: Plain): Promise<Matrix> =>
    (await router.predict(input, state, params, quietContext(0))).quality;

  test(`${name}: who joins becomes the last column, and the others stay as they were bit by bit`, async () => {
    const state = await fit();
    const before = await predict(whole, state);
    const kept = structuredClone(state);
    const admitted = await join(answers(first(60), observed), state);
    assert.deepEqual(state, kept, 'the state that was given is left alone');
    const after = await predict(whole, admitted);
    assert.deepEqual([after.rows, after.cols], [240, 4]);
    for (let m = 0; m < 3; m++) assert.deepEqual(column(after, m), column(before, m));
    assert.ok(column(after, 3).every((value) => value >= 0 && value <= 1));
    assert.deepEqual(await join(answers(first(60), observed), state), admitted);
    assert.deepEqual((await predict(whole, structuredClone(admitted))).data, after.data);
  });

  test(`${name}: a second one joins beside the first`, async () => {
    const one = await join(answers(first(60), observed), await fit());
    const before = await predict(whole, one);
    const second = { ...answers(first(40), () => 1), models: ['model-0', 'model-1', 'model-2', 'newcomer'] };
    const after = await predict(whole, await join(second, one));
    assert.equal(after.cols, 5);
    for (let m = 0; m < 4; m++) assert.deepEqual(column(after, m), column(before, m));
  });

  test(`${name}: one answer, answers all alike, and a group unseen in training`, async () => {
    const state = await fit();
    const strange = answers(first(3), observed);
    const hardships = [
      answers([7], observed),
      answers(first(30), () => 0),
      answers(first(30), () => 1),
      { ...strange, queries: strange.queries.map((query) => ({ ...query, group: 'unseen' })) },
      answers([], observed),
    ];
    for (const newcomer of hardships) {
      const quality = column(await predict(whole, await join(newcomer, state)), 3);
      assert.ok(quality.every(Number.isFinite), name);
    }
  });

  if (name === 'random') continue;
  test(`${name}: it learns who is good and who is not`, async () => {
    const state = await fit();
    const of = async (score: number): Promise<number> =>
      mean(
        column(
          await predict(
            whole,
            await join(
              answers(first(60), () => score),
              state,
            ),
          ),
          3,
        ),
      );
    assert.ok((await of(1)) > 0.8 && (await of(0)) < 0.2);
  });

  test(`${name}: who was right on all of many answers is preferred to all others`, async () => {
    const joined = await join(
      answers(first(160), () => 1),
      await fit(),
    );
    const quality = await predict(whole, joined);
    const best = first(240).filter((i) => argmax(row(quality, i)) === 3);
    assert.ok(best.length > 200, `${best.length}`);
  });

  if (!needs.features && !needs.group) continue;
  test(`${name}: it learns where the newcomer is good`, async () => {
    // The newcomer does better in the second group.
    const quality = await predict(whole, await join(answers(first(160), observed), await fit()));
    const inGroup = (group: number): number =>
      mean(column(quality, 3).filter((_, i) => i >= 160 && i % 2 === group));
    assert.ok(inGroup(1) > inGroup(0) + 0.15, `${inGroup(0)} ${inGroup(1)}`);
  });
}
