import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as numbers from './numbers.ts';

test('minus is a minus, and what rounds to zero has no sign', () => {
  assert.equal(numbers.fixed(-1.26, 1), '−1.3');
  assert.equal(numbers.fixed(-0.04, 1), '0.0');
  assert.equal(numbers.signed(0.04, 1), '0.0');
  assert.equal(numbers.points(0.012, 1), '+1.2');
  assert.equal(numbers.points(-0.001, 1), '−0.1');
});

test('decimals follow the interval: its half-width keeps two significant figures', () => {
  assert.equal(numbers.decimalsFor(12), 0);
  assert.equal(numbers.decimalsFor(1.2), 1);
  assert.equal(numbers.decimalsFor(0.45), 2);
  assert.equal(numbers.decimalsFor(0.0001), 3);
  assert.equal(numbers.decimalsFor(0), 1);
  assert.equal(numbers.decimalsFor(Number.NaN), 1);
});

test('a column has the decimals of its median interval, at least those asked for', () => {
  const halves = [0.012, 0.0045, 0.2].map((half) => ({ low: 0.5 - half, high: 0.5 + half }));
  assert.equal(numbers.columnDecimals(halves), 1);
  assert.equal(numbers.columnDecimals(halves, 2), 2);
  assert.equal(numbers.columnDecimals([]), 1);
});

test('dollars show three figures of the median and align', () => {
  assert.equal(numbers.moneyDecimals([0.42, 0.61, 3]), 3);
  assert.equal(numbers.moneyDecimals([4200, 6100]), 0);
  assert.equal(numbers.moneyDecimals([0.037, 37, 42]), 2);
  assert.equal(numbers.moneyDecimals([0]), 2);
  assert.equal(numbers.moneyDecimals([1e-12]), 6);
});

test('durations take the unit that suits them and never show 60', () => {
  const plain = (seconds: number): string => numbers.duration(seconds).replaceAll(numbers.nbsp, ' ');
  assert.equal(plain(0), '0 s');
  assert.equal(plain(0.0042), '4.2 ms');
  assert.equal(plain(0.42), '420 ms');
  assert.equal(plain(4.25), '4.3 s');
  assert.equal(plain(59.6), '1 min 00 s');
  assert.equal(plain(3599.7), '1 h 00 min');
  assert.equal(plain(7800), '2 h 10 min');
});

test('p, counts and brackets', () => {
  assert.deepEqual([0.0004, 0.012, 0.5].map(numbers.pValue), ['<0.001', '0.012', '0.50']);
  assert.equal(numbers.count(9408), '9,408');
  assert.equal(numbers.counted(1, 'query', 'queries'), '1\u00a0query');
  assert.equal(
    numbers.bracket({ low: -0.004, high: 0.003 }, (x) => numbers.percent(x, 1)),
    '[−0.4, 0.3]',
  );
});
