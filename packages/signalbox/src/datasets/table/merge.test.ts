import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ReadOptions } from '../../core/format.ts';
import { textOf } from '../../core/query.ts';
import { at } from '../../math/matrix.ts';
import { zipBytes } from '../files/zip.fixture.ts';
import { openTable } from '../open.ts';
import { openSources } from '../sources.ts';
import { folderOf, kept, quietContext } from '../tables.fixture.ts';
import { writeTable } from '../write/write.ts';
import { callsOf, mergeTables } from './merge.ts';
import { chosenMetric } from './metric.ts';

const row = (fields: object): string => `${JSON.stringify(fields)}\n`;

async function merged(
  paths: readonly string[],
  rename: Record<string, string> = {},
  options: ReadOptions = {},
) {
  const { sources, refused } = await openSources({ paths, options, context: quietContext() });
  const tables = sources.map(({ path, table }) => ({ name: path, table }));
  return { ...mergeTables(tables, new Map(Object.entries(rename)), options), refused, sources };
}

test('the same text is one query, however composed, spaced or called; repeated texts are joined in order', async (t) => {
  const folder = await folderOf(t, {
    'a.jsonl':
      row({ query_id: '1', text: 'caf\u00e9\r\nx', model: 'm', score: 1, group: 'g' }) +
      row({ query_id: '2', text: 'twice', model: 'm', score: 0 }) +
      row({ query_id: '3', text: 'twice', model: 'm', score: 1 }),
    'b.jsonl':
      row({ query_id: '2', text: ' cafe\u0301\nx\n', model: 'n', score: 0, group: 'h', reference: 'r' }) +
      row({ query_id: 'x', text: 'twice', model: 'n', score: 0.25 }) +
      row({ query_id: 'y', text: 'twice', model: 'n', score: 0.5 }) +
      row({ query_id: 'z', text: 'twice', model: 'n', score: 0.75 }) +
      row({ query_id: '1', text: 'other', model: 'n', score: 1 }),
  });
  const { table, joined, otherGroup, renamed, repeats } = await merged([
    join(folder, 'a.jsonl'),
    join(folder, 'b.jsonl'),
  ]);
  assert.deepEqual(
    table.examples.map((example) => [example.id, textOf(example), example.group, example.reference]),
    [
      ['1', 'caf\u00e9\r\nx', 'g', 'r'],
      ['2', 'twice', undefined, undefined],
      ['3', 'twice', undefined, undefined],
      ['z', 'twice', undefined, undefined],
      ['1#2', 'other', undefined, undefined],
    ],
  );
  assert.deepEqual([...table.quality.data], [1, 0, 0, 0.25, 1, 0.5, Number.NaN, 0.75, Number.NaN, 1]);
  assert.deepEqual([joined, otherGroup, renamed, repeats], [3, 1, 1, 0]);
});

test('a matrix without text is joined by id, also to one that has the text', async (t) => {
  const folder = await folderOf(t, {
    'a.csv': 'query_id,m\nq,1\nr,0\n',
    'b.csv': 'query_id,text,n\nr,one,1\nq,two,0\n',
    'c.csv': 'query_id,o\nq,1\ns,1\n',
  });
  const { table } = await merged(['a', 'b', 'c'].map((name) => join(folder, `${name}.csv`)));
  assert.deepEqual(
    table.examples.map((example) => [example.id, textOf(example)]),
    [
      ['q', 'two'],
      ['r', 'one'],
      ['s', ''],
    ],
  );
  assert.deepEqual([...table.quality.data.slice(0, 6)], [1, 0, 1, 0, 1, Number.NaN]);
});

test('calls of one cell from several sources are repeats, each with its own answer, status and cost', async (t) => {
  const folder = await folderOf(t, {
    'a.jsonl':
      row({ query_id: 'q', text: 'x', model: 'm', score: 1, sample: 0, answer: 'A', cost: 1 }) +
      row({ query_id: 'q', model: 'm', score: null, sample: 4, status: 'refused', answer: 'no' }),
    'b.jsonl': row({ query_id: 'k', text: 'x', model: 'big', score: 0, cost: 3, status: 'truncated' }),
    'out.jsonl': '',
  });
  const { table, repeats } = await merged([join(folder, 'a.jsonl'), join(folder, 'b.jsonl')], { big: 'm' });
  assert.equal(repeats, 1);
  assert.deepEqual([table.quality.data[0], table.k.data[0], table.cost?.data[0]], [0.5, 2, 2]);
  const known = callsOf(table, 0, 0).map((call) => JSON.parse(JSON.stringify(call)) as unknown);
  assert.deepEqual(known, [
    { score: 1, sample: 0, k: 1, cost: 1, answer: 'A' },
    { sample: 4, k: 1, status: 'refused', answer: 'no' },
    { score: 0, sample: 5, k: 1, cost: 3, status: 'truncated' },
  ]);
  for (const ending of ['jsonl', 'csv', 'parquet']) {
    const path = join(folder, `back.${ending}`);
    await writeTable(table, path, quietContext());
    const back = await openTable({ paths: [path], options: {}, context: quietContext() });
    assert.deepEqual(kept(back), kept(table), ending);
  }
});

