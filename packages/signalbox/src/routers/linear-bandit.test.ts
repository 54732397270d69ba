import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Feedback, Training } from '../core/router.ts';
import { choleskyShifted, choleskySolve } from '../math/cholesky.ts';
import { at, column, type Matrix, matrix, row, selectRows } from '../math/matrix.ts';
import { mean } from '../math/order.ts';
import { close } from '../math/reference.fixture.ts';
import { rng } from '../math/rng.ts';
import { quietContext, world } from './contract.ts';
import { linucb } from './linucb.ts';
import { type BanditState, contexts } from './shared/linear-bandit.ts';
import { thompson } from './thompson.ts';

const train = world({ rows: 240, models: 3 });
const params = linucb.params.parse({});
const cold = linucb.params.parse({ priorAnswers: 0 });
const fit = (given: typeof params): BanditState => linucb.fit(train, given, quietContext(0)) as BanditState;

function answer(i: number, model: number, from: Training = train): Feedback {
  return {
    input: { queries: [from.queries[i]!], features: selectRows(from.features, [i]) },
    model,
    quality: at(from.table.quality, i, model),
    cost: at(from.table.cost!, i, model),
  };
}

test('linear bandit: without forgetting, answers one by one are the ridge regression on all of them', () => {
  const given = { ...cold, forgetting: 1 };
  let state = fit(given);
  for (let i = 0; i < 100; i++) state = linucb.update!(answer(i, 1), state, given);
  const x = contexts(
    state.axes,
    selectRows(
      train.features,
      Int32Array.from({ length: 100 }, (_, i) => i),
    ),
  );
  const products = matrix(x.cols, x.cols);
  const sums = matrix(x.cols, 1);
  for (let i = 0; i < 100; i++)
    for (let a = 0; a < x.cols; a++) {
      sums.data[a]! += at(x, i, a) * at(train.table.quality, i, 1);
      for (let b = 0; b < x.cols; b++) products.data[a * x.cols + b]! += at(x, i, a) * at(x, i, b);
    }
  const identity = matrix(x.cols, x.cols);
  for (let a = 0; a < x.cols; a++) identity.data[a * x.cols + a] = 1;
  const factor = choleskyShifted(products, given.ridge);
  close(state.arms[1]!.coefficients, choleskySolve(factor, sums).data, 1e-9);
  close(state.arms[1]!.covariance.data, choleskySolve(factor, identity).data, 1e-9);
  // The others know nothing yet.
  assert.deepEqual(state.arms[0], fit(given).arms[0]);
  assert.equal(state.answers[1], 100);
});

test('linear bandit: with forgetting, an answer weighs as much as it is young', () => {
  const given = { ...cold, forgetting: 0.95, ridge: 1e-3 };
  // The world turns: the model is right in the first half and wrong in the second.
  let state = fit(given);
  const turned = (i: number): Feedback => ({ ...answer(i % 240, 0), quality: i < 200 ? 1 : 0 });
  for (let i = 0; i < 200; i++) state = linucb.update!(turned(i), state, given);
  const before = mean(column(expected(state), 0));
  for (let i = 200; i < 300; i++) state = linucb.update!(turned(i), state, given);
  const after = mean(column(expected(state), 0));
  assert.ok(before > 0.95 && after < 0.05, `${before} ${after}`);
});

test('linear bandit: a direction that is never asked about stays finite, however long the service', () => {
  let state = fit(params);
  const before = structuredClone(state);
  const first = state;
  for (let i = 0; i < 20_000; i++) state = linucb.update!(answer(0, 2), state, params);
  assert.deepEqual(first, before, 'the state that was given is left alone');
  const { covariance } = state.arms[2]!;
  for (let j = 0; j < covariance.cols; j++) {
    const own = at(covariance, j, j);
    assert.ok(own > 0 && own < 1.01 / (params.ridge * params.forgetting), `${j}: ${own}`);
  }
});

