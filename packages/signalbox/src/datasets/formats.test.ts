import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { textOf } from '../core/query.ts';
import { at } from '../math/matrix.ts';
import { formatContract } from './contract.ts';
import { formats } from './index.ts';
import { openTable } from './open.ts';
import { benchColumns, samples } from './samples.fixture.ts';
import { folderOf, openText, quietContext } from './tables.fixture.ts';

for (const [name, format] of Object.entries(formats)) {
  formatContract({ format, name, own: samples[name as keyof typeof formats], all: samples });
}

test('routerdc: group, split and rule come from the file name; models are matched by name', async (t) => {
  const scores =
    '[{"question": "x", "scores": {"a": 0.25, "b": 0}}, {"question": "y", "scores": {"b": 0.5, "a": null}}]';
  const folder = await folderOf(t, {
    'arc_challenge_test.json': scores,
    'humaneval-train.json': scores,
    'ceval.json': scores,
    'mine_test.json': scores,
    'train.json': scores,
  });
  const table = await open([folder]);
  const [arc, ceval, humaneval, mine, train] = [0, 2, 4, 6, 8].map((i) => ({
    ...table.examples[i]!,
    a: at(table.quality, i, 0),
    b: at(table.quality, i + 1, 1),
    missing: at(table.quality, i + 1, 0),
    k: at(table.k, i, 0),
    raw: at(table.rawScore!, i, 0),
  }));
  assert.deepEqual(
    [arc, ceval, humaneval, mine, train].map((row) => [
      row!.id,
      row!.group,
      row!.split,
      row!.a,
      row!.b,
      row!.k,
      row!.raw,
    ]),
    [
      ['arc_challenge_test/0', 'arc_challenge', 'test', 1, 1, 1, 0.25],
      ['ceval/0', 'ceval', undefined, 1, 1, 1, 0.25],
      ['humaneval-train/0', 'humaneval', 'train', 0.25, 0.5, 10, 0.25],
      ['mine_test/0', 'mine', 'test', 0.25, 0.5, 1, 0.25],
      ['train/0', undefined, 'train', 0.25, 0.5, 1, 0.25],
    ],
  );
  assert.ok(Number.isNaN(arc!.missing));
  assert.equal(table.primary, 'macro');
});

test('routerdc: without groups there is no macro average, and options come first', async (t) => {
  const file = { name: 'train.json', content: '[{"question": "x", "scores": {"a": 1, "b": 0}}]' };
  assert.equal((await openText(t, file)).primary, 'quality');
  const said = await openText(t, file, { primary: 'macro', weak: 'b', strong: 'a' });
  assert.deepEqual([said.primary, said.weak, said.strong], ['macro', 'b', 'a']);
});

test('routerbench: literals, incomplete rows, repeated ids, costs and answers', async (t) => {
  const row = (id: string, scores: string): string =>
    `0,${id},"[""It's """"1""""?"", 'b']",arc-challenge,${scores},['C\\n'],"[""D""]",0.001,0.002,c\n`;
  const folder = await folderOf(t, {
    'arc_challenge_train.csv': `${benchColumns}\n${row('x.1', '1.0,0.25')}${row('x.1', '0.0,1.0')}${row('x.2', '1.0,')}`,
  });
  const table = await open([folder]);
  assert.deepEqual(
    table.examples.map(({ id, group, split }) => [id, group, split]),
    [
      ['x.1', 'arc', undefined],
      ['x.1#2', 'arc', undefined],
    ],
  );
  assert.deepEqual(table.rowsDropped, { incomplete: 1 });
  assert.match(table.notes.join(' '), /1 values of sample_id stand on several rows/);
  assert.equal(at(table.quality, 0, 1), 0.25);
  assert.equal(at(table.cost!, 0, 0), 0.001);
  assert.deepEqual(table.completion?.(0, 1), { answer: 'C\n', status: 'ok' });
});

test('routerbench: both parts given make a split', async (t) => {
  const row = `${benchColumns}\n0,x,['q'],mbpp,1,0,['r'],['s'],0.1,0.2,c\n`;
  const table = await open([await folderOf(t, { 'mbpp_train.csv': row, 'mbpp_test.csv': row })]);
  assert.deepEqual(
    table.examples.map(({ split }) => split),
    ['test', 'train'],
  );
});

test('canonical JSONL: roles, fields of a query from any row, repeats, null, messages', async (t) => {
  const lines = [
    { signalbox: { primary: 'macro', weak: 'w', strong: 's' } },
    { query_id: 'q', model: 'w', score: 1, sample: 1, cost: 0.25 },
    { query_id: 'q', model: 'w', score: 0, sample: 0, answer: 'A', text: 'hello', group: 'g', cost: 0.75 },
    { query_id: 'q', model: 's', score: 0.75, k: 4, status: 'refused', raw_score: 3 },
    {
      query_id: 'r',
      model: 's',
      score: null,
      cost: 2,
      judge: 'j',
      messages: [{ role: 'user', content: 'x', name: 'n' }],
    },
  ];
  const content = `\ufeff${lines.map((line) => JSON.stringify(line)).join('\r\n')}`;
  const table = await openText(t, { name: 'log.jsonl', content });
  assert.deepEqual([table.name, table.primary, table.weak, table.strong], ['log', 'macro', 'w', 's']);
  assert.deepEqual(table.examples, [
    { id: 'q', messages: [{ role: 'user', content: 'hello' }], group: 'g' },
    { id: 'r', messages: [{ role: 'user', content: 'x', name: 'n' }] },
  ]);
  assert.deepEqual([...table.quality.data], [0.5, 0.75, Number.NaN, Number.NaN]);
  assert.deepEqual([...table.k.data], [2, 4, 0, 0]);
  assert.deepEqual(
    table.samples?.map(({ data }) => data[0]),
    [0, 1],
  );
  assert.deepEqual([...table.cost!.data], [0.5, Number.NaN, Number.NaN, 2]);
  assert.deepEqual([...table.rawScore!.data].slice(0, 2), [0.5, 3]);
  assert.deepEqual(table.completion?.(0, 0), { answer: 'A', status: 'ok' });
  assert.deepEqual(table.completion?.(0, 1), { status: 'refused' });
  assert.equal(table.completion?.(1, 0), undefined);
});

