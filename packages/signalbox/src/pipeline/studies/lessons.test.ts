import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../../core/dataset.ts';
import { matrix } from '../../math/matrix.ts';
import { rng, shuffle } from '../../math/rng.ts';
import { findEncoder, makeWorld, worlds } from '../config.ts';
import { makeContext } from '../context.ts';
import { predictionLines } from '../predictions.ts';
import { lessons, majority } from './lessons.ts';

const { table } = makeWorld({ ...worlds['quality-lifts'], rows: 240, testShare: 0.4 }, 3);
const { encoder } = await findEncoder('surface');

async function choices(of: Dataset): Promise<string[]> {
  const evaluated = await lessons.evaluate!({ table: of, encoder, quick: true }, makeContext({ seed: 0 }));
  return [...predictionLines(evaluated, evaluated.judged)].map((line) => {
    const { query_id, system, choice, predicted_quality } = JSON.parse(line) as Record<string, unknown>;
    return [query_id, system, choice, predicted_quality].join(' ');
  });
}

/** The outcomes of the test rows, dealt to other test rows. */
function permuted(of: Dataset): Dataset {
  const rows = [...of.examples.keys()].filter((i) => of.examples[i]!.split === 'test');
  const to = shuffle(rows.slice(), rng('permuted'));
  const quality = matrix(of.quality.rows, of.quality.cols);
  quality.data.set(of.quality.data);
  rows.forEach((row, i) => {
    const from = to[i]! * quality.cols;
    quality.data.set(of.quality.data.subarray(from, from + quality.cols), row * quality.cols);
  });
  return { ...of, quality };
}

test('no choice of any router under any policy depends on the outcomes of test rows', async () => {
  const [given, other] = [await choices(table), await choices(permuted(table))];
  assert.ok(given.length > 1000);
  assert.deepEqual(given, other);
});

test('the study measures every router under every policy, with bounds, labels and reasons', async () => {
  const { set } = await lessons.evaluate!({ table, encoder, quick: true }, makeContext({ seed: 0 }));
  const names = set.systems.map(({ name }) => name);
  for (const router of ['multi-label', 'separate', 'cluster-sets', 'cluster-sets:tfidf'])
    for (const policy of ['argmax', 'random-capable', 'prediction', 'sorted-prediction'])
      assert.ok(names.includes(`${router}+${policy}`), `${router}+${policy}`);
  assert.ok(names.includes('multi-label-bound'));
  const argmax = set.systems.find(({ name }) => name === 'multi-label+argmax')!;
  const oracle = set.systems.find(({ name }) => name === 'oracle')!;
  const bound = set.systems.find(({ name }) => name === 'multi-label-bound')!;
  // The gate only takes away; the bound lies between a choice behind the gate and the oracle.
  assert.ok(argmax.asReleased!.value <= argmax.quality!.value);
  assert.ok(
    bound.quality!.value >= argmax.asReleased!.value && bound.quality!.value <= oracle.quality!.value,
  );
  const { weightedF1, auc } = Object.values(argmax.classifier!)[0]!;
  assert.ok(weightedF1 > 0 && weightedF1 <= 1 && auc! > 0.5);
  const why = set.why!;
  const shares = [why.allRight, why.noneRight, why.exactlyOne].map(({ value }) => value);
  assert.ok(shares.every((share) => share >= 0) && shares.reduce((a, b) => a + b) <= 1 + 1e-9);
  assert.ok(why.learningCurve.some(({ system, rows }) => system === 'multi-label' && rows === 144));
  assert.ok(why.controls.permutationGlobal!.p < 0.05, 'the world has signal');
});

test('majority labels: more than half of the samples; the fraction stays beside them', () => {
  const { quality, rawScore, k } = majority({
    ...table,
    quality: { rows: 1, cols: 3, data: Float64Array.of(0.5, 0.6, Number.NaN) },
    k: { rows: 1, cols: 3, data: Float64Array.of(10, 10, 0) },
  });
  assert.deepEqual([...quality.data], [0, 1, Number.NaN]);
  assert.deepEqual([...rawScore!.data], [0.5, 0.6, Number.NaN]);
  assert.deepEqual([...k.data], [1, 1, 0]);
});