test('linear bandit: the table is a prior worth its answers, and no more than it has', () => {
  const width = (priorAnswers: number): number => {
    const { arms, axes } = fit({ ...params, priorAnswers });
    const z = row(contexts(axes, selectRows(train.features, [3])), 0);
    let sum = 0;
    for (let i = 0; i < z.length; i++)
      for (let j = 0; j < z.length; j++) sum += z[i]! * z[j]! * at(arms[0]!.covariance, i, j);
    return sum;
  };
  assert.ok(width(0) > 5 * width(20) && width(20) > 5 * width(200));
  assert.equal(width(240), width(100_000));
  const means = (priorAnswers: number): Matrix => expected(fit({ ...params, priorAnswers }));
  close(means(20).data, means(200).data, 1e-12);
  assert.ok(means(0).data.every((value) => value === 0));
});

test('linear bandit: a model that joins the table unobserved is as good as the others are, and unsure', () => {
  const unseen = { ...train, table: { ...train.table, quality: { ...train.table.quality } } };
  unseen.table.quality.data = train.table.quality.data.map((value, c) => (c % 3 === 2 ? Number.NaN : value));
  const state = linucb.fit(unseen, params, quietContext(0)) as BanditState;
  const means = expected(state);
  for (let i = 0; i < 5; i++) close([at(means, i, 2)], [(at(means, i, 0) + at(means, i, 1)) / 2], 1e-9);
  const share = linucb.propensities!(train, state, params, quietContext(0));
  assert.ok(mean(column(share, 2)) > 0.5);
});

for (const router of [linucb, thompson]) {
  const given = router.params.parse({}) as typeof params & Parameters<typeof thompson.update & object>[2];
  const propensities = (state: BanditState, more: object = {}): Matrix =>
    router.propensities!(train, state, { ...given, ...more }, quietContext(0));

  test(`${router.name}: propensities sum to one, none below its share of epsilon`, () => {
    for (const state of [fit(params), fit(cold)]) {
      const share = propensities(state, { epsilon: 0.1 });
      for (let i = 0; i < share.rows; i++) {
        assert.ok(Math.abs(mean(row(share, i)) * 3 - 1) < 1e-9);
        assert.ok(row(share, i).every((x) => x >= 0.1 / 3 - 1e-12));
      }
    }
  });

  test(`${router.name}: a price moves the choice to the cheap model`, () => {
    const state = fit(params);
    assert.ok(mean(column(propensities(state, { lambda: 1e5 }), 0)) > 0.98);
    assert.ok(mean(column(propensities(state), 0)) < 0.7);
  });

  test(`${router.name}: from a cold start it learns by its own choices who does better where`, () => {
    const long = world({ rows: 1500, models: 3 });
    let state = router.fit(long, { ...given, priorAnswers: 0 }, quietContext(0)) as BanditState;
    const random = rng(`bandit/${router.name}`);
    const right: number[] = [];
    for (let i = 0; i < 1500; i++) {
      const input = answer(i, 0, long).input;
      const chances = router.propensities!(input, state, given, quietContext(0)).data;
      let [u, model] = [random.next(), 0];
      while (model < 2 && u >= chances[model]!) u -= chances[model++]!;
      state = router.update!(answer(i, model, long), state, given);
      right.push(model % 2 === i % 2 ? 1 : 0);
    }
    assert.ok(mean(right.slice(1000)) > 0.9, `${mean(right.slice(1000))}`);
    assert.ok(state.costs.every((cost, m) => Math.abs(cost - 0.001 * (1 + m)) < 1e-9));
  });
}

test('linucb: predictions are expectations; the variant adds the bonus', () => {
  const state = fit(params);
  const hoped = linucb.predict(train, state, { ...params, optimistic: true }, quietContext(0));
  const plain = expected(state);
  const { quality } = hoped as { quality: Matrix };
  assert.ok(quality.data.every((value, c) => value > plain.data[c]!));
});

function expected(state: BanditState): Matrix {
  return (linucb.predict(train, state, params, quietContext(0)) as { quality: Matrix }).quality;
}
