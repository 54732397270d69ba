import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResultSet } from '../../core/results.ts';
import { newcomerTable } from './newcomer.ts';
import { paint } from './paint.ts';

const of = (value: number) => ({ value, low: value - 0.01, high: value + 0.01, n: 100 });
const one = (router: string, answers: number) => ({
  router,
  answers,
  models: 7,
  brier: of(0.22),
  auc: null,
  value: of(0.571),
  without: of(0.575),
  retrained: of(0.58),
  trusted: false,
  gain: of(-0.004),
  short: of(0.009),
});

test('a line for each router and number of answers, in 80 columns; nothing where no model was left out', () => {
  const set = { newcomer: [one('knn', 25), one('knn', 400), one('clusters', 25)] } as unknown as ResultSet;
  const view = { set, width: 80, paint: paint(false), decimals: 2 };
  const lines = newcomerTable(view).split('\n');
  assert.ok(lines.every((line) => line.length <= 80));
  assert.match(lines.find((line) => line.startsWith('knn'))!, /25 +0\.220 +57\.10 +57\.50 +58\.00 +−0\.40/);
  assert.equal(lines.filter((line) => line.startsWith('knn')).length, 1);
  assert.match(lines.at(-1)!, /^clusters/);
  assert.equal(newcomerTable({ ...view, set: {} as ResultSet }), '');
});
