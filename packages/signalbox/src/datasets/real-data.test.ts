import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { keyOf, textOf } from '../core/query.ts';
import { at } from '../math/matrix.ts';
import { listFiles } from './list.ts';
import { openTable } from './open.ts';
import { normalPrompt, readRouteLlm } from './routellm.ts';
import { needs, quietContext, realData } from './tables.fixture.ts';

function open(part: string): Promise<Dataset> {
  return openTable({ paths: [join(realData, part)], options: {}, context: quietContext() });
}

/** Mean quality in percent, as it is published, of the rows that are asked for. */
function percent(table: Dataset, model: string, wanted: (row: number) => boolean = () => true): string {
  const column = table.models.findIndex(({ id }) => id === model);
  const scores = [...table.examples.keys()].filter(wanted).map((i) => at(table.quality, i, column));
  return ((100 * scores.reduce((a, b) => a + b, 0)) / scores.length).toFixed(2);
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

test('RouterDC: rows, models, published means, and prompts in both parts', needs('routerdc'), async () => {
  const table = await open('routerdc');
  assert.equal(table.format, 'routerdc');
  assert.equal(table.models.length, 7);
  assert.deepEqual(countBy(table.examples.map(({ group, split }) => `${group} ${split}`)), {
    'arc_challenge test': 352,
    'arc_challenge train': 820,
    'cmmlu test': 3475,
    'cmmlu train': 2000,
    'gsm8k test': 1319,
    'gsm8k train': 1000,
    'humaneval test': 49,
    'humaneval train': 115,
    'mmlu test': 4213,
    'mmlu train': 2000,
  });
  const inTest = (group: string) => (i: number) =>
    table.examples[i]!.group === group && table.examples[i]!.split === 'test';
  const dolphin = 'cognitivecomputations/dolphin-2.9-llama3-8b';
  assert.deepEqual(
    ['mmlu', 'gsm8k', 'cmmlu', 'arc_challenge', 'humaneval'].map((group) =>
      percent(table, dolphin, inTest(group)),
    ),
    ['59.46', '69.81', '44.72', '49.43', '49.39'],
  );
  const keys = (split: string) =>
    table.examples.filter((e) => e.split === split).map((e) => `${e.group} ${keyOf(e)}`);
  const [train, tested] = [new Set(keys('train')), keys('test')];
  const shared = countBy(
    [...new Set(tested)].filter((key) => train.has(key)).map((key) => key.split(' ')[0]!),
  );
  assert.deepEqual(shared, { arc_challenge: 2, cmmlu: 1, mmlu: 16 });
});

test('RouterBench: complete rows, answers and costs', needs('routerbench'), async () => {
  const table = await open('routerbench');
  assert.equal(table.format, 'routerbench');
  assert.deepEqual(
    [table.examples.length, table.models.length, table.rowsDropped],
    [2205, 11, { incomplete: 20 }],
  );
  assert.deepEqual(countBy(table.examples.map(({ group, split }) => `${group} ${split}`)), {
    'arc undefined': 1019,
    'mbpp undefined': 299,
    'winogrande undefined': 887,
  });
  assert.equal(new Set(table.examples.map(({ id }) => id)).size, 2205);
  assert.ok(table.cost!.data.every((cost) => cost >= 0));
  assert.match(textOf(table.examples[0]!), /^George wants to warm his hands/);
  const gpt = table.models.findIndex(({ id }) => id === 'gpt-4-1106-preview');
  assert.deepEqual(table.completion?.(0, gpt), { answer: 'D', status: 'ok' });
});

test('RouteLLM: both benchmarks and the contaminated prompts', needs('routellm'), async () => {
  const files = await listFiles([join(realData, 'routellm')]);
  const { mmlu, gsm8k, contaminated } = await readRouteLlm(files, {}, quietContext());
  const [weak, strong] = ['mistralai/Mixtral-8x7B-Instruct-v0.1', 'gpt-4-1106-preview'];
  assert.deepEqual([mmlu?.weak, mmlu?.strong, mmlu?.examples.length], [weak, strong, 14042]);
  assert.equal(new Set(mmlu?.examples.map(({ group }) => group)).size, 57);
  assert.deepEqual([percent(mmlu!, weak), percent(mmlu!, strong)], ['68.08', '80.58']);
  assert.deepEqual(
    [percent(gsm8k!, weak), percent(gsm8k!, strong), gsm8k?.examples.length],
    ['63.84', '85.67', 1319],
  );
  const found = (table: Dataset, prompts: ReadonlySet<string>) =>
    table.examples.filter((example) => prompts.has(normalPrompt(textOf(example)))).length;
  assert.deepEqual([found(mmlu!, contaminated.mmlu), contaminated.mmlu.size], [5, 5]);
  assert.deepEqual([found(gsm8k!, contaminated.gsm8k), contaminated.gsm8k.size], [12, 12]);
});

test('MMLU-Pro in the canonical wide form, with answers and status', needs('mmlupro'), async () => {
  const table = await open('mmlupro/half.csv');
  assert.deepEqual([table.format, table.examples.length, table.models.length], ['csv', 5935, 14]);
  assert.equal(new Set(table.examples.map(({ group }) => group)).size, 14);
  assert.equal(percent(table, 'gemini-1.5-flash-002'), '63.89');
  let unparsed = 0;
  for (let i = 0; i < 5935; i++) {
    for (let j = 0; j < 14; j++) if (table.completion?.(i, j)?.status === 'unparsed') unparsed++;
  }
  assert.equal((unparsed / 5935 / 14).toFixed(3), '0.106');
});

test('LLMRouter: models in another order in each record, no groups', needs('llmrouter'), async () => {
  const table = await open('llmrouter/train.json');
  assert.deepEqual([table.format, table.examples.length, table.models.length], ['routerdc', 5608, 9]);
  assert.equal(percent(table, 'llama-3.1-nemotron-51b-instruct'), '62.13');
  assert.ok(table.examples.every(({ group }) => group === undefined));
  assert.equal(table.primary, 'quality');
});
