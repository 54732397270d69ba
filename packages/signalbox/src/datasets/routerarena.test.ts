import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import { textOf } from '../core/query.ts';
import { at } from '../math/matrix.ts';
import { openTable } from './open.ts';
import { folderOf, needs, openText, quietContext, realData } from './tables.fixture.ts';

interface Line {
  readonly index?: string;
  readonly model?: string;
  readonly score?: number | null;
  readonly metric?: string;
  readonly [field: string]: unknown;
}

function line({ index = 'GSM8K_7', model = 'a', score = 1, metric = 'exact_match', ...rest }: Line): string {
  return JSON.stringify({
    global_index: index,
    question: `What is ${index}?`,
    llm_selected: model,
    generated_answer: '\\boxed{7}',
    token_usage: { input_tokens: 5, output_tokens: 3, total_tokens: 8 },
    success: true,
    provider: 'p',
    error: null,
    evaluation_result: { extracted_answer: '7', ground_truth: '7', score, metric, inference_cost: 0.25 },
    ...rest,
  });
}

async function folder(t: test.TestContext, files: Readonly<Record<string, string>>): Promise<Dataset> {
  return openTable({ paths: [await folderOf(t, files)], options: {}, context: quietContext() });
}

test('files of several models are joined by index, with answers, cost, tokens and reference', async (t) => {
  const table = await folder(t, {
    'a.jsonl': `${line({})}\n${line({ index: 'MMLUPro_computer science_12', score: 0 })}\n`,
    'b.jsonl': `${line({ index: 'MMLUPro_computer science_12', model: 'b', score: 0.5 })}\n${line({ model: 'b', score: 0 })}\n`,
  });
  assert.equal(table.format, 'routerarena');
  assert.deepEqual(table.examples, [
    {
      id: 'GSM8K_7',
      messages: table.examples[0]!.messages,
      group: 'GSM8K',
      dataset: 'GSM8K',
      reference: '7',
    },
    {
      id: 'MMLUPro_computer science_12',
      messages: table.examples[1]!.messages,
      group: 'MMLUPro',
      dataset: 'MMLUPro_computer science',
      reference: '7',
    },
  ]);
  assert.equal(textOf(table.examples[0]!), 'What is GSM8K_7?');
  assert.deepEqual([...table.quality.data], [1, 0, 0, 0.5]);
  assert.deepEqual(
    [at(table.cost!, 0, 1), at(table.tokensIn!, 0, 1), at(table.tokensOut!, 1, 0)],
    [0.25, 5, 3],
  );
  assert.deepEqual(table.completion?.(1, 1), { answer: '\\boxed{7}', status: 'ok' });
  assert.deepEqual(table.notes, []);
});

test('scores outside [0, 1] are clipped, counted by metric, and kept as raw scores', async (t) => {
  const rows = [
    line({ index: 'WMT19-ru-en_1', score: -0.033, metric: 'meteor_score' }),
    line({ index: 'WMT19-ru-en_2', score: -0.2, metric: 'meteor_score' }),
    line({ index: 'WMT19-ru-en_3', score: 0.7, metric: 'meteor_score' }),
    line({ index: 'FinQA_4', score: 1.5, metric: 'other' }),
  ];
  const table = await openText(t, { name: 'a.jsonl', content: rows.join('\n') });
  assert.deepEqual([...table.quality.data], [0, 0, 0.7, 1]);
  assert.deepEqual([...table.rawScore!.data], [-0.033, -0.2, 0.7, 1.5]);
  assert.deepEqual(table.notes.slice(0, 2), [
    'Clipped to [0, 1]: 2 of the scores by meteor_score (between -0.2 and -0.033); raw_score keeps what was published.',
    'Clipped to [0, 1]: 1 of the scores by other (1.5); raw_score keeps what was published.',
  ]);
  assert.deepEqual(
    table.examples.map(({ group, dataset }) => [group, dataset]),
    [
      ['WMT19', 'WMT19-ru-en'],
      ['WMT19', 'WMT19-ru-en'],
      ['WMT19', 'WMT19-ru-en'],
      ['FinQA', 'FinQA'],
    ],
  );
});

test('an index that is a number alone names no benchmark', async (t) => {
  const table = await openText(t, { name: 'a.jsonl', content: line({ index: '_12' }) });
  assert.deepEqual(table.examples, [{ id: '_12', messages: table.examples[0]!.messages, reference: '7' }]);
});

test('a failed call is an error and no wrong answer', async (t) => {
  const failed = { success: false, error: 'timeout', generated_answer: '', token_usage: null };
  const rows = [
    line({ score: 0, ...failed }),
    line({ index: 'GSM8K_8', ...failed, success: null, evaluation_result: null }),
    line({ index: 'GSM8K_9', score: 0 }),
  ];
  const table = await openText(t, { name: 'a.jsonl', content: rows.join('\n') });
  assert.deepEqual([...table.quality.data], [Number.NaN, Number.NaN, 0]);
  assert.deepEqual([...table.k.data], [0, 0, 1]);
  assert.equal(at(table.rawScore!, 0, 0), 0);
  assert.deepEqual(
    [0, 1, 2].map((i) => table.completion?.(i, 0)?.status),
    ['error', 'error', 'ok'],
  );
  assert.match(table.notes.join(' '), /2 calls failed/);
  assert.ok(Number.isNaN(at(table.tokensOut!, 0, 0)));
});

