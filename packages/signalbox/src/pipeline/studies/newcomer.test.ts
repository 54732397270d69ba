import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../../core/dataset.ts';
import { type ResultSet, resultSet } from '../../core/results.ts';
import { classifier } from '../../metrics/classifier.ts';
import { findEncoder, findRouter, makeWorld, worlds } from '../config.ts';
import { makeContext } from '../context.ts';
import { plan } from '../protocol.ts';
import { newcomer } from './newcomer.ts';
import { leaveModelsOut } from './newcomer-forecasts.ts';
import { overModels, weightedAuc } from './newcomer-measure.ts';

const { encoder } = await findEncoder('surface');
const { table } = makeWorld({ ...worlds['quality-lifts'], rows: 360, testShare: 0.4 }, 1);

async function run(of: Dataset, routers = 'knn'): Promise<ResultSet> {
  const args = { table: of, encoder, quick: true, routers };
  const { set } = await newcomer.evaluate!(args, makeContext({ seed: 0 }));
  resultSet.parse(JSON.parse(JSON.stringify(set)));
  return set;
}

test('each router that admits is measured at each number of answers, beside the pool without and retrained', async () => {
  const set = await run(table);
  const of = set.newcomer!;
  assert.deepEqual(
    of.filter(({ router }) => router === 'knn').map(({ answers }) => answers),
    [50, 200],
  );
  assert.deepEqual(new Set(of.map(({ models }) => models)), new Set([3]));
  const system = set.systems.find(({ name }) => name === 'knn')!;
  for (const one of of.filter(({ router }) => router === 'knn')) {
    assert.ok(Math.abs(one.retrained.value - system.quality!.value) < 1e-12);
    assert.ok(Math.abs(one.gain.value - (one.value.value - one.without.value)) < 1e-12);
    assert.ok(Math.abs(one.short.value - (one.retrained.value - one.value.value)) < 1e-12);
    assert.ok(one.brier.value > 0 && one.brier.value < 0.3 && one.auc!.value > 0.5);
    for (const { low, value, high } of [one.brier, one.auc!, one.value, one.gain, one.short])
      assert.ok(low <= value && value <= high);
  }
  assert.match(set.notes!.join(' '), /Which router to trust with a model that joins: with/);
});

test('what is predicted of a newcomer depends on no outcome of a test row', async () => {
  const spoilt = { ...table, quality: { ...table.quality, data: table.quality.data.slice() } };
  table.examples.forEach(({ split }, i) => {
    if (split === 'test') spoilt.quality.data.fill(0, i * spoilt.quality.cols, (i + 1) * spoilt.quality.cols);
  });
  const predicted = async (of: Dataset): Promise<Float64Array[]> => {
    const args = { choices: [await findRouter('knn'), await findRouter('clusters')], encoder };
    const planned = plan(of, { seed: 0 });
    const all = await leaveModelsOut(
      { plan: planned, ...args, models: [0, 1], budgets: [30] },
      makeContext({ seed: 0 }),
    );
    return all.flatMap(({ after }) => after.map((one) => one.predicted));
  };
  assert.deepEqual(await predicted(spoilt), await predicted(table));
});

test('a router that takes no model in is refused by name, and of all those that can are meant', async () => {
  await assert.rejects(run(table, 'ridge'), /ridge take no model in .*knn/);
});

test('a budget beyond the training answers is left out', async () => {
  const set = await run(makeWorld({ ...worlds['quality-lifts'], rows: 150, testShare: 0.4 }, 1).table);
  assert.deepEqual(new Set(set.newcomer!.map(({ answers }) => answers)), new Set([50]));
});

test('AUC by weights is the AUC of the rows repeated', () => {
  const scores = Float64Array.of(0.1, 0.4, 0.4, 0.8, 0.9);
  const truth = Float64Array.of(0, 1, 0.5, 0, 1);
  const order = Int32Array.of(0, 1, 2, 3, 4);
  const repeated = [0, 1, 1, 2, 4, 4, 4];
  const asMatrix = (values: Float64Array) => ({
    rows: repeated.length,
    cols: 1,
    data: Float64Array.from(repeated, (i) => values[i]!),
  });
  const { auc } = classifier({ quality: asMatrix(scores) }, asMatrix(truth), 0);
  const weights = Uint16Array.of(1, 2, 1, 0, 3);
  assert.ok(Math.abs(weightedAuc({ order, scores, truth }, weights) - auc!) < 1e-12);
});

test('a mean over models: variance between them and of the rows, with Student’s t', () => {
  const flat = { rows: 4, cols: 3, data: new Float64Array(12) };
  const { value, low, high, n } = overModels({ values: [0.4, 0.5, 0.6], draws: flat }, 10, [0, 1]);
  // t of 2 degrees of freedom is 4.3027; the standard error of the mean is .1 / sqrt 3.
  assert.ok(Math.abs(value - 0.5) < 1e-12 && n === 10);
  assert.ok(Math.abs(high - 0.5 - (4.3027 * 0.1) / Math.sqrt(3)) < 1e-4);
  assert.ok(Math.abs(low + high - 1) < 1e-12);
  const rows = { rows: 2, cols: 1, data: Float64Array.of(0.4, 0.6) };
  const alone = overModels({ values: [0.5], draws: rows }, 10, [0, 1]);
  assert.ok(Math.abs(alone.high - 0.5 - 1.96 * Math.sqrt(0.02)) < 1e-3);
});
