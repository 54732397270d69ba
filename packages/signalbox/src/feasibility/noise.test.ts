import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needs } from '../datasets/tables.fixture.ts';
import { fromRows, type Matrix, matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { type Noise, noise } from './noise.ts';
import { designOf, drawOutcomes, near, realTable } from './outcomes.fixture.ts';
import type { Outcomes } from './outcomes.ts';

const name = (m: number): string => `m${m}`;
const of = (outcomes: Outcomes, more: { cost?: Matrix; draws?: number } = {}) =>
  noise({
    outcomes,
    models: Array.from({ length: outcomes.quality.cols }, (_, m) => name(m)),
    design: designOf(new Array<string>(outcomes.quality.rows).fill('all'), more.draws),
    primary: 'quality',
    cost: more.cost,
  });

test('flip rate and reliability, by hand and on average over worlds', () => {
  // One of two right: two runs differ with certainty as seen; 2 x .5 x .5 x 2 / 1 = 1.
  const got = of({ quality: fromRows([[0.5], [1], [0], [0.5]]), k: matrix(4, 1, 2) }).noise;
  assert.equal(got.flipRate['m0'], 0.5);
  near(got.reliability['m0']!, 1 - 0.5 / ((2 * 0.25 * 4) / 3), 1e-12);
  assert.deepEqual(got.repeats, [2, 2]);

  // p uniform: E[2 p (1 - p)] = 1/3, the variance of one outcome 1/4, of p 1/12.
  const random = rng('uniform');
  const p = Float64Array.from({ length: 6000 }, () => random.next());
  const drawn = drawOutcomes((i) => p[i]!, { rows: 6000, models: 1, k: 2, seed: 'flips' });
  const { flipRate, reliability } = of(drawn, { draws: 50 }).noise;
  near(flipRate['m0']!, 1 / 3, 0.02);
  near(reliability['m0']!, 1 / 3, 0.04);
});

test('samples and their means give the same flip rate; graded samples count as right above .5', () => {
  const shape = { rows: 80, models: 2, k: 4, seed: 'same' };
  const flips = (samples: boolean): Noise['flipRate'] =>
    of(drawOutcomes((i) => (i % 5) / 4, { ...shape, samples })).noise.flipRate;
  assert.deepEqual(flips(true), flips(false));
  const samples = [fromRows([[0.9], [0.2]]), fromRows([[0.4], [0.3]])];
  const graded = of({ quality: fromRows([[0.65], [0.25]]), k: matrix(2, 1, 2), samples });
  assert.equal(graded.noise.flipRate['m0'], 0.5);
});

test('one sample a query: no flip rate, and repeats are asked for', () => {
  const { noise: got, flags } = of(drawOutcomes(() => 0.5, { rows: 500, models: 2, k: 1, seed: 'one' }));
  assert.deepEqual(
    [got.flipRate, got.reliability],
    [
      { m0: null, m1: null },
      { m0: null, m1: null },
    ],
  );
  assert.equal(flags[0]!.code, 'too-few-repeats');
  assert.match(flags[0]!.message, /^Every model answered .* at least twice on 300 of these queries/);
  assert.deepEqual(of(drawOutcomes(() => 0.5, { rows: 50, models: 2, k: 2, seed: 'two' })).flags, []);
});

test('the best model is in the set of co-best ones in 95 of 100 worlds, and worse ones are not kept', () => {
  const worlds = 120;
  let [kept, size] = [0, 0];
  for (let w = 0; w < worlds; w++) {
    const outcomes = drawOutcomes((_, m) => [0.7, 0.69, 0.69, 0.68, 0.4][m]!, {
      rows: 300,
      models: 5,
      k: 1,
      seed: `best/${w}`,
    });
    const { coBest, bestProbability } = of(outcomes, { draws: 300 }).noise;
    kept += coBest.includes('m0') ? 1 : 0;
    size += coBest.length / worlds;
    assert.ok(!coBest.includes('m4'));
    near(
      Object.values(bestProbability).reduce((a, b) => a + b, 0),
      1,
      1e-9,
    );
  }
  assert.ok(kept >= 0.93 * worlds - 3, `${kept} of ${worlds}`);
  assert.ok(size > 3, `${size}`);
});

test('the incumbent is the cheapest of the co-best, unless a cost is unknown', () => {
  const outcomes = drawOutcomes((_, m) => [0.7, 0.7, 0.2][m]!, { rows: 400, models: 3, k: 1, seed: 'cheap' });
  const costs = (second: number): Matrix =>
    fromRows(Array.from({ length: 400 }, () => [0.02, second, 0.001]));
  assert.deepEqual(new Set(of(outcomes).noise.coBest), new Set(['m0', 'm1']));
  assert.equal(of(outcomes, { cost: costs(0.01) }).noise.incumbent, 'm1');
  assert.equal(of(outcomes, { cost: costs(0.03) }).noise.incumbent, 'm0');
  assert.equal(of(outcomes, { cost: costs(Number.NaN) }).noise.incumbent, null);
  assert.equal(of(outcomes).noise.incumbent, null);
});

test('models equal on every row share the best place', () => {
  const quality = fromRows([
    [1, 1, 0],
    [0, 0, 0],
    [1, 1, 1],
  ]);
  const { coBest, bestProbability } = of({ quality, k: matrix(3, 3, 1) }).noise;
  assert.deepEqual(coBest.slice(0, 2), ['m0', 'm1']);
  assert.equal(bestProbability['m0'], bestProbability['m1']);
});

describe("RouterDC's GSM8K test rows", needs('routerdc/gsm8k-test.json'), () => {
  test('ten samples: much of what single answers show is luck', async () => {
    const { table, design } = await realTable('routerdc/gsm8k-test.json');
    const models = table.models.map(({ id }) => id);
    const got = noise({ outcomes: table, models, design, primary: 'quality' });
    assert.deepEqual(got.noise.repeats, [10, 10]);
    near(got.noise.flipRate['meta-math/MetaMath-Mistral-7B']!, 0.099, 0.001);
    for (const id of models) {
      assert.ok(got.noise.flipRate[id]! < 0.25);
      assert.ok(got.noise.reliability[id]! > 0.5 && got.noise.reliability[id]! < 0.8);
    }
    assert.deepEqual(got.noise.coBest, [
      'cognitivecomputations/dolphin-2.9-llama3-8b',
      'meta-math/MetaMath-Mistral-7B',
    ]);
    assert.deepEqual(got.flags, []);
  });
});