test('canonical long CSV in CRLF with a byte order mark; unknown fields are noted, --ignore-column leaves one out', async (t) => {
  const content =
    '\ufeffquery_id,model,score,colour,groop\r\nq,"a,""b""\r\n",0.5,red,x\r\n\r\nq,c,,blue,y\r\n';
  const table = await openText(t, { name: 'a.csv', content }, { ignoreColumns: ['groop'] });
  assert.deepEqual(
    table.models.map(({ id }) => id),
    ['a,"b"\r\n', 'c'],
  );
  assert.deepEqual(table.notes, [
    'The field `colour` is not part of the canonical form and was not read.',
    'Never observed: c.',
  ]);
});

test('canonical wide form: what stands beside a model, and columns close to a reserved name', async (t) => {
  const folder = await folderOf(t, {
    'a.csv':
      'query_id,group,grouq,grouq|cost,grouq|answer,grouq|k,grouq|status,n\nq,law,0.5,0.1,B,4,truncated,1\nr,,,,,,,0\n',
  });
  const context = quietContext();
  const table = await openTable({ paths: [join(folder, 'a.csv')], options: {}, context });
  assert.deepEqual(
    table.models.map(({ id }) => id),
    ['grouq', 'n'],
  );
  assert.match(context.warnings.join(' '), /`grouq` is read as a model.*close to `group`/);
  assert.deepEqual(table.completion?.(0, 0), { answer: 'B', status: 'truncated' });
  assert.deepEqual([...table.k.data], [4, 1, 0, 1]);
  assert.equal(at(table.cost!, 0, 0), 0.1);
  assert.equal(table.examples[1]?.group, undefined);
});

test('canonical long form from several files is one table, and rows of one text stay apart', async (t) => {
  const head = 'query_id,text,model,score\n';
  const folder = await folderOf(t, {
    'x/a.csv': `${head}q,same,m,1\nr,same,m,0\n`,
    'x/b.csv': `${head}q,,n,0\n`,
  });
  const table = await open([folder]);
  assert.deepEqual(
    table.examples.map((example) => [example.id, textOf(example)]),
    [
      ['q', 'same'],
      ['r', 'same'],
    ],
  );
  assert.deepEqual([...table.quality.data], [1, 0, 0, Number.NaN]);
  assert.equal(Object.keys(table.digests).length, 2);
});

test('rows of one query that name another group are counted, and the first holds', async (t) => {
  const content = 'query_id,model,score,group,time\nq,m,1,shop,1\nq,n,0,law,2\nq,o,1,shop,3\n';
  const table = await openText(t, { name: 'a.csv', content });
  assert.deepEqual(table.examples, [{ id: 'q', messages: [], group: 'shop', time: '1' }]);
  assert.match(
    table.notes.join(' '),
    /1 rows name another `group` than the first row of their query.*a\.csv:3/,
  );
});

test('of many repeats the mean takes all, and the first 32 are kept', async (t) => {
  const rows = Array.from({ length: 40 }, (_, s) => `q,m,${s < 30 ? 1 : 0},${s}`);
  const table = await openText(t, {
    name: 'a.csv',
    content: `query_id,model,score,sample\n${rows.join('\n')}\n`,
  });
  assert.deepEqual([table.quality.data[0], table.k.data[0], table.samples?.length], [0.75, 40, 32]);
  assert.match(table.notes.join(' '), /1 cells have more than 32 repeats/);
});

test('repeats that are themselves means weigh as many samples as they have', async (t) => {
  const content = 'query_id,model,score,sample,k\nq,m,1,0,1\nq,m,0.5,1,4\n';
  const table = await openText(t, { name: 'a.csv', content });
  assert.deepEqual([table.quality.data[0], table.k.data[0], table.samples], [0.6, 5, undefined]);
});

test('one model is a note, not an error', async (t) => {
  const table = await openText(t, { name: 'a.csv', content: 'query_id,model,score\nq,m,1\n' });
  assert.match(table.notes.join(' '), /Only one model \(m\).*nothing to route between/);
});

test('a query of 10 MB is read from every form', async (t) => {
  const text = 'many words and, a comma '.repeat(430_000);
  const folder = await folderOf(t, {
    'a.jsonl': `${JSON.stringify({ query_id: 'q', model: 'm', score: 1, text })}\n`,
    'a.csv': `query_id,text,m\nq,"${text}",1\n`,
    'a.json': JSON.stringify([{ question: text, scores: { m: 1 } }]),
    'b.jsonl': `${JSON.stringify({ text, query_id: 'q', model: 'm', score: 1 })}\n`,
  });
  for (const name of ['a.jsonl', 'a.csv', 'a.json', 'b.jsonl']) {
    const table = await open([join(folder, name)]);
    assert.equal(textOf(table.examples[0]!).length, text.length, name);
  }
});

function open(paths: readonly string[]): Promise<Dataset> {
  return openTable({ paths, options: {}, context: quietContext() });
}
