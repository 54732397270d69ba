import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Dataset } from '../../core/dataset.ts';
import { SignalboxError } from '../../core/errors.ts';
import { openTable } from '../open.ts';
import { folderOf, quietContext } from '../tables.fixture.ts';

const rows = 400;
const scores = Array.from({ length: rows }, (_, i) => [1, null, 0, 0.5, null][(i * 7) % 5]!);

function made(codec: 'UNCOMPRESSED' | 'SNAPPY', n = rows): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      codec,
      columnData: [
        { name: 'query_id', data: Array.from({ length: n }, (_, i) => `q${i}`), type: 'STRING' },
        { name: 'm', data: scores.slice(0, n), type: 'DOUBLE' },
      ],
    }),
  );
}

async function open(t: TestContext, bytes: Uint8Array): Promise<Dataset> {
  const path = join(await folderOf(t, { 'a.parquet': bytes }), 'a.parquet');
  return openTable({ paths: [path], options: {}, context: quietContext() });
}

/** Where the first page of the column begins, behind its header, and what the header says. */
function firstPage(bytes: Uint8Array, column: number) {
  const { row_groups: groups } = parquetMetadata(bytes);
  const meta = groups[0]!.columns[column]!.meta_data!;
  const offset = Number(meta.data_page_offset);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = { view, offset };
  const header = parquetHeader(reader);
  return { header, start: reader.offset };
}

const refused = (says: RegExp) => (error: unknown) =>
  error instanceof SignalboxError && says.test(error.message);

test('a run that claims two thousand million values is refused before it is decoded', async (t) => {
  for (const head of [
    [0xfe, 0xff, 0xff, 0xff, 0x0f],
    [0xff, 0xff, 0xff, 0xff, 0x0f],
  ]) {
    const bytes = made('UNCOMPRESSED');
    const { header, start } = firstPage(bytes, 1);
    assert.ok(header.data_page_header_v2!.definition_levels_byte_length > head.length);
    // The levels of an optional column stand first.
    bytes.set(head, start);
    await assert.rejects(
      open(t, bytes),
      refused(
        /a\.parquet: rows 1 to 400 could not be read \(a run claims \d{10,} values where 400 are left\)/,
      ),
    );
  }
});

test('a page of other values than the footer claims is refused', async (t) => {
  const [whole, part] = [made('SNAPPY'), made('SNAPPY', 300)];
  assert.equal(firstPage(whole, 1).header.data_page_header_v2?.num_values, rows);
  // The footer of 300 rows behind the pages of 400, its columns moved to where those lie.
  const { row_groups: groups, metadata_length: length } = parquetMetadata(part);
  assert.equal(Number(groups[0]!.num_rows), 300);
  const grown = Buffer.from(part);
  const varint = (n: number): Buffer => Buffer.from([(n & 0x7f) | 0x80, n >> 7]);
  const footer = grown.subarray(grown.length - 8 - length);
  // 300 and 400 as zigzag varints have two bytes each.
  for (let at = footer.indexOf(varint(600)); at !== -1; at = footer.indexOf(varint(600), at + 1))
    varint(800).copy(footer, at);
  assert.equal(Number(parquetMetadata(grown).row_groups[0]!.num_rows), rows);
  await assert.rejects(open(t, grown), refused(/its pages hold 300 values where 400 are claimed/));
});

test('a page that unpacks to more than it says is not unpacked', async (t) => {
  const bytes = Buffer.from(
    parquetWriteBuffer({
      codec: 'GZIP',
      compressors: { GZIP: (input) => gzipSync(input.length > 1000 ? Buffer.alloc(2 ** 22) : input) },
      columnData: [
        { name: 'query_id', data: Array.from({ length: rows }, (_, i) => `q${i}`), type: 'STRING' },
        { name: 'm', data: scores, type: 'DOUBLE' },
      ],
    }),
  );
  await assert.rejects(open(t, bytes), refused(/a\.parquet: rows 1 to 400 could not be read/));
});

test('whatever byte of a Parquet file is changed, it is read or refused', async (t) => {
  const bytes = made('SNAPPY', 8);
  let refusals = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0xff, bytes[at]! ^ 0x80, bytes[at]! ^ 1]) {
      const changed = bytes.slice();
      changed[at] = value;
      try {
        await open(t, changed);
      } catch (error) {
        refusals++;
        assert.ok(error instanceof SignalboxError, (error as Error).stack);
        assert.match(error.message, /a\.parquet/);
      }
    }
  }
  assert.ok(refusals > bytes.length, `${refusals} of ${3 * bytes.length}`);
});
