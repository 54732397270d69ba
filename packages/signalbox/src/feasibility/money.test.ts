import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from './money.ts';

const now = { value: 0.004, low: 0.0038, high: 0.0042, n: 900 };
const routed = { value: 0.0025, low: 0.0023, high: 0.0027, n: 900 };

test('dollars a month, the router included, and when the labels have paid for themselves', () => {
  const found = money({ volume: 1e6, now, routed, routerCost: 100, labellingCost: 2800 });
  assert.equal(found.now!.value, 4000);
  assert.deepEqual(
    Object.values(found.with!).map((x) => Math.round(x)),
    [2600, 2400, 2800, 900],
  );
  assert.ok(Math.abs(found.breakEvenMonths! - 2) < 1e-9);
});

test('without costs of its own it pays at once; where nothing is saved it never does', () => {
  assert.equal(money({ volume: 1000, now, routed }).breakEvenMonths, 0);
  assert.equal(money({ volume: 1000, now: routed, routed: now }).breakEvenMonths, null);
  assert.equal(money({ volume: 1000, now, routed, routerCost: 50 }).breakEvenMonths, null);
  assert.equal(money({ volume: 0, now, routed }).breakEvenMonths, null);
});

test('what is unknown stays unknown', () => {
  const found = money({ volume: 1000, now: null, routed, labellingCost: 10 });
  assert.deepEqual([found.now, found.breakEvenMonths, found.with!.value], [null, null, 2.5]);
  assert.deepEqual(
    [
      money({ volume: 1000, now, routed: null }).with,
      money({ volume: 1000, now, routed: null }).breakEvenMonths,
    ],
    [null, null],
  );
});

test('a volume or cost that is none is refused', () => {
  assert.throws(() => money({ volume: Number.NaN, now, routed }), /volume is NaN/);
  assert.throws(() => money({ volume: 1, now, routed, routerCost: -1 }), /routerCost is -1/);
});
