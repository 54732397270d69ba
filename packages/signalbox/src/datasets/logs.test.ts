import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { textOf } from '../core/query.ts';
import { at } from '../math/matrix.ts';
import { zipBytes } from './files/zip.fixture.ts';
import {
  inspectLayout,
  jsonLines,
  lmEvalLayout,
  open,
  promptfooLayout,
  refused,
  toolSamples,
  written,
  zeroIsUnknown,
} from './logs.fixture.ts';
import { sameAfterImport } from './plain.fixture.ts';

/** Score and status of each cell, by row and model. */
function cells(table: Dataset) {
  return Object.fromEntries(
    table.examples.map((example, i) => [
      example.id,
      table.models.map((_, j) => [at(table.quality, i, j), table.completion?.(i, j)?.status]),
    ]),
  );
}

const groups = ['mmlu', 'gsm8k'];

test('inspect: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'inspect',
    holds: { missing: true, cost: true, tokens: true, answers: true, references: true, groups },
    layout: inspectLayout,
  }));

test('lm-eval: a canonical table in its layout is the same table, by the filter that is named', (t) =>
  sameAfterImport(t, {
    name: 'lm-eval',
    holds: { missing: true, answers: true, references: true, groups },
    layout: lmEvalLayout,
    options: { metrics: ['exact_match,none'] },
  }));

test('promptfoo: a canonical table in its layout is the same table', (t) =>
  sameAfterImport(t, {
    name: 'promptfoo',
    holds: { missing: true, cost: true, tokens: true, answers: true },
    layout: promptfooLayout,
    kept: zeroIsUnknown,
  }));

test('inspect: epochs are repeats, errors are no wrong answers, packed and plain logs are one table', async (t) => {
  const table = await open(t, written('inspect'));
  assert.deepEqual(cells(table), {
    'bones/1': [
      [1, 'ok'],
      [1, 'ok'],
    ],
    'bones/2': [
      [0, 'ok'],
      [1, 'ok'],
    ],
    'sums/fails': [
      [1, 'ok'],
      [Number.NaN, 'error'],
    ],
    'sums/one': [
      [1, 'ok'],
      [0, 'ok'],
    ],
    'sums/two': [
      [0.5, 'ok'],
      [0.5, 'ok'],
    ],
  });
  const two = table.examples.findIndex(({ id }) => id === 'sums/two');
  assert.deepEqual(
    table.samples?.map((sample) => at(sample, two, 0)),
    [1, 0],
  );
  assert.deepEqual(
    table.calls?.(two, 1).map(({ status, answer, tokensIn }) => [status, answer, tokensIn]),
    [
      ['ok', '4', 24],
      ['truncated', 'it is the sum of', 24],
    ],
  );
  const bone = table.examples.find(({ id }) => id === 'bones/1')!;
  assert.deepEqual(
    [textOf(bone), bone.group, bone.reference, bone.dataset],
    ['Which bone is the longest?\n\nA) femur\nB) tibia', 'bones', 'A', 'bones'],
  );
  assert.match(table.notes.join(' '), /2 calls failed/);
});

const inspectLog = (fields: object, sample: object = {}): string =>
  JSON.stringify({
    version: 2,
    status: 'success',
    eval: { task: 't', model: 'm' },
    samples: [{ id: 1, epoch: 1, input: 'q', target: '', scores: { s: { value: 'C' } }, ...sample }],
    ...fields,
  });

test('inspect: logs that did not succeed and samples that were invalidated are counted and not read', async (t) => {
  const table = await open(t, {
    'a.json': inspectLog({}),
    'b.json': inspectLog({ status: 'error' }),
    'c.json': inspectLog({}, { invalidation: { reason: 'broken' } }),
    'd.eval': zipBytes([
      { name: '_journal/start.json', content: '{"version":2,"eval":{"task":"t","model":"n"}}' },
      { name: 'samples/1_epoch_1.json', content: '{}' },
    ]),
  });
  assert.deepEqual(cells(table), { 't/1': [[1, 'ok']] });
  assert.deepEqual(table.rowsDropped, {
    'in a log that ended as error': 1,
    invalidated: 1,
    'in a log that ended as started': 1,
  });
});

test('inspect: every kind of value, and --metric where there are several', async (t) => {
  const values = { a: 'P', b: true, c: 'no', d: 'N', e: { x: 0.25, y: 1 }, f: null, g: '0.5' };
  const scores = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
  const files = { 'a.json': inspectLog({}, { scores }) };
  const read: Record<string, number> = {};
  for (const name of ['a', 'b', 'c', 'd', 'e.x', 'f', 'g'])
    read[name] = (await open(t, files, { metrics: [name] })).quality.data[0]!;
  assert.deepEqual(read, { a: 0.5, b: 1, c: 0, d: 0, 'e.x': 0.25, f: Number.NaN, g: 0.5 });
  await refused(t, files, /a\.json:1: the task t has several scores: `a`, `b`, `c`, `d`, `e\.x`.*--metric a/);
});

