import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { scoreKinds, statuses } from '../../core/dataset.ts';
import { SignalboxError } from '../../core/errors.ts';
import { userMessage } from '../../core/query.ts';
import { openTable } from '../open.ts';
import { tableBuilder } from '../table/build.ts';
import type { Cell } from '../table/calls.ts';
import { folderOf, kept, openText, quietContext } from '../tables.fixture.ts';
import { writeRows, writeTable } from './write.ts';

/** Any text but the empty one and halves of surrogate pairs, which UTF-8 has no place for. */
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((s) => s.isWellFormed());
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const amount = fc.double({ min: 0, max: 1e6, noNaN: true, noDefaultInfinity: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const cells = fc.record({
  query: fc.nat(4),
  model: fc.nat(3),
  repeats: fc.array(fc.constantFrom(0, 0.25, 1), { maxLength: 3 }),
  mean: some(fc.record({ score: share, k: fc.integer({ min: 1, max: 20 }) })),
  said: fc.record({ answer: some(text), status: some(fc.constantFrom(...statuses)) }),
  known: fc.record({
    rawScore: some(fc.double({ noNaN: true, noDefaultInfinity: true })),
    cost: some(amount),
    tokensIn: some(amount),
    tokensOut: some(amount),
    latencyMs: some(amount),
    propensity: some(share),
  }),
});
const query = fc.record({
  text: some(text),
  system: fc.boolean(),
  details: fc.record(
    {
      group: text,
      split: fc.constantFrom('train' as const, 'test' as const),
      reference: text,
      cluster: text,
      time: text,
      dataset: text,
      source: text,
    },
    { requiredKeys: [] },
  ),
});
const world = fc.record({
  queries: fc.array(query, { minLength: 5, maxLength: 5 }),
  cells: fc.uniqueArray(cells, { selector: (cell) => `${cell.query} ${cell.model}`, maxLength: 14 }),
  ids: fc.uniqueArray(text, { minLength: 4, maxLength: 4 }),
  kind: some(fc.constantFrom(...scoreKinds)),
  primary: fc.constantFrom('quality' as const, 'macro' as const),
  roles: fc.boolean(),
  dropped: fc.uniqueArray(fc.tuple(text, fc.nat()), { selector: ([reason]) => reason, maxLength: 2 }),
});

function tableOf(drawn: typeof world extends fc.Arbitrary<infer T> ? T : never) {
  const builder = tableBuilder();
  const models = drawn.ids.map((id) => builder.model(id));
  for (const [i, { text: prompt, system, details }] of drawn.queries.entries()) {
    const messages =
      prompt === undefined
        ? []
        : system
          ? [{ role: 'system', content: prompt }, ...userMessage('go')]
          : userMessage(prompt);
    builder.example({ id: `q ${i}`, messages, ...details });
  }
  for (const { query: row, model, repeats, mean, said, known } of drawn.cells) {
    const add = (cell: Cell): void => builder.cell(row, models[model]!, { ...cell, kind: drawn.kind });
    if (mean) add({ ...known, ...said, ...mean });
    else if (repeats.length === 0) add({ ...known, ...said });
    else
      repeats.forEach((score, sample) => {
        add({ ...known, ...said, score, sample });
      });
  }
  const [weak, strong] = drawn.roles ? drawn.ids : [];
  for (const [reason, rows] of drawn.dropped) builder.drop(reason, rows);
  return builder.finish({
    name: 'x',
    format: 'x',
    primary: drawn.primary,
    weak,
    strong,
    options: {},
    file: 'x',
  });
}

for (const ending of ['jsonl', 'csv', 'parquet']) {
  test(`a table written as ${ending} and read back is the same`, async (t) => {
    const folder = await folderOf(t, {});
    const path = join(folder, `table.${ending}`);
    const property = fc.asyncProperty(world, async (drawn) => {
      const table = tableOf(drawn);
      await writeTable(table, path, quietContext());
      const { primary, weak, strong } = table;
      // CSV has no place for what a table says of itself.
      const options = ending === 'csv' ? { primary, ...(weak && { weak }), ...(strong && { strong }) } : {};
      const back = await openTable({ paths: [path], options, context: quietContext() });
      const lost = ending === 'csv' ? { rowsDropped: {} } : {};
      assert.deepEqual(kept(back), { ...kept(table), ...lost });
    });
    await fc.assert(property, { numRuns: 60, seed: 7 });
    assert.deepEqual(await readdir(folder), [`table.${ending}`]);
  });
}

test('JSONL: text once for each query, roles on the first line, the score always there', async (t) => {
  const content =
    '{"signalbox":{"weak":"a","strong":"b"}}\n{"query_id":"q","text":"hi","group":"g","model":"a","score":1}\n{"query_id":"q","model":"b","score":null}\n';
  const table = await openText(t, { name: 'a.jsonl', content });
  const folder = await folderOf(t, {});
  await writeTable(table, join(folder, 'b.jsonl'), quietContext());
  assert.equal(
    await readFile(join(folder, 'b.jsonl'), 'utf8'),
    '{"signalbox":{"weak":"a","strong":"b"}}\n{"query_id":"q","text":"hi","group":"g","model":"a","score":1}\n{"query_id":"q","group":"g","model":"b","score":null}\n',
  );
});

test('what a table says of rows that were left out must be counts', async (t) => {
  for (const said of ['"three"', '{"torn":-1}', '[3]', '{"torn":0.5}']) {
    const content = `{"signalbox":{"rows_dropped":${said}}}\n{"query_id":"q","model":"m","score":1}\n`;
    await assert.rejects(
      openText(t, { name: 'a.jsonl', content }),
      (error) => error instanceof SignalboxError && /a\.jsonl:1: `rows_dropped` is/.test(error.toString()),
    );
  }
});

test('rows that come from elsewhere keep what a table has no place for', async (t) => {
  const folder = await folderOf(t, {});
  const rows = async function* () {
    yield {
      query_id: 'q',
      model: 'm',
      score: null,
      request_id: 'r1',
      predicted_score: 0.5,
      policy: 'utility',
    };
  };
  for (const ending of ['jsonl', 'csv', 'parquet']) {
    const path = join(folder, `log.${ending}`);
    await writeRows({ rows: rows(), said: { weak: 'm' } }, path, quietContext());
    const table = await openTable({ paths: [path], options: {}, context: quietContext() });
    assert.deepEqual(table.notes, [
      'Only one model (m) is in the table: there is nothing to route between.',
      'Never observed: m.',
    ]);
    assert.equal(table.weak, ending === 'csv' ? undefined : 'm');
  }
  assert.match(await readFile(join(folder, 'log.jsonl'), 'utf8'), /"request_id":"r1","predicted_score":0.5/);
  assert.match(await readFile(join(folder, 'log.csv'), 'utf8'), /\nq,,,m,.*utility,r1,0.5,/);
});

test('CSV warns that it has no place for the roles', async (t) => {
  const table = await openText(
    t,
    { name: 'a.csv', content: 'query_id,a,b\nq,1,0\n' },
    { weak: 'a', strong: 'b' },
  );
  const context = quietContext();
  await writeTable(table, join(await folderOf(t, {}), 'b.csv'), context);
  assert.match(context.warnings.join(' '), /give --weak, --strong when it is read/);
});

test('what cannot be written leaves nothing behind', async (t) => {
  const table = await openText(t, { name: 'a.csv', content: 'query_id,a,b\nq,1,0\n' });
  const folder = await folderOf(t, { 'old.jsonl': 'old' });
  const context = quietContext();
  const stopped = { ...context, signal: AbortSignal.abort() };
  for (const [path, with_, says] of [
    [join(folder, 'table.xlsx'), context, /must end in one of them/],
    [join(folder, 'none/table.jsonl'), context, /its folder does not exist/],
    [join(folder, 'none/table.parquet'), context, /its folder does not exist/],
    [join(folder, 'old.jsonl'), stopped, /interrupted/],
    [join(folder, 'old.parquet'), stopped, /interrupted/],
  ] as const) {
    await assert.rejects(
      writeTable(table, path, with_),
      (error) => error instanceof SignalboxError && says.test(error.message),
    );
  }
  assert.deepEqual(await readdir(folder), ['old.jsonl']);
  assert.equal(await readFile(join(folder, 'old.jsonl'), 'utf8'), 'old');
});