test('a query and model that stand twice are samples, and hidden tokens are told', async (t) => {
  const usage = { input_tokens: 5, output_tokens: 3, total_tokens: 108 };
  const rows = [line({ score: 0 }), line({ score: 1, token_usage: usage })];
  const table = await openText(t, { name: 'a.jsonl', content: rows.join('\n') });
  assert.deepEqual([table.quality.data[0], table.k.data[0], table.samples?.length], [0.5, 2, 2]);
  assert.match(
    table.notes.join(' '),
    /1 calls repeat a query.*On 1 calls total_tokens.*by 100 tokens in all/,
  );
  assert.equal(at(table.tokensOut!, 0, 0), 3);
});

const prediction = (fields: Readonly<Record<string, unknown>>): object => ({
  'global index': 'AIME_112',
  prompt: 'How many?',
  prediction: 'a',
  generated_result: {
    generated_answer: '12',
    success: true,
    token_usage: { input_tokens: 5, output_tokens: 3, total_tokens: 8 },
    provider: 'p',
    error: null,
  },
  cost: 0.5,
  accuracy: 1,
  for_optimality: false,
  ...fields,
});

test('the predictions of a router: one model a query, the optimality rows beside them', async (t) => {
  const content = JSON.stringify([
    prediction({ for_optimality: true }),
    prediction({ for_optimality: true, prediction: 'b', accuracy: 0, cost: 0.125 }),
    prediction({}),
    prediction({ 'global index': 'AIME_113', generated_result: null, cost: null, accuracy: null }),
  ]);
  const table = await openText(t, { name: 'my-router.json', content });
  assert.equal(table.format, 'routerarena');
  assert.deepEqual(
    table.models.map(({ id }) => id),
    ['a', 'b'],
  );
  assert.deepEqual([...table.quality.data], [1, 0, Number.NaN, Number.NaN]);
  assert.deepEqual([...table.k.data], [1, 1, 0, 0]);
  assert.deepEqual([...table.cost!.data], [0.5, 0.125, Number.NaN, Number.NaN]);
  assert.deepEqual(table.rowsDropped, { 'optimality duplicate': 1 });
  assert.deepEqual(table.completion?.(0, 1), { answer: '12', status: 'ok' });
});

test('what is malformed is named with its line', async (t) => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    [line({ index: '' }), /`global_index` is empty/],
    [line({ model: '' }), /`llm_selected` is empty/],
    [line({ success: 'yes' }), /`success` is "yes"; true or false/],
    [line({ evaluation_result: [1] }), /evaluation_result is \[1\] where an object/],
    [line({ token_usage: { input_tokens: -1 } }), /`input_tokens` is -1/],
    [line({ evaluation_result: { score: 'high', metric: 'm' } }), /the score \(m\) is "high"/],
    [line({ question: 'Another?' }), /GSM8K_7 has another text here/],
  ];
  for (const [second, message] of wrong) {
    await assert.rejects(
      openText(t, { name: 'a.jsonl', content: `${line({})}\n${second}\n` }),
      (error) => error instanceof SignalboxError && error.place?.line === 2 && message.test(error.message),
    );
  }
  const content = `[${JSON.stringify(prediction({}))},\n7]`;
  await assert.rejects(
    openText(t, { name: 'a.json', content }),
    (error) =>
      error instanceof SignalboxError &&
      error.place?.line === 2 &&
      /is 7 where an object/.test(error.message),
  );
});

test('RouterArena sub_10: rows, models, cost, and the one score below 0', needs('routerarena'), async () => {
  const table = await openTable({
    paths: [join(realData, 'routerarena')],
    options: {},
    context: quietContext(),
  });
  assert.equal(table.format, 'routerarena');
  assert.deepEqual(
    [table.examples.length, table.models.map(({ id }) => id)],
    [809, ['claude-3-haiku-20240307', 'gemini-2.0-flash-001']],
  );
  const mean = (j: number): string => {
    let sum = 0;
    for (let i = 0; i < 809; i++) sum += at(table.quality, i, j);
    return ((100 * sum) / 809).toFixed(2);
  };
  assert.deepEqual([mean(0), mean(1)], ['52.34', '69.01']);
  assert.match(table.notes.join(' '), /Clipped to \[0, 1\]: 1 of the scores by meteor_score \(-0\.033\)/);
  assert.equal(new Set(table.examples.map(({ group }) => group)).size, 23);
  assert.ok(table.cost!.data.every((cost) => cost > 0));
  assert.ok(table.examples.every(({ reference }) => reference !== undefined));
});