test('lm-eval: each filter is a metric of its own, and what it could not parse is said', async (t) => {
  const files = written('lm-eval');
  await refused(t, files, /samples_bones\S+: the task bones has several scores: `acc,none`, `acc_norm,none`/);
  const table = await open(t, files, { metrics: ['exact_match,strict-match', 'exact_match,none', 'acc'] });
  assert.deepEqual(cells(table), {
    'bones/0': [
      [1, 'ok'],
      [1, 'ok'],
    ],
    'bones/1': [
      [1, 'ok'],
      [1, 'ok'],
    ],
    'poems/0': [
      [1, 'ok'],
      [1, 'ok'],
    ],
    'sums/0': [
      [0, 'unparsed'],
      [0, 'unparsed'],
    ],
    'sums/1': [
      [0, 'unparsed'],
      [0, 'unparsed'],
    ],
  });
  assert.deepEqual(table.rowsDropped, { 'scored otherwise than by exact_match,strict-match': 4 });
  assert.match(table.notes.join(' '), /2 documents have several generations and one score/);
  const flexible = await open(t, files, toolSamples['lm-eval'].options);
  assert.deepEqual(cells(flexible)['sums/1'], [
    [1, 'ok'],
    [1, 'ok'],
  ]);
  const answers = flexible.examples.map((example, i) => [
    example.id,
    example.reference,
    flexible.completion?.(i, 0)?.answer,
  ]);
  assert.deepEqual(answers, [
    ['bones/0', 'femur', 'femur'],
    ['bones/1', 'stapes', 'stapes'],
    ['poems/0', 'lol', 'lol'],
    ['sums/0', '2', 'lol'],
    ['sums/1', 'lol', 'lol'],
  ]);
});

test('lm-eval: documents are joined by their hash, a score for each repeat is repeats, the folder names the model', async (t) => {
  const row = (id: number, hash: string, exact_match: unknown): object => ({
    doc_id: id,
    doc: {},
    target: 'x',
    arguments: [[`Example ${id}. What?`, {}]],
    resps: [['x', 'y']],
    filtered_resps: [['x', 'y']],
    doc_hash: hash,
    exact_match,
  });
  const table = await open(t, {
    'acme__a/samples_t_2026-01-02T03-04-05.jsonl': jsonLines([row(0, 'h', 1), row(1, 'i', 0)]),
    'acme__b/samples_t_2026-01-02T03-04-05.jsonl': jsonLines([row(7, 'h', [1, 0, true, 0])]),
  });
  assert.deepEqual(
    table.models.map(({ id }) => id),
    ['acme/a', 'acme/b'],
  );
  assert.deepEqual([...table.quality.data], [1, 0.5, 0, Number.NaN]);
  assert.deepEqual([...table.k.data], [1, 4, 1, 0]);
});

test('promptfoo: a call that failed is no wrong answer, repeats are repeats, --metric names a named score', async (t) => {
  const table = await open(t, written('promptfoo'));
  const by = Object.fromEntries(
    table.examples.map((example, i) => [
      textOf(example),
      table.models.map((_, j) => [
        at(table.quality, i, j),
        at(table.k, i, j),
        table.completion?.(i, j)?.status,
      ]),
    ]),
  );
  assert.deepEqual(by, {
    'What is 1 + 1?': [
      [0.5, 1, 'ok'],
      [1, 1, 'ok'],
    ],
    'What is 3 + 3?': [
      [Number.NaN, 0, 'error'],
      [0, 1, 'ok'],
    ],
    'What is 4 - 2?': [
      [0, 2, 'ok'],
      [1, 2, 'ok'],
    ],
  });
  const tests = { 'tests.json': written('promptfoo')['tests.json']! };
  await refused(t, tests, /tests\.json:\d+: a result has .*`score`.* none of them is named/, {
    metrics: ['wrong'],
  });
});

test('promptfoo: a prompt that is a chat is messages, another version is refused', async (t) => {
  const result = (raw: string): object => ({
    promptIdx: 0,
    testIdx: 0,
    failureReason: 0,
    prompt: { raw },
    provider: { id: 'm' },
    response: { output: { a: 1 } },
    score: 1,
    namedScores: { kind: 0.25 },
  });
  const chat = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
  ];
  const table = await open(t, { 'a.jsonl': jsonLines([result(JSON.stringify(chat)), result('[{"role"')]) });
  assert.deepEqual(
    table.examples.map(({ messages }) => messages),
    [chat, [{ role: 'user', content: '[{"role"' }]],
  );
  assert.equal(table.completion?.(0, 0)?.answer, '{"a":1}');
  const named = await open(t, { 'a.jsonl': jsonLines([result('x')]) }, { metrics: ['kind'] });
  assert.equal(named.quality.data[0], 0.25);
  await refused(t, { 'a.json': '{"results":{"version":2,"results":[]}}' }, /a\.json:1: this is version 2/);
});

test('what is wrong in a log is said with its place', async (t) => {
  const line = jsonLines([{ doc_id: 0, doc: {}, target: 'x', metrics: ['acc'], acc: 3 }]);
  await refused(
    t,
    { 'm/samples_t.jsonl': line },
    /samples_t\.jsonl:1: the acc of document 0 is 3; a number in \[0, 1\]/,
  );
  await refused(t, { 'a.json': inspectLog({}, { id: null }) }, /a\.json:1: the `id` of a sample is null/);
  await refused(
    t,
    { 'a.json': inspectLog({}, { scores: { s: { value: 'maybe' } } }) },
    /the score s is "maybe"; C, I, P, N/,
  );
  await refused(
    t,
    {
      'a.eval': zipBytes([
        { name: 'header.json', content: '{"status":"success","eval":{"task":"t","model":"m"}}' },
        { name: 'samples/1_epoch_1.json', content: '{"id":' },
      ]),
    },
    /a\.eval\/samples\/1_epoch_1\.json: it is malformed/,
  );
  await refused(
    t,
    { 'a.jsonl': '{"promptIdx":0,"testIdx":0,"failureReason":0,"prompt":{},"provider":{"id":"m"}}\n' },
    /a\.jsonl:1: `raw` is empty/,
  );
});
