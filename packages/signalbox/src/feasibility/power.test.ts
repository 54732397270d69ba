import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows, matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { certify } from './guarantee.ts';
import { near } from './outcomes.fixture.ts';
import { powerOf, rowsForPower, rowsRange, rowsToCertify } from './power.ts';

test('rows for the paired test: a table that is known', () => {
  const effects = [0.005, 0.01, 0.02, 0.03, 0.05];
  const known = new Map([
    [0.03, [9417, 2353, 587, 260]],
    [0.05, [15696, 3923, 979, 434, 155]],
    [0.1, [31394, 7847, 1960, 870, 312]],
    [0.2, [62789, 15696, 3923, 1742, 626]],
    [0.3, [94185, 23545, 5885, 2614, 940]],
  ]);
  for (const [discordance, rows] of known)
    rows.forEach((expected, i) => {
      near(rowsForPower({ discordance, effect: effects[i]! }), expected, 1.5);
    });
});

test('power at the rows that are needed is .8, at half of them less, without an effect none', () => {
  const paired = { discordance: 0.12, effect: 0.015 };
  near(powerOf(paired, rowsForPower(paired)), 0.8, 1e-9);
  assert.ok(powerOf(paired, rowsForPower(paired) / 2) < 0.55);
  near(powerOf({ discordance: 0.12, effect: 0 }, 5000), 0.025, 1e-9);
  assert.equal(rowsForPower({ discordance: 0.12, effect: 0 }), Number.POSITIVE_INFINITY);
  assert.equal(powerOf({ discordance: 1, effect: 1 }, 10), 1);
});

test('power: as drawn', () => {
  const random = rng('power');
  let seen = 0;
  for (let run = 0; run < 1000; run++) {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < 980; i++) {
      const u = random.next();
      const d = u < 0.035 ? 1 : u < 0.05 ? -1 : 0;
      sum += d;
      squares += d * d;
    }
    if (sum / Math.sqrt(squares) > 1.96) seen++;
  }
  near(seen / 1000, powerOf({ discordance: 0.05, effect: 0.02 }, 980), 0.04);
});

test('a range from the interval of the discordance', () => {
  const found = rowsRange({ value: 0.1, low: 0.05, high: 0.2, n: 400 }, 0.01);
  assert.deepEqual(found, [3923, 15696]);
  assert.equal(rowsRange({ value: Number.NaN, low: Number.NaN, high: Number.NaN, n: 0 }, 0.01), null);
  assert.equal(rowsRange({ value: 0.1, low: 0.05, high: 0.2, n: 400 }, 0), null);
});

test('rows to certify: at so many, a good part of draws passes; at a fifth, few', () => {
  const random = rng('certify');
  const draw = (rows: number) => {
    const losses = matrix(rows, 2);
    for (let i = 0; i < rows; i++) {
      const u = random.next();
      losses.data[2 * i + 1] = u < 0.05 ? 1 : u < 0.09 ? -1 : 0;
    }
    return losses;
  };
  const at = { epsilon: 0.03, delta: 0.05 };
  const needed = rowsToCertify({ losses: draw(40_000), until: 1, ...at })!;
  assert.ok(needed > 1000 && needed < 4000, `${needed}`);
  const passing = (rows: number): number => {
    let passed = 0;
    for (let run = 0; run < 200; run++)
      if (certify({ losses: draw(rows), ...at, seed: run, safe: 1 }).index === 1) passed++;
    return passed / 200;
  };
  assert.ok(passing(needed) > 0.6, `${passing(needed)}`);
  assert.ok(passing(Math.round(needed / 5)) < 0.35);
});

test('rows to certify: null beyond epsilon, and never below what a bounded bet allows', () => {
  assert.equal(rowsToCertify({ losses: fromRows([[0, 1]]), until: 1, epsilon: 0.05, delta: 0.05 }), null);
  const still = rowsToCertify({ losses: fromRows([[0], [0]]), until: 0, epsilon: 0.05, delta: 0.05 })!;
  const pass = (rows: number): number =>
    certify({ losses: matrix(rows, 1), epsilon: 0.05, delta: 0.05, seed: 0 }).index;
  assert.equal(pass(Math.ceil(still * 1.05)), 0);
  assert.equal(pass(Math.floor(still * 0.5)), -1);
});
