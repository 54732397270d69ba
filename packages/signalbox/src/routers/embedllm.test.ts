import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, fromRows, matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { world } from './contract.ts';
import { embedllm as router } from './embedllm.ts';
import { joinsNearly } from './newcomer.fixture.ts';
import { cellLoss } from './shared/cell-descent.ts';
import { type FactorWeights, factorGradients, factorScores } from './shared/embedllm-scores.ts';

const random = rng('embedllm');
const normal = (rows: number, cols: number): FactorWeights['projection'] => {
  const out = matrix(rows, cols);
  for (let c = 0; c < out.data.length; c++) out.data[c] = random.normal();
  return out;
};
const weights: FactorWeights = {
  projection: normal(3, 5),
  shift: normal(1, 3).data,
  vectors: normal(4, 3),
  mix: normal(1, 3).data,
  bias: normal(1, 1).data,
};

test('embedllm: gradients are those of finite differences', () => {
  const x = normal(6, 5);
  const outcomes = matrix(6, 4);
  for (let c = 0; c < 24; c++) outcomes.data[c] = Math.round(4 * random.next()) / 4;
  outcomes.data[5] = Number.NaN;
  const { slopes } = factorGradients(weights, x, outcomes);
  const { projection, shift, vectors, mix, bias } = weights;
  for (const [k, data] of [projection.data, shift, vectors.data, mix, bias].entries()) {
    data.forEach((value, c) => {
      const losses = [1e-5, -1e-5].map((step) => {
        data[c] = value + step;
        return factorGradients(weights, x, outcomes).loss;
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

test('embedllm: log odds are mix . (p o (W x + w)) + bias, and two outputs would lose the same', () => {
  const own: FactorWeights = {
    projection: fromRows([
      [1, 2],
      [0, 1],
    ]),
    shift: Float64Array.of(1, 0),
    vectors: fromRows([[3, 4]]),
    mix: Float64Array.of(1, -2),
    bias: Float64Array.of(0.5),
  };
  // W x + w = (4, 1).
  const scores = factorScores(own, fromRows([[1, 1]]));
  assert.ok(Math.abs(at(scores, 0, 0) - (12 - 8 + 0.5)) < 1e-12);
  const [right, wrong] = [0.7, -0.4];
  const { loss } = cellLoss(fromRows([[right - wrong]]), fromRows([[1]]));
  assert.ok(Math.abs(loss + Math.log(Math.exp(right) / (Math.exp(right) + Math.exp(wrong)))) < 1e-12);
});

test('embedllm: who joins by half of its answers is predicted nearly as one trained on', async () => {
  const params = router.params.parse({ dimensions: 32 });
  const whole = world({ rows: 600, models: 5 });
  const { before, joined } = await joinsNearly(router, { whole, params, answers: 300, within: 0.12 });
  assert.deepEqual(joined.projection, before.projection);
});
