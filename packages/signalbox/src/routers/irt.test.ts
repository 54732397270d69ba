import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, fromRows, matrix, selectRows } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { quietContext, world } from './contract.ts';
import { irt as router } from './irt.ts';
import { type ItemWeights, itemGradients, itemScores, itemsOf } from './irt-scores.ts';
import { joinsNearly } from './newcomer.fixture.ts';

const random = rng('irt');
const normal = (rows: number, cols: number): ItemWeights['vectors'] => {
  const out = matrix(rows, cols);
  for (let c = 0; c < out.data.length; c++) out.data[c] = random.normal();
  return out;
};
const weights: ItemWeights = {
  discrimination: normal(3, 5),
  base: normal(1, 3).data,
  difficulty: normal(1, 5),
  level: normal(1, 1).data,
  vectors: normal(4, 3),
};

test('irt: gradients are those of finite differences', () => {
  const x = normal(6, 5);
  const outcomes = matrix(6, 4);
  for (let c = 0; c < 24; c++) outcomes.data[c] = Math.round(4 * random.next()) / 4;
  outcomes.data[5] = Number.NaN;
  const { slopes } = itemGradients(weights, { x, outcomes, prior: 0.3 });
  const { discrimination, base, difficulty, level, vectors } = weights;
  for (const [k, data] of [discrimination.data, base, difficulty.data, level, vectors.data].entries()) {
    data.forEach((value, c) => {
      const losses = [1e-5, -1e-5].map((step) => {
        data[c] = value + step;
        return itemGradients(weights, { x, outcomes, prior: 0.3 }).loss;
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

test('irt: log odds are a . theta - b, and no discrimination is below 0', () => {
  const own: ItemWeights = {
    discrimination: fromRows([
      [1, 2],
      [0, -30],
    ]),
    base: Float64Array.of(0, 0),
    difficulty: fromRows([[1, 0]]),
    level: Float64Array.of(0.5),
    vectors: fromRows([[3, 4]]),
  };
  const items = itemsOf(own, fromRows([[1, 1]]));
  const a = Math.log(1 + Math.exp(3));
  assert.ok(Math.abs(at(items.a, 0, 0) - a) < 1e-12);
  assert.ok(at(items.a, 0, 1) > 0 && at(items.a, 0, 1) < 1e-12);
  assert.ok(Math.abs(at(itemScores(items, own.vectors), 0, 0) - (3 * a - 1.5)) < 1e-9);
});

test('irt: who joins by half of its answers is predicted nearly as one trained on', async () => {
  const params = router.params.parse({ dimensions: 8 });
  const whole = world({ rows: 600, models: 5 });
  const { before, joined } = await joinsNearly(router, { whole, params, answers: 300, within: 0.12 });
  assert.deepEqual(joined.discrimination, before.discrimination);
});

test('irt: explains how hard the query is, and for whom it is not', async () => {
  const train = world({ rows: 200, models: 3 });
  const params = router.params.parse({});
  const state = await router.fit(train, params, quietContext(0));
  const one = { queries: [train.queries[0]!], features: selectRows(train.features, [0]) };
  assert.match(
    router.explain!(one, state, params, ['a', 'b', 'c'])[0]!,
    /^A model of middling ability would answer it correctly with \d+ %; [abc] with \d+ %\.$/,
  );
});
