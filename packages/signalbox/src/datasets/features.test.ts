import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { SignalboxError } from '../core/errors.ts';
import { readFeatures } from './features.ts';
import { folderOf, quietContext } from './tables.fixture.ts';

test('features are read by query, from CSV and from Parquet alike', async (t) => {
  const parquet = parquetWriteBuffer({
    columnData: [
      { name: 'query_id', data: ['a', 'b'], type: 'STRING' },
      { name: 'x', data: [1, -2.5], type: 'DOUBLE' },
      { name: 'y', data: [0, 1e-3], type: 'DOUBLE' },
    ],
  });
  const folder = await folderOf(t, {
    'f.csv': 'query_id,x,y\na,1,0\nb,-2.5,1e-3\n',
    'f.parquet': new Uint8Array(parquet),
  });
  for (const name of ['f.csv', 'f.parquet']) {
    const { rows, values } = await readFeatures(join(folder, name), quietContext());
    assert.deepEqual(
      [...rows],
      [
        ['a', 0],
        ['b', 1],
      ],
    );
    assert.deepEqual(values, { rows: 2, cols: 2, data: Float32Array.of(1, 0, -2.5, 1e-3) });
  }
});

test('features that are none are refused with their place', async (t) => {
  for (const [text, line, says] of [
    ['query_id,x\na,1\na,2\n', 3, /query_id a is here a second time/],
    ['query_id,x\na,\n', 2, /the feature `x` is ""; a number/],
    ['query_id,x\n,1\n', 2, /`query_id` is empty/],
    ['id,x\na,1\n', undefined, /a column `query_id` and at least one/],
    ['query_id\na\n', undefined, /at least one of numbers/],
  ] as const) {
    const file = join(await folderOf(t, { 'f.csv': text }), 'f.csv');
    await assert.rejects(readFeatures(file, quietContext()), (error) => {
      assert.ok(error instanceof SignalboxError);
      assert.match(error.message, says);
      assert.deepEqual(error.place, line === undefined ? { file } : { file, line });
      return true;
    });
  }
});
