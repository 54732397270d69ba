import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Dataset } from '../../core/dataset.ts';
import { userMessage } from '../../core/query.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import { rng } from '../../math/rng.ts';
import { openTable } from '../open.ts';
import { narrowed } from '../table/narrow-cells.ts';
import { folderOf, quietContext } from '../tables.fixture.ts';
import { writeTable } from './write.ts';
import { fitsWide, writeWide } from './write-wide.ts';

function made(more: Partial<Dataset> = {}, rows = 40, models = 3): Dataset {
  const random = rng('wide');
  const quality = matrix(rows, models);
  for (let c = 0; c < quality.data.length; c++) quality.data[c] = random.int(2);
  return {
    name: 'table',
    format: 'parquet',
    examples: Array.from({ length: rows }, (_, i) => ({
      id: `q${i}`,
      messages:
        i % 3 === 0 ? [] : i % 3 === 1 ? userMessage(`query ${i}`) : [{ role: 'system', content: 'x' }],
      ...(i % 2 === 0 && { group: 'even', split: 'train' as const }),
    })),
    models: Array.from({ length: models }, (_, m) => ({ id: `model "${m}", a`, price: 'unknown' as const })),
    quality: narrowed(quality),
    k: { rows, cols: models, data: new Uint8Array(rows * models).fill(1) },
    scoreKind: 'binary',
    primary: 'quality',
    rowsDropped: {},
    notes: [],
    digests: {},
    ...more,
  };
}

const plain = ({ digests: _, ...table }: Dataset): object => table;

test('a table in the wide form reads back as it was, its kinds of cells too', async (t) => {
  const path = join(await folderOf(t, {}), 'table.parquet');
  const halves = matrix(40, 3, 0.5);
  halves.data[5] = Number.NaN;
  halves.data[7] = 1 / 3;
  const counts = { rows: 40, cols: 3, data: Uint8Array.from(halves.data, (y) => (Number.isNaN(y) ? 0 : 4)) };
  const cost: Matrix = { ...halves, data: halves.data.map((y) => y / 1000) };
  for (const table of [
    made(),
    made({
      quality: halves,
      k: counts,
      cost,
      scoreKind: 'mean',
      strong: 'model "1", a',
      rowsDropped: { torn: 2 },
    }),
  ]) {
    assert.ok(fitsWide(table));
    const { strong, rowsDropped } = table;
    const said = { ...(strong !== undefined && { strong }), rows_dropped: rowsDropped };
    await writeWide(table, { path, said }, quietContext());
    const read = await openTable({ paths: [path], options: {}, context: quietContext() });
    assert.deepEqual(plain(read), plain(table));
  }
});

test('what the wide form has no place for is not written in it', () => {
  assert.ok(!fitsWide(made({ tokensIn: matrix(40, 3) })));
  assert.ok(!fitsWide(made({ completion: () => undefined })));
  for (const id of ['a|k', 'group', 'score', ''])
    assert.ok(!fitsWide({ ...made({}, 1, 1), models: [{ id, price: 'unknown' }] }));
});

test('a table of a million cells is written wide as Parquet, and reads back the same', async (t) => {
  const path = join(await folderOf(t, {}), 'table.parquet');
  const table = made({}, 4096, 257);
  await writeTable(table, path, quietContext());
  const read = await openTable({ paths: [path], options: {}, context: quietContext() });
  assert.ok(read.quality.data instanceof Uint8Array && read.k.data instanceof Uint8Array);
  assert.deepEqual(Buffer.compare(read.quality.data, table.quality.data as Uint8Array), 0);
  assert.deepEqual(read.examples, table.examples);
  assert.equal(read.scoreKind, 'binary');
});
