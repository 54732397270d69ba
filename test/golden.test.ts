import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ResultSet, Results, System } from '../packages/signalbox/src/core/results.ts';
import { data, signalbox, withoutData } from './cli.fixture.ts';

/**
 * Reference values that the recorded outcomes themselves give (and the papers, where they state them), by the
 * commands of docs/reproducing.md. The light encoder keeps this quick; with the default one the routers differ,
 * the baselines do not.
 */
async function reproduce(study: string): Promise<ResultSet[]> {
  const { code, out, err } = await signalbox([
    'reproduce',
    study,
    '--data',
    data!,
    '--json',
    '--no-html',
    '--encoder',
    'surface',
    '--routers',
    'residual',
  ]);
  assert.equal(code, 0, err);
  const schema = JSON.parse(
    readFileSync(new URL('../docs/results.schema.json', import.meta.url), 'utf8'),
  ) as object;
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const validate = new Ajv2020().compile(schema);
  const results = JSON.parse(out) as Results;
  assert.ok(validate(results), JSON.stringify(validate.errors?.slice(0, 3)));
  return results.sets;
}

const find = (set: ResultSet, name: string): System => {
  const found = set.systems.find((system) => system.name === name);
  assert.ok(found, `${set.dataset} has no system ${name}`);
  return found;
};
const near = (value: number | undefined, expected: number, within: number, what: string): void => {
  assert.ok(
    value !== undefined && Math.abs(value - expected) <= within,
    `${what}: ${value}, expected ${expected} within ${within}`,
  );
};

test('RouterDC: seven models, baselines and oracle per task, macro and by size', {
  skip: withoutData,
}, async () => {
  const [set] = await reproduce('routerdc');
  assert.ok(set);
  assert.deepEqual(
    [set.dataset, set.primary, set.groups.length, set.protocol.leaks],
    ['routerdc', 'macro', 5, 19],
  );
  const order = ['mmlu', 'gsm8k', 'cmmlu', 'arc_challenge', 'humaneval'];
  const expected: Record<string, readonly number[]> = {
    random: [60.54, 50.05, 45.76, 50.08, 31.92, 47.67],
    'best-single': [59.46, 69.81, 44.72, 49.43, 49.39, 54.56],
    'task-table': [64.59, 69.63, 51.77, 57.95, 49.39, 58.67],
    oracle: [85.26, 83.32, 79.63, 72.44, 66.94, 77.52],
    'single:mistralai/Mistral-7B-v0.1': [62.14, 36.71, 43.83, 49.43, 28.98, 44.22],
    'single:meta-math/MetaMath-Mistral-7B': [59.86, 69.63, 43.83, 48.3, 29.8, 50.28],
    'single:itpossible/Chinese-Mistral-7B-v0.1': [57.42, 41.03, 49.67, 43.47, 21.43, 42.6],
    'single:HuggingFaceH4/zephyr-7b-beta': [59.81, 33.0, 42.82, 57.95, 22.04, 43.13],
    'single:cognitivecomputations/dolphin-2.6-mistral-7b': [60.53, 52.38, 43.71, 52.56, 45.1, 50.86],
    'single:meta-llama/Meta-Llama-3-8B': [64.59, 47.76, 51.77, 49.43, 26.73, 48.06],
    'single:cognitivecomputations/dolphin-2.9-llama3-8b': [59.46, 69.81, 44.72, 49.43, 49.39, 54.56],
  };
  for (const [name, values] of Object.entries(expected)) {
    const { groups, macro } = find(set, name);
    // Published to two decimals, so that half of the last one is theirs.
    order.forEach(
      (group, i) => void near(groups?.[group]?.value, values[i]! / 100, 1e-4, `${name} on ${group}`),
    );
    near(macro?.value, values[5]! / 100, 1e-4, `${name}, macro`);
  }
  near(find(set, 'task-table').quality?.value, 0.6023, 1e-4, 'task table by size');
  near(find(set, 'best-single').quality?.value, 0.5504, 1e-4, 'best single by size');
  const residual = find(set, 'residual');
  assert.ok(residual.macro!.value >= 0.579 && residual.quality!.value >= 0.596);
  assert.ok(residual.versus.taskTable!.high >= 0, 'not below the task table beyond noise');
});

test('RouteLLM: weak and strong, APGR of random, oracle and subject table', {
  skip: withoutData,
}, async () => {
  const sets = await reproduce('routellm');
  assert.deepEqual(
    sets.map(({ dataset }) => dataset),
    ['mmlu', 'gsm8k', 'mmlu-clean', 'gsm8k-clean'],
  );
  const [mmlu, gsm8k, mmluClean, gsm8kClean] = sets as [ResultSet, ResultSet, ResultSet, ResultSet];
  const [weak, strong] = [
    'single:mistralai/Mixtral-8x7B-Instruct-v0.1',
    'single:gpt-4-1106-preview',
  ] as const;
  near(find(mmlu, weak).quality?.value, 0.6808, 1e-4, 'weak on MMLU');
  near(find(mmlu, strong).quality?.value, 0.8058, 1e-4, 'strong on MMLU');
  near(find(gsm8k, weak).quality?.value, 0.6384, 1e-4, 'weak on GSM8K');
  near(find(gsm8k, strong).quality?.value, 0.8567, 1e-4, 'strong on GSM8K');
  for (const set of sets) near(find(set, 'random').apgr?.value, 0.5, 1e-9, 'random');
  near(find(mmlu, 'oracle').apgr?.value, 1.285, 0.005, 'oracle on MMLU');
  near(find(gsm8k, 'oracle').apgr?.value, 1.125, 0.005, 'oracle on GSM8K');
  near(find(mmlu, 'task-table').apgr?.value, 0.6764, 0.00005, 'subject table at seed 0');
  assert.equal(mmlu.costUnit, 'strong share');
  assert.equal(mmluClean.rowsDropped['contaminated'], 5);
  assert.equal(gsm8kClean.rowsDropped['contaminated'], 12);
});

test('RouterBench: AIQ of hull, oracle and task table on the complete rows', {
  skip: withoutData,
}, async () => {
  const sets = await reproduce('routerbench');
  assert.deepEqual(
    sets.map(({ dataset }) => dataset),
    ['pooled', 'arc', 'mbpp', 'winogrande', 'arc+winogrande'],
  );
  const pooled = sets[0]!;
  assert.equal(pooled.rows, 2205);
  near(find(pooled, 'zero-router').aiq?.value, 0.818, 0.001, 'zero-router');
  near(find(pooled, 'oracle').aiq?.value, 0.974, 0.001, 'oracle');
  near(find(pooled, 'task-table').aiq?.value, 0.847, 0.004, 'task table');
  assert.ok(find(pooled, 'residual').aiq!.value >= 0.845);
  for (const set of sets) {
    const { costAt, costAtFixed, qualityAtFixed } = find(set, 'residual');
    assert.ok(costAt && costAtFixed && qualityAtFixed, set.dataset);
  }
});