test('the same bytes are a copy only where the path tells the same: the folder of lm-eval names the model', async (t) => {
  const content = row({ doc_id: 0, doc: {}, target: 'x', arguments: [['1+1?', {}]], acc: 1 });
  const folder = await folderOf(t, {
    'new/a/samples_t.jsonl': content,
    'new/b/samples_t.jsonl': content,
    'old/a/samples_t.jsonl': content,
  });
  const { table, refused } = await merged([folder]);
  assert.deepEqual(
    table.models.map(({ id }) => id),
    ['a', 'b'],
  );
  assert.deepEqual(
    refused.map(({ path }) => path.slice(folder.length + 1)),
    ['old/a/samples_t.jsonl'],
  );
});

test('a folder of several formats is read by each of them; what is none or is a copy is refused', async (t) => {
  const folder = await folderOf(t, {
    'a.jsonl': row({ query_id: 'q', text: '1+1?', model: 'm', score: 1 }),
    'b/gsm8k-train.json': '[{"question": "1+1?", "scores": {"n": 0.5}}]',
    'c.csv': 'query_id,text,o\nq,1+1?,0\n',
    'copy.csv': 'query_id,text,o\nq,1+1?,0\n',
    'empty.json': '',
    'settings.json': '{"colour": "red"}',
  });
  const { table, refused, sources } = await merged([folder, join(folder, 'a.jsonl')]);
  assert.deepEqual(
    sources.map((source) => source.table.format),
    ['jsonl', 'routerdc', 'csv'],
  );
  assert.deepEqual([table.examples.length, table.models.map(({ id }) => id)], [1, ['m', 'n', 'o']]);
  assert.deepEqual(
    refused.map(({ path, why }) => [path.slice(folder.length + 1), why.replaceAll(folder, '')]),
    [
      ['copy.csv', 'holds the same bytes as /c.csv'],
      ['empty.json', 'is empty'],
      ['settings.json', 'no known format fits: it is JSON with keys colour'],
    ],
  );
  await writeFile(join(folder, 'a.jsonl'), '{"query_id":"q","model":"m","score":1}\n{"query_id');
  await assert.rejects(merged([folder]), /a\.jsonl:2: malformed JSON/);
  await assert.rejects(merged([join(folder, 'settings.json')]), /settings\.json: no known format fits/);
});

test('ZIP files in a mixed folder: one that a format reads is read, any other is refused by name', async (t) => {
  const name = 'model_outputs_m_5shots';
  const record = {
    question_id: 7,
    question: '1+1?',
    options: ['1', '2'],
    answer: 'B',
    category: 'math',
    pred: 'B',
  };
  const packed = (model: string, pred: string): Buffer =>
    zipBytes([{ name: `model_outputs_${model}.json`, content: JSON.stringify([{ ...record, pred }]) }]);
  const folder = await folderOf(t, {
    'a.jsonl': row({ query_id: 'q', text: '1+1?', model: 'j', score: 1 }),
    'b/model_outputs_k_5shots.zip': packed('k', 'A'),
    [`b/${name}.json`]: JSON.stringify([record]),
    [`b/${name}.zip`]: packed('m', 'A'),
    'logs.zip': zipBytes([{ name: 'a.csv', content: 'query_id,m\nq,1\n' }]),
  });
  const { table, refused } = await merged([folder]);
  assert.deepEqual(
    table.models.map(({ id }, j) => [id, at(table.quality, id === 'j' ? 0 : 1, j)]),
    [
      ['j', 1],
      ['m', 1],
      ['k', 0],
    ],
  );
  assert.deepEqual(
    refused.map(({ path, why }) => [path.slice(folder.length + 1), why.replaceAll(folder, '')]),
    [
      [`b/${name}.zip`, `is what /b/${name}.json was packed in`],
      [
        'logs.zip',
        'no known format fits: it is a ZIP file that no format reads as it is; unpack it to have its tables read',
      ],
    ],
  );
  await writeFile(join(folder, 'b/model_outputs_k_5shots.zip'), packed('k', 'A').subarray(0, 100));
  await assert.rejects(merged([folder]), /model_outputs_k_5shots\.zip: .*cut off/);
});

test('of several metrics one is chosen by name, or they are listed', () => {
  const of = { what: 'the task gsm8k', place: { file: 'f' } };
  const names = ['exact_match,strict', 'exact_match,flexible', 'f1,none'];
  const choose = (metrics?: readonly string[], from = names): string =>
    chosenMetric(from, metrics === undefined ? {} : { metrics }, of);
  assert.equal(choose(undefined, ['f1,none']), 'f1,none');
  assert.equal(choose(['f1']), 'f1,none');
  assert.equal(choose(['exact_match,flexible', 'acc']), 'exact_match,flexible');
  assert.throws(
    () => choose(),
    /f: the task gsm8k has several scores: `exact_match,strict`, `exact.*--metric exact/,
  );
  assert.equal(choose(['exact_match', 'exact_match,strict']), 'exact_match,strict');
  assert.equal(choose(['exact_match', 'exact_match,strict'], ['exact_match', 'f1']), 'exact_match');
  assert.equal(choose(['exact_match', 'exact_match,strict'], ['exact_match,none']), 'exact_match,none');
  assert.throws(() => choose(['exact_match']), /names more than one of them/);
  assert.throws(() => choose(['f1', 'exact_match,strict']), /names more than one of them/);
  assert.throws(
    () => choose(['acc'], ['f1']),
    /has `f1`, and none of them is named by --metric\. Add --metric f1/,
  );
  assert.throws(
    () => choose(['exact_match,strikt']),
    /none of them is named by --metric\. Did you mean `exact_match,strict`/,
  );
  assert.throws(() => choose([], []), /has no score/);
});
