import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testContext } from './contract.ts';
import { given } from './given.ts';

test('given features come in the order of the queries, and a query without any is named', async () => {
  const values = { rows: 2, cols: 2, data: Float32Array.of(1, 2, 3, 4) };
  const encoder = given({
    rows: new Map([
      ['a', 0],
      ['b', 1],
    ]),
    values,
    digest: 'd',
  });
  const query = (id: string) => ({ id, messages: [] });
  const rows = await encoder.encode([query('b'), query('a'), query('b')], null, testContext());
  assert.deepEqual(rows, { rows: 3, cols: 2, data: Float32Array.of(3, 4, 1, 2, 3, 4) });
  await assert.rejects(encoder.encode([query('c')], null, testContext()), /no row for the query "c"/);
});
