import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import { type Prices, priced, readPrices } from './prices.ts';
import { folderOf, openText, quietContext } from './tables.fixture.ts';

async function pricesOf(t: test.TestContext, name: string, content: string): Promise<Prices> {
  const folder = await folderOf(t, { [name]: content });
  return readPrices(join(folder, name), quietContext());
}

const json =
  '\ufeff{ "a": {"input": 0.5, "output": 2},\n  "b/c": {"output": 10, "input": 0, "date": "x"} }\n';

test('prices are read from JSON and from CSV alike', async (t) => {
  const fromJson = await pricesOf(t, 'p.json', json);
  const fromCsv = await pricesOf(t, 'p.csv', 'output,note,model,input\r\n2,"x,y",a,0.5\r\n10,,b/c,0\r\n');
  const expected = [
    ['a', { input: 0.5, output: 2 }],
    ['b/c', { input: 0, output: 10 }],
  ];
  assert.deepEqual([...fromJson.byModel], expected);
  assert.deepEqual([...fromCsv.byModel], expected);
  assert.match(fromJson.digest, /^[0-9a-f]{64}$/);
});

test('malformed prices are named with their line', async (t) => {
  const wrong: readonly (readonly [
    name: string,
    content: string,
    line: number | undefined,
    message: RegExp,
  ])[] = [
    ['p.json', '{"a": {"input": 1, "output": 2},\n"b": 3}', 2, /price of b is 3; \{"input": number/],
    ['p.json', '{"a": {"input": 1,\n "output": 2},\n\n"b": {"input": 1}}', 4, /output price of b is missing/],
    ['p.json', '{"a": {"input": "1", "output": 2}}', 1, /input price of a is "1"; a number of at least 0/],
    ['p.json', '{"a": {"input": -1, "output": 2}}', 1, /input price of a is -1/],
    [
      'p.json',
      '{"a": {"input": 1, "output": 2},\n"a": {"input": 1, "output": 2}}',
      2,
      /`a` has a price already/,
    ],
    ['p.json', '{"": {"input": 1, "output": 2}}', 1, /name of the model is empty/],
    ['p.json', '[{"model": "a"}]', 1, /a JSON object was expected/],
    ['p.json', '{"a": {"input": 1,\n', 1, /ends inside what begins here: it is cut off/],
    ['p.json', '{"a": {"input": 1, "output": 2}\n', 2, /ends inside the JSON object/],
    ['p.json', '{"a":\n', 2, /ends inside the JSON object/],
    ['p.json', '{"a": {"input": 1, "output": 2},\n"b": {"input": }}', 2, /malformed JSON/],
    ['p.json', '{"a": {"input": 1, "output": 2}\n"b": 1}', 2, /a comma or `}` was expected/],
    ['p.json', '{"a" 1}', 1, /a colon was expected/],
    ['p.json', '{a: 1}', 1, /a name in quotes was expected/],
    ['p.json', '{"a": {"input": 1, "output": 2}} x', 1, /something follows the end/],
    ['p.json', '{}', undefined, /there are no prices/],
    ['p.csv', 'model,input,ouput\na,1,2\n', 1, /no column `output`/],
    ['p.csv', 'model,input,output\na,1,2\nb,cheap,2\n', 3, /input price of b is "cheap"/],
    ['p.csv', 'model,input,output\na,1,2\na,1,2\n', 3, /`a` has a price already/],
    ['p.csv', 'model,input,output\na,1,\n', 2, /output price of a is missing/],
    ['p.csv', 'model,input,output\na,NaN,1\n', 2, /input price of a is "NaN"/],
  ];
  for (const [name, content, line, message] of wrong) {
    await assert.rejects(pricesOf(t, name, content), (error) => {
      assert.ok(error instanceof SignalboxError, content);
      assert.match(error.message, message, content);
      assert.equal(error.place.line, line, content);
      assert.match(error.place.file!, /p\.(json|csv)$/);
      return true;
    });
  }
  await assert.rejects(
    readPrices(await folderOf(t, { 'p.json': json }), quietContext()),
    /this is a folder; a file of prices/,
  );
});

test('costs come from tokens where a price is known and no cost is recorded', async (t) => {
  const prices = await pricesOf(t, 'p.json', json);
  const table = await log(t, [
    { query_id: 'q', model: 'a', score: 1, tokens_in: 100, tokens_out: 50 },
    { query_id: 'q', model: 'b/c', score: 1, tokens_in: 100, tokens_out: 50, cost: 7 },
    { query_id: 'q', model: 'A', score: 1, tokens_in: 100, tokens_out: 50 },
    { query_id: 'r', model: 'a', score: 0, tokens_in: 100 },
    { query_id: 'r', model: 'b/c', score: 1, tokens_in: 100, tokens_out: 50 },
  ]);
  const out = priced(table, prices);
  assert.deepEqual([...out.cost!.data], [150e-6, 7, Number.NaN, Number.NaN, 500e-6, Number.NaN]);
  assert.deepEqual([...table.cost!.data], [Number.NaN, 7, ...Array.from({ length: 4 }, () => Number.NaN)]);
  assert.deepEqual(out.models, [
    { id: 'a', price: { input: 0.5, output: 2 } },
    { id: 'b/c', price: { input: 0, output: 10 } },
    { id: 'A', price: 'unknown' },
  ]);
  assert.match(
    out.notes.join(' '),
    /cost of 2 calls is their tokens.*Without a price.*: `A`\. Is `a` meant for `A`\?/,
  );
  assert.equal(out.digests[prices.file], prices.digest);
});

test('without tokens the cost stays unknown, and it is said', async (t) => {
  const prices = await pricesOf(t, 'p.json', json);
  const out = priced(await log(t, [{ query_id: 'q', model: 'a', score: 1 }]), prices);
  assert.equal(out.cost, undefined);
  assert.match(out.notes.join(' '), /were not used: the table does not record tokens_in and tokens_out/);
  const none = priced(
    await log(t, [{ query_id: 'q', model: 'z', score: 1, tokens_in: 1, tokens_out: 1 }]),
    prices,
  );
  assert.equal(none.cost, undefined);
  assert.match(none.notes.join(' '), /cost of 0 calls.*Without a price in .*: `z`\./);
});

function log(t: test.TestContext, rows: readonly object[]): Promise<Dataset> {
  return openText(t, { name: 'log.jsonl', content: rows.map((row) => JSON.stringify(row)).join('\n') });
}
