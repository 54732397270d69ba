import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import { openTable } from './open.ts';
import { samples } from './samples.fixture.ts';
import { folderOf, kept, quietContext } from './tables.fixture.ts';
import { writeTable } from './write/write.ts';

const formats = Object.keys(samples) as (keyof typeof samples)[];
const drawn = 60;
const seen = { tried: 0, refused: 0 };

/** Encodings that are not the one that is read, and what else breaks a text. */
const encodings: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'UTF-16, little end first': (bytes) => Buffer.concat([Buffer.from('\ufeff', 'utf16le'), wide(bytes)]),
  'UTF-16, big end first': (bytes) => Buffer.concat([Buffer.from([0xfe, 0xff]), wide(bytes).swap16()]),
  'UTF-16 without a mark': wide,
  'Latin-1': (bytes) => inside(bytes, [0xe9]),
  'half a surrogate pair': (bytes) => inside(bytes, [0xed, 0xa0, 0x80]),
  'a character cut in half': (bytes) => inside(bytes, [0xe2, 0x82]),
  'a NUL': (bytes) => inside(bytes, [0]),
  'two byte order marks': (bytes) => Buffer.concat([mark, mark, bytes]),
  'a byte order mark inside': (bytes) => inside(bytes, [...mark]),
  'lines ending in CR': (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r'), 'latin1'),
};
const notUtf8 = ['UTF-16, little end first', 'UTF-16, big end first', 'Latin-1', 'a character cut in half'];
const mark = Buffer.from([0xef, 0xbb, 0xbf]);
const planned = formats.length * (drawn + Object.keys(encodings).length);

for (const name of formats) {
  const { files } = samples[name];
  test(`${name}: what is cut, flipped or swapped is refused in a sentence or read, never more`, async (t) => {
    const names = Object.keys(files);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(names.length - 1),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        fc.option(fc.tuple(fc.nat(), fc.nat())),
        async (which, cut, changes, swap) => {
          const damaged = names[which]!;
          const whole = Buffer.from(files[damaged]!);
          const bytes = swap === null ? whole : swapped(whole, swap);
          for (const [place, value] of changes) bytes[place % bytes.length] = value;
          const content = cut === null ? bytes : bytes.subarray(0, Math.floor(cut * bytes.length));
          await tried(t, name, { ...files, [damaged]: content });
        },
      ),
      { numRuns: drawn, seed: 1 },
    );
  });

  test(`${name}: another encoding is refused in a sentence, or read`, async (t) => {
    for (const [encoding, encode] of Object.entries(encodings)) {
      const encoded = Object.entries(files).map(([file, content]) => [file, encode(Buffer.from(content))]);
      const table = await tried(t, name, Object.fromEntries(encoded));
      const text = Object.values(files).every((content) => isText(Buffer.from(content)));
      if (text && notUtf8.includes(encoding)) assert.equal(table, undefined, encoding);
    }
  });
}

test('parquet: each byte of a footer changed alone is refused in a sentence, or read', async (t) => {
  const [name, content] = Object.entries(samples.parquet.files)[0]!;
  const whole = Buffer.from(content);
  const footer = whole.length - 8 - whole.readUInt32LE(whole.length - 8);
  let refused = 0;
  for (let place = footer; place < whole.length; place++) {
    const bytes = Buffer.from(whole);
    bytes[place]! ^= 0x31;
    const folder = await folderOf(t, { [name]: bytes });
    await openTable({ paths: [folder], format: 'parquet', options: {}, context: quietContext() }).catch(
      (error: unknown) => {
        refused++;
        assert.ok(error instanceof SignalboxError, `byte ${place}: ${(error as Error).stack}`);
        assert.doesNotMatch(error.message, /NaN/, `byte ${place}`);
      },
    );
  }
  assert.ok(refused > 100, `${refused} of ${whole.length - footer}`);
});

test(`${planned} mutilated inputs over ${formats.length} formats: no crash, no hang, no half table`, () => {
  assert.equal(seen.tried, planned);
  assert.ok(planned > 1000 && seen.refused > planned / 3, JSON.stringify(seen));
});

/** Opens a mutilated source. @returns the table; undefined where it is refused, in a sentence that names file and place */
async function tried(
  t: TestContext,
  format: keyof typeof samples,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Dataset | undefined> {
  seen.tried++;
  const folder = await folderOf(t, files);
  const { options = {} } = samples[format];
  let table: Dataset;
  try {
    table = await openTable({ paths: [folder], format, options, context: quietContext() });
  } catch (error) {
    seen.refused++;
    assert.ok(error instanceof SignalboxError, (error as Error).stack);
    assert.ok(error.message.includes(folder), error.message);
    // A row is named by its line; in Parquet by its rows, in a ZIP file by its member, in a pickle by its byte.
    const place = error.place.line !== undefined || /rows \d+ to \d+|byte \d+|\.eval\//.test(error.message);
    assert.ok(error.code !== 'row' || place, error.message);
    return undefined;
  }
  // What was read is a table like any other: it is written whole and reads back the same.
  const out = await folderOf(t, {});
  const path = join(out, 'table.jsonl');
  await writeTable(table, path, quietContext());
  const back = await openTable({ paths: [path], options: {}, context: quietContext() });
  assert.deepEqual(kept(back), kept(table));
  assert.deepEqual(await readdir(out), ['table.jsonl']);
  return table;
}

function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

function wide(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1'), 'utf16le');
}

/** These bytes in the middle of the file. */
function inside(bytes: Buffer, more: readonly number[]): Buffer {
  const middle = bytes.length >> 1;
  return Buffer.concat([bytes.subarray(0, middle), Buffer.from(more), bytes.subarray(middle)]);
}

/** The file with two of its lines in each other's place. */
function swapped(bytes: Buffer, [a, b]: readonly [number, number]): Buffer {
  const lines = bytes.toString('latin1').split('\n');
  const [i, j] = [a % lines.length, b % lines.length];
  [lines[i], lines[j]] = [lines[j]!, lines[i]!];
  return Buffer.from(lines.join('\n'), 'latin1');
}
