import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import { textOf } from '../core/query.ts';
import { at } from '../math/matrix.ts';
import { openTable } from './open.ts';
import { array2d, dict, pickled } from './pickle/write.fixture.ts';
import { type PlainTable, sameAfterImport } from './plain.fixture.ts';
import {
  avengersProLayout,
  carrotLayout,
  carrotPartsLayout,
  embedllmLayout,
  irtRouterLayout,
  llmrouterbenchLayout,
  llmrouterLayout,
  sproutLayout,
} from './published.fixture.ts';
import { folderOf, openText, quietContext } from './tables.fixture.ts';

async function open(
  t: test.TestContext,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Dataset> {
  return openTable({ paths: [await folderOf(t, files)], options: {}, context: quietContext() });
}

const groups = ['mmlu', 'gsm8k'];
const splits = ['train', 'test'] as const;

test('embedllm: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'embedllm',
    holds: { scores: 'binary', missing: true, groups, splits },
    layout: embedllmLayout,
  }));

test('irt-router: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'irt-router',
    holds: { missing: true, cost: true, tokens: true, answers: true, references: true, groups, splits },
    layout: irtRouterLayout,
  }));

test('avengers-pro: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'avengers-pro',
    holds: { missing: true, cost: true, groups },
    layout: avengersProLayout,
  }));

test('llmrouter: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'llmrouter',
    holds: { missing: true, tokens: true, answers: true, references: true, groups, splits },
    layout: llmrouterLayout,
  }));

test('llmrouterbench: a canonical table in its layout is the same table; older and demo runs do not count', (t) =>
  sameAfterImport(t, {
    name: 'llmrouterbench',
    holds: { missing: true, cost: true, tokens: true, answers: true, references: true, groups },
    layout: llmrouterbenchLayout,
  }));

test('sprout: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'sprout',
    holds: { missing: true, tokens: true, answers: true, groups, splits },
    layout: sproutLayout,
  }));

test('carrot: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'carrot',
    holds: { groups, text: false, models: ['a/b', 'c', 'Org/Model-7B'] },
    layout: carrotLayout,
  }));

test('carrot: the .npy of train and test parts is the same table', (t) =>
  sameAfterImport(t, { name: 'carrot', holds: { tokens: true, splits }, layout: carrotPartsLayout }));

test('embedllm: lines that repeat are samples, and validation is training', async (t) => {
  const header = 'prompt_id,model_id,model_name,category_id,category,label,prompt\n';
  const table = await open(t, {
    'train.csv': `${header}0,0,m,0,law,1,one\n0,0,m,0,law,0,one\n`,
    'val.csv': `${header}0,0,m,0,law,1,one\n`,
    'test.csv': `${header}7,0,m,0,law,1,two\n`,
    'question_order.csv': 'prompt_id,prompt\n0,one\n',
  });
  assert.deepEqual(
    table.examples.map(({ id, split, source }) => [id, split, source]),
    [
      ['7', 'test', undefined],
      ['0', 'train', undefined],
      ['0#2', 'train', 'val'],
    ],
  );
  assert.deepEqual([...table.quality.data], [1, 0.5, 1]);
  assert.deepEqual([...table.k.data], [1, 2, 1]);
  assert.match(table.notes.join(' '), /1 calls repeat a query and model/);
});

test('llmrouter: failed calls are errors, prices of the candidates make costs, seconds are milliseconds', async (t) => {
  const line = (fields: object): string =>
    JSON.stringify({
      task_name: 'gsm8k',
      query: 'How many?',
      ground_truth: '2',
      metric: 'GSM8K',
      model_name: 'a',
      response: '2',
      input_tokens: 1000,
      output_tokens: 500,
      response_time: 1.5,
      performance: 1,
      embedding_id: 4,
      ...fields,
    });
  const table = await open(t, {
    'default_routing_train_data.jsonl': `${line({})}\n${line({ model_name: 'b', response: 'ERROR: timeout', performance: 0, input_tokens: 0 })}\n`,
    'default_routing_test_data.jsonl': line({ performance: 0 }),
    'default_llm.json': JSON.stringify({
      a: { size: '7B', feature: 'a model', input_price: 0.2, output_price: 0.4, model: 'x/a', service: 'S' },
      b: { size: '7B', feature: 'another', input_price: 1, output_price: 1, model: 'x/b', service: 'S' },
    }),
  });
  assert.deepEqual(
    table.examples.map(({ id, split, reference }) => [id, split, reference]),
    [
      ['gsm8k/4', 'test', '2'],
      ['gsm8k/4#2', 'train', '2'],
    ],
  );
  assert.ok(Math.abs(at(table.cost!, 1, 0) - 0.0004) < 1e-12);
  assert.equal(at(table.latencyMs!, 1, 0), 1500);
  assert.ok(Number.isNaN(at(table.quality, 1, 1)) && Number.isNaN(at(table.cost!, 1, 1)));
  assert.deepEqual(table.completion?.(1, 1), { status: 'error' });
  assert.match(table.notes.join(' '), /The cost of 2 calls is from their tokens/);
});

