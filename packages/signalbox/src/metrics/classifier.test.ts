import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRows } from '../math/matrix.ts';
import { classifier } from './classifier.ts';

const columns = (values: readonly number[]) => fromRows(values.map((value) => [value]));

test('weighted F1 by hand', () => {
  // Labels 1 1 1 0 0, said 1 1 0 1 0: F1 of right 2/3, of wrong 1/2, weighed 3 : 2.
  const { weightedF1 } = classifier(
    { quality: columns([0.9, 0.8, 0.2, 0.7, 0.1]) },
    columns([1, 0.6, 1, 0.5, 0]),
    0,
  );
  assert.ok(Math.abs(weightedF1 - (3 * (2 / 3) + 2 * (1 / 2)) / 5) < 1e-12);
});

test('the router’s own threshold decides where it has one', () => {
  const quality = columns([0.4, 0.3]);
  const observed = columns([1, 0]);
  assert.equal(classifier({ quality, capable: columns([1, 0]) }, observed, 0).weightedF1, 1);
  assert.ok(classifier({ quality }, observed, 0).weightedF1 < 0.5);
});

test('AUC on fractional outcomes is the chance that a positive part scores above a negative part', () => {
  const row = fc.record({ score: fc.integer({ min: 0, max: 4 }), y: fc.constantFrom(0, 0.3, 0.5, 1) });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 25 }), (rows) => {
      let [won, all] = [0, 0];
      for (const a of rows)
        for (const b of rows) {
          const weight = a.y * (1 - b.y);
          all += weight;
          won += weight * (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0);
        }
      const { auc } = classifier(
        { quality: columns(rows.map(({ score }) => score)) },
        columns(rows.map(({ y }) => y)),
        0,
      );
      if (all < 1e-12) assert.equal(auc, null);
      else assert.ok(Math.abs(auc! - won / all) < 1e-9);
    }),
  );
});
