import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { Policy } from '../core/policy.ts';
import { at, fromRows, matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { calibration, choiceEntropy } from './calibration.ts';
import { curveReference, curveStatistic, pointsOf, singlesSweep, sweep } from './curve.ts';

/** Quality less lambda times cost over a few lambdas: enough of a policy to trace a curve. */
const policy: Policy<{ lambda: number }> = {
  name: 'test',
  summary: '',
  params: z.object({ lambda: z.number().default(0) }) as never,
  utility: ({ quality, cost }, { lambda }) => {
    const out = matrix(quality.rows, quality.cols);
    for (let i = 0; i < out.data.length; i++) out.data[i] = quality.data[i]! - lambda * cost!.data[i]!;
    return out;
  },
  sweep: () => [0, 0.05, 0.2, 1, 5].map((lambda) => ({ lambda })),
  parameter: ({ lambda }) => lambda,
};

const random = rng('curve');
const rows = Array.from({ length: 40 }, () => [random.next(), random.next(), random.next()]);
const observed = { quality: fromRows(rows), cost: fromRows(rows.map(() => [1, 2 + random.next(), 5])) };
const forecasts = {
  models: ['a', 'b', 'c'],
  quality: fromRows(rows.map((r) => r.map((q) => q + 0.3 * random.normal()))),
  cost: observed.cost,
};

test('sweep: the means over changes are the means over rows', () => {
  const weights = Uint16Array.from({ length: 40 }, (_, i) => i % 3);
  const points = pointsOf(sweep(forecasts, policy, observed), weights);
  policy.sweep(forecasts, { lambda: 0 }).forEach((params, j) => {
    let [q, c, n] = [0, 0, 0];
    const utility = policy.utility(forecasts, params);
    for (let i = 0; i < 40; i++) {
      const best = [0, 1, 2].reduce((a, b) => (at(utility, i, b) > at(utility, i, a) ? b : a));
      q += weights[i]! * at(observed.quality, i, best);
      c += weights[i]! * at(observed.cost, i, best);
      n += weights[i]!;
    }
    assert.ok(Math.abs(points[j]!.quality - q / n) < 1e-9 && Math.abs(points[j]!.cost - c / n) < 1e-9);
  });
});

test('curve statistic: the single models against themselves gain nothing', () => {
  const singles = singlesSweep(observed);
  const best = { quality: Float64Array.from(rows, (r) => r[2]!), cost: new Float64Array(40).fill(5) };
  const [aiq, lift, at95] = curveStatistic(singles, curveReference(singles, best))(
    new Uint16Array(40).fill(1),
    0,
  );
  assert.ok(aiq! > 0 && Math.abs(lift!) < 1e-12);
  assert.ok(at95! <= 1);
});

test('calibration: Brier and ECE by hand; a model never observed has none', () => {
  const predicted = fromRows([[0.2], [0.8], [0.8], [0.8]]);
  const truth = fromRows([[0], [1], [1], [0]]);
  const { brier, ece } = calibration(predicted, truth, 0);
  assert.ok(Math.abs(brier - (0.04 + 0.04 + 0.04 + 0.64) / 4) < 1e-12);
  assert.ok(ece > 0 && ece < 1);
  assert.ok(
    Number.isNaN(
      calibration(predicted, fromRows([[Number.NaN], [Number.NaN], [Number.NaN], [Number.NaN]]), 0).brier,
    ),
  );
});

test('entropy of choices in bits', () => {
  assert.equal(choiceEntropy([1, 0]), 0);
  assert.equal(choiceEntropy([0.5, 0.5, 0]), 1);
});
