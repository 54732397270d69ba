import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ranking } from '../core/choice.ts';
import type { Forecasts, PolicyTraining } from '../core/policy.ts';
import { clopperPearsonUpper } from '../math/distributions.ts';
import { fromRows, matrix } from '../math/matrix.ts';
import { type Rng, rng } from '../math/rng.ts';
import { conformal } from './conformal.ts';

const given = { alpha: 0.1, delta: 0.05, violation: 'lost' } as const;

/** The chance of a violation at a predicted gain in [0, 1]. */
type Risk = (gain: number) => number;

const draws = 200;

/** The weak model is wrong and the strong one right with the chance that `risk` says, else both are right. */
function made(rows: number, risk: Risk, random: Rng): PolicyTraining {
  const [quality, observed] = [matrix(rows, 2), matrix(rows, 2, 1)];
  for (let i = 0; i < rows; i++) {
    const gain = random.next();
    quality.data[i * 2 + 1] = gain;
    if (random.next() < risk(gain)) observed.data[i * 2] = 0;
  }
  const forecasts: Forecasts = { models: ['weak', 'strong'], quality, weak: 0, strong: 1 };
  return { forecasts, quality: observed, means: Float64Array.of(0.5, 1) };
}

/** The greatest gain at which the weak model is still taken, to a thousandth; 0 where it never is. */
function reach(train: PolicyTraining, params: Parameters<typeof conformal.utility>[1] = given): number {
  const gains = Array.from({ length: 1000 }, (_, i) => [0, i / 1000]);
  const forecasts = { ...train.forecasts, quality: fromRows(gains) };
  const utility = conformal.utility(forecasts, params, conformal.fit!(train, params));
  const weak = gains.filter((_, i) => ranking(utility, i)[0] === 0).length;
  return weak / 1000;
}

/** True share of violations below a gain. */
function shareBelow(risk: Risk, gain: number): number {
  let sum = 0;
  for (let i = 0; i < 1000; i++) sum += risk(((i + 0.5) / 1000) * gain);
  return sum / 1000;
}

function exceeded(risk: Risk, rows: number): { share: number; used: number } {
  let [bad, used] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const to = reach(made(rows, risk, rng(`conformal/${draw}`)));
    if (to > 0 && shareBelow(risk, to) > given.alpha + 1e-3) bad++;
    used += to / draws;
  }
  return { share: bad / draws, used };
}

test('conformal: in made worlds the share of violations among the routed is exceeded in no more than delta of draws', () => {
  // Allowed: delta and three standard errors.
  const most = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / draws);
  for (const rows of [300, 1000]) {
    const growing = exceeded((gain) => 0.4 * gain, rows);
    assert.ok(growing.share <= most, `growing, ${rows}: ${growing.share}`);
    assert.ok(growing.used > rows / 5000, `growing, ${rows}: ${growing.used} used`);
  }
  const steep = exceeded((gain) => (gain < 0.5 ? 0.02 : 0.5), 300);
  assert.ok(steep.share <= most && steep.used > 0.3, `${steep.share} ${steep.used}`);
  // Exactly at alpha everywhere, and a router that knows nothing above it.
  assert.equal(exceeded(() => 0.101, 300).share <= most, true);
  // Violations that come and go as the gate opens.
  const waves = exceeded((gain) => 0.1 + 0.09 * Math.sin(25 * gain), 300);
  assert.ok(waves.share <= most, `waves: ${waves.share}`);
});

test('conformal: where nothing is risky all goes to the weak model; where the strictest threshold fails, nothing', () => {
  assert.equal(
    reach(
      made(1000, () => 0, rng(1)),
      { ...given, alpha: 0.05 },
    ),
    1,
  );
  // Safe but for the tenth of least predicted gain: the first failure is the last.
  assert.equal(
    reach(
      made(1000, (gain) => (gain < 0.1 ? 0.9 : 0), rng(1)),
      { ...given, alpha: 0.3 },
    ),
    0,
  );
  assert.equal(
    reach(
      made(20, () => 0, rng(1)),
      { ...given, alpha: 0.05 },
    ),
    0,
  );
});

test('conformal: routes up to the threshold that its bound allows', () => {
  const train = made(2000, (gain) => 0.4 * gain, rng('one'));
  const state = conformal.fit!(train, given);
  const bounds = Array.from(state.routed, (n, t) => clopperPearsonUpper(state.violations[t]!, n, 0.05));
  const passed = bounds.findIndex((bound) => bound > given.alpha);
  assert.ok(passed > 0);
  assert.ok(Math.abs(reach(train) - state.thresholds[passed - 1]!) <= 1e-3);
  assert.ok(reach(train, { ...given, alpha: 0.05 }) < reach(train));
  assert.equal(reach(train, { ...given, alpha: 1 }), 1);
});

test('conformal: what counts as a violation', () => {
  const train = made(400, () => 0, rng('both'));
  // Both wrong on every other row: nothing is lost by the weak model.
  train.quality.data.forEach((_, cell, data) => {
    if (cell % 4 < 2) data[cell] = 0;
  });
  assert.equal(reach(train), 1);
  assert.equal(reach(train, { ...given, violation: 'wrong' }), 0);
});

test('conformal: where a wrong answer is a violation the gate goes by what the weak model is expected to do', () => {
  const random = rng('weak');
  const train = made(2000, () => 0, random);
  // The strong model's gain says nothing: both are better where the weak one is expected to be right.
  for (let i = 0; i < 2000; i++) {
    const weak = random.next();
    train.forecasts.quality.data.set([weak, weak + 0.1 * random.next()], i * 2);
    train.quality.data.fill(random.next() < weak ? 1 : 0, i * 2, i * 2 + 2);
  }
  const params = { ...given, violation: 'wrong' } as const;
  const utility = conformal.utility(train.forecasts, params, conformal.fit!(train, params));
  const routed = Array.from({ length: 2000 }, (_, i) => i).filter((i) => ranking(utility, i)[0] === 0);
  assert.ok(routed.length > 100);
  assert.ok(routed.every((i) => train.forecasts.quality.data[i * 2]! > 0.7));
});

test('conformal: a masked weak model is never taken, a masked strong one never waited for', () => {
  const state = conformal.fit!(
    made(400, () => 0, rng('masks')),
    given,
  );
  const forecasts = {
    models: ['weak', 'strong', 'other'],
    quality: fromRows([
      [-1, 0.1, 0.9],
      [0.1, -1, 0.9],
      [-1, -1, 0.9],
    ]),
    weak: 0,
    strong: 1,
  };
  const utility = conformal.utility(forecasts, given, state);
  assert.deepEqual(
    [0, 1, 2].map((i) => ranking(utility, i)[0]),
    [1, 0, 2],
  );
});
