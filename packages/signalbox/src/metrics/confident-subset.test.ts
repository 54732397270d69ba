import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../math/matrix.ts';
import { confidentPanel, sizeWithin, subsetRules } from './confident-subset.ts';

const given = {
  confidence: fromRows([
    [0.3, 0.9, 0.6, 0.7],
    [0.3, 0.2, 0.4, 0.1],
    [0.6, 0.6, 0.6, 0.2],
  ]),
  capable: fromRows([
    [0, 1, 1, 0],
    [0, 0, 0, 0],
    [1, 1, 1, 0],
  ]),
  options: 4,
};
const members = (rule: (typeof subsetRules)[number], row: number, size: number) =>
  confidentPanel(rule, given, { row, size }).members;

test('the three rules of the paper and the fourth: who is asked, in which order', () => {
  assert.deepEqual(members('labelled-max-conf', 0, 3), [1, 2]);
  assert.deepEqual(members('labelled-max-conf', 0, 1), [1]);
  assert.deepEqual(members('labelled-max-conf', 1, 3), [2]);
  for (const rule of ['max-conf', 'weighted-max-conf', 'log-odds-max-conf'] as const) {
    assert.deepEqual(members(rule, 0, 3), [1, 3, 2]);
    assert.deepEqual(members(rule, 1, 2), [2, 0]);
    assert.deepEqual(members(rule, 0, 9), [1, 3, 2, 0]);
  }
});

test('votes are equal, or weigh the confidence, or its log odds', () => {
  const weights = subsetRules.map((rule) => confidentPanel(rule, given, { row: 0, size: 2 }).weights);
  assert.deepEqual(weights.slice(0, 3), [
    [1, 1],
    [1, 1],
    [0.9, 0.7],
  ]);
  assert.ok(Math.abs(weights[3]![0]! - Math.log(27)) < 1e-12);
  // Less than guessing: no say.
  assert.equal(confidentPanel('log-odds-max-conf', given, { row: 1, size: 4 }).weights.at(-1), 0);
});

test('of equal confidence the quicker is asked', () => {
  const panel = confidentPanel('max-conf', { ...given, latency: [30, 10, 20, 5] }, { row: 2, size: 2 });
  assert.deepEqual(panel.members, [1, 2]);
});

test('the best size within the budget of calls and of time; the smallest of equals; one where none is within', () => {
  const tried = [
    { size: 1, quality: 0.6, calls: 1, latencyMs: 100 },
    { size: 2, quality: 0.6, calls: 2, latencyMs: 150 },
    { size: 3, quality: 0.64, calls: 3, latencyMs: 210 },
    { size: 4, quality: 0.66, calls: 3.5, latencyMs: 300 },
  ];
  assert.equal(sizeWithin(tried, { calls: 14 }), 4);
  assert.equal(sizeWithin(tried, { calls: 3 }), 3);
  assert.equal(sizeWithin(tried, { calls: 2 }), 1);
  assert.equal(sizeWithin(tried, { calls: 14, latencyMs: 250 }), 3);
  assert.equal(sizeWithin(tried, { calls: 0.5 }), 1);
});
