import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../math/matrix.ts';
import {
  classificationBias,
  gaugeProbabilities,
  gaugeValues,
  oracleValues,
  randomValues,
  rowShares,
  skill,
  softmaxRows,
} from './routereval.ts';

const scores = fromRows([
  [1, 0, 1],
  [0, 0, 0],
  [0.5, 0.25, 0],
]);

test('oracle, random and what lies between them', () => {
  assert.deepEqual([...oracleValues(scores)], [1, 0, 0.5]);
  assert.deepEqual([...randomValues(scores)], [2 / 3, 0, 0.25]);
  assert.deepEqual([...gaugeValues(scores, 1)], [...oracleValues(scores)]);
  assert.deepEqual([...gaugeValues(scores, 0)], [...randomValues(scores)]);
  assert.deepEqual([...gaugeValues(scores, 0.5)], [0.5 + (2 / 3) * 0.5, 0, 0.375]);
});

test('the gauge gives each model its share of the scores, and all alike where none has any', () => {
  assert.deepEqual(
    [...gaugeProbabilities(scores, 1).data],
    [0.5, 0, 0.5, 1 / 3, 1 / 3, 1 / 3, 2 / 3, 1 / 3, 0],
  );
  assert.deepEqual([...gaugeProbabilities(scores, 0).data], Array(9).fill(1 / 3));
});

test('E_p is 0 for one model, log2 m for all alike', () => {
  assert.equal(
    classificationBias(
      fromRows([
        [1, 0, 0],
        [0, 1, 0],
      ]),
    ),
    0,
  );
  assert.ok(Math.abs(classificationBias(rowShares(fromRows([[0, 0, 0]]))) - Math.log2(3)) < 1e-12);
  assert.equal(classificationBias(fromRows([[0.5, 0.5, 0, 0]])), 1);
});

test('skill is the p at which the gauge does as well', () => {
  const [oracle, random] = [0.9, 0.5];
  assert.equal(skill(0.9, { oracle, random }), 1);
  assert.equal(skill(0.5, { oracle, random }), 0);
  assert.ok(Math.abs(skill(0.6, { oracle, random })! - 0.25) < 1e-12);
  assert.ok(skill(0.4, { oracle, random })! < 0);
  assert.equal(skill(0.5, { oracle: 0.5, random: 0.5 }), null);
});

test('softmax of large numbers', () => {
  assert.deepEqual([...softmaxRows(fromRows([[1000, 1000]])).data], [0.5, 0.5]);
});
