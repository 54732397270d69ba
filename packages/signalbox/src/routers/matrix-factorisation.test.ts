import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, fromRows, matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { quietContext, world } from './contract.ts';
import { matrixFactorisation as router } from './matrix-factorisation.ts';
import { type PairWeights, pairGradients, pairLoss, pairScores } from './pair-scores.ts';

const random = rng('matrix-factorisation');
const normal = (rows: number, cols: number): PairWeights['projection'] => {
  const out = matrix(rows, cols);
  for (let c = 0; c < out.data.length; c++) out.data[c] = random.normal();
  return out;
};

test('matrix-factorisation: gradients are those of finite differences', () => {
  const weights = { projection: normal(3, 5), vectors: normal(4, 3), mix: normal(1, 3).data };
  const x = normal(6, 5);
  const outcomes = matrix(6, 4);
  for (let c = 0; c < 24; c++) outcomes.data[c] = Math.round(4 * random.next()) / 4;
  outcomes.data[5] = Number.NaN;
  const found = pairGradients(weights, x, outcomes);
  const parts = { projection: weights.projection.data, vectors: weights.vectors.data, mix: weights.mix };
  for (const name of ['projection', 'vectors', 'mix'] as const) {
    const data = parts[name];
    data.forEach((value, c) => {
      const losses = [1e-5, -1e-5].map((step) => {
        data[c] = value + step;
        return pairGradients(weights, x, outcomes).loss;
      });
      data[c] = value;
      const slope = (losses[0]! - losses[1]!) / 2e-5;
      assert.ok(
        Math.abs(slope - found[name][c]!) < 1e-6 * (1 + Math.abs(slope)),
        `${name} ${c}: ${slope}, not ${found[name][c]}`,
      );
    });
  }
});

test('matrix-factorisation: a score is mix . (v / |v| o W x)', () => {
  const weights = {
    projection: fromRows([
      [1, 2],
      [0, 1],
    ]),
    vectors: fromRows([
      [3, 4],
      [0, 2],
    ]),
    mix: Float64Array.of(1, -2),
  };
  const scores = pairScores(weights, fromRows([[1, 1]]));
  // W x = (3, 1); v = (.6, .8) and (0, 1).
  assert.ok(Math.abs(at(scores, 0, 0) - (0.6 * 3 - 2 * 0.8)) < 1e-12);
  assert.ok(Math.abs(at(scores, 0, 1) + 2) < 1e-12);
});

test('matrix-factorisation: ties and unobserved pairs weigh nothing, others as outcomes differ', () => {
  const scores = fromRows([
    [1, 0, 5],
    [0, 2, 9],
  ]);
  const outcomes = fromRows([
    [1, 1, Number.NaN],
    [0.5, 0, Number.NaN],
  ]);
  const { loss } = pairLoss(scores, outcomes);
  assert.ok(Math.abs(loss - Math.log(1 + Math.exp(2))) < 1e-12);
  assert.equal(
    pairLoss(
      scores,
      fromRows([
        [1, 1, 1],
        [0, 0, 0],
      ]),
    ).loss,
    0,
  );
});

test('matrix-factorisation: learns which of two models wins where, in probabilities that are about right', async () => {
  const train = world({ rows: 1000, models: 2 });
  const params = router.params.parse({ noise: 0, rate: 0.003 });
  const state = await router.fit(train, params, quietContext(0));
  const { quality } = await router.predict(train, state, params, quietContext(0));
  const gain = (group: number): number => {
    let sum = 0;
    for (let i = group; i < 1000; i += 2) sum += at(quality, i, 0) - at(quality, i, 1);
    return sum / 500;
  };
  // Of 0.9 and 0.4: the first wins 0.54, loses 0.04.
  assert.ok(Math.abs(gain(0) - 0.5) < 0.12 && Math.abs(gain(1) + 0.5) < 0.12, `${gain(0)} ${gain(1)}`);
});