test('llmrouterbench: what is left out is counted, and a score that was never given is unknown', async (t) => {
  const run = (fields: object): string =>
    JSON.stringify({
      performance: 0,
      time_taken: 1,
      dataset_name: 'aime',
      split: 'hybrid',
      model_name: 'm',
      records: [
        { index: 1, origin_query: 'q', prompt: 'Answer: q', score: 1, prediction: 7, ground_truth: ['7'] },
        { index: 2, origin_query: 'r', prompt: 'Answer: r', score: null, prediction: '' },
      ],
      ...fields,
    });
  const table = await open(t, {
    'aime/hybrid/m/aime-hybrid-m-20250101_000000.json': run({}),
    'aime/hybrid/m/aime-hybrid-m-20250102_000000.json': run({ records: [] }),
    'aime/hybrid/n/aime-hybrid-n-20250101_000000.json': run({ model_name: 'n' }),
    'aime/hybrid/n/aime-hybrid-n-20250102_000000.json': run({ model_name: 'n', demo: true }),
  });
  assert.deepEqual(table.rowsDropped, { 'older run': 2, 'demo run': 2 });
  assert.deepEqual(
    table.examples.map((example) => [example.id, textOf(example), example.reference, example.source]),
    [
      ['aime/hybrid/1', 'Answer: q', '["7"]', 'hybrid'],
      ['aime/hybrid/2', 'Answer: r', undefined, 'hybrid'],
    ],
  );
  assert.deepEqual([...table.quality.data], [1, Number.NaN]);
  assert.equal(table.completion?.(0, 0)?.answer, '7');
});

test('carrot: several scores of a task ask for --metric', async (t) => {
  const content = pickled(
    dict({
      bbh_snarks: dict({ correctness: array2d([[1, 0]]), models: ['a'] }),
      ifeval: dict({
        correctness: dict({ strict: array2d([[0.5, 1]]), loose: array2d([[1, 1]]) }),
        models: ['a'],
      }),
    }),
  );
  const file = { name: 'lb.pickle', content };
  await assert.rejects(openText(t, file), (error: unknown) => {
    assert.ok(error instanceof SignalboxError);
    assert.match(error.message, /the task ifeval has several scores: `strict`, `loose`.*--metric strict/);
    return true;
  });
  const table = await openText(t, file, { metrics: ['loose'] });
  assert.deepEqual([...table.quality.data], [1, 0, 1, 1]);
});

test('what is wrong in a row is said with its place', async (t) => {
  const refused = async (name: string, content: string, reason: RegExp): Promise<void> => {
    await assert.rejects(openText(t, { name, content }), (error: unknown) => {
      assert.ok(error instanceof SignalboxError, String(error));
      assert.match(error.message, reason);
      return true;
    });
  };
  await refused(
    'test.csv',
    'prompt_id,model_name,label,prompt\n1,m,0,x\n1,m,2,x\n',
    /test\.csv:3: the label of m is "2"/,
  );
  await refused('a.csv', 'question,performance,task,llm\nq,high,t,m\n', /a\.csv:2: `performance` is "high"/);
  await refused('a.jsonl', '{"query":"q","records":{"m":7}}\n', /a\.jsonl:1: the score of m is 7/);
  await refused(
    'a.jsonl',
    '{"task_name":"t","query":"q","model_name":"m","performance":1}\n{"task_name":"t","query":"q","performance":1}\n',
    /a\.jsonl:2: `model_name` is empty/,
  );
  await refused(
    'a.json',
    '{"performance":1,"time_taken":2,"dataset_name":"d","model_name":"m","records":{}}',
    /`records` is not a list/,
  );
});

/** Kept honest: a layout that lost a score would be seen. */
test('a table that differs in one score is another table', async (t) => {
  const lossy = (table: PlainTable) =>
    avengersProLayout({
      ...table,
      rows: table.rows.map((row) => ({
        ...row,
        cells: row.cells.map((cell) => ({ ...cell, score: cell.score === null ? null : 1 - cell.score / 2 })),
      })),
    });
  await assert.rejects(sameAfterImport(t, { name: 'avengers-pro', holds: { groups }, layout: lossy }));
});
