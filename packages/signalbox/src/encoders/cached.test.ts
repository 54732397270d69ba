import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Encoder } from '../core/encoder.ts';
import { type Query, textOf } from '../core/query.ts';
import { matrix32 } from '../math/matrix.ts';
import { digestPlain } from './cached/digest.ts';
import { cached } from './cached.ts';
import { isInterruption, queriesOf, testContext } from './contract.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-cached-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Counts what it is asked; its rows are the text's length and the state. */
function counting(
  seen: string[],
  more: { readonly settings?: number; readonly each?: () => void } = {},
): Encoder<number> {
  return {
    name: 'counting',
    settings: { of: more.settings ?? 1 },
    fit: async () => 7,
    async encode(queries: readonly Query[], state) {
      const out = matrix32(queries.length, 2);
      queries.forEach((query, i) => {
        more.each?.();
        seen.push(textOf(query));
        out.data.set([textOf(query).length, state], 2 * i);
      });
      return out;
    },
    width: () => 2,
  };
}

const queries = queriesOf(['a', 'bbb', 'cc', 'a', '']);
const expected = [1, 7, 3, 7, 2, 7, 1, 7, 0, 7];

test('a second run reads what the first has kept; each text is embedded once', async () => {
  const first: string[] = [];
  const rows = await cached(counting(first), { folder }).encode(queries, 7, testContext());
  assert.deepEqual([...rows.data], expected);
  assert.deepEqual(first, ['', 'a', 'cc', 'bbb']);
  const second: string[] = [];
  const more = [...queries, ...queriesOf(['new'])];
  const again = await cached(counting(second), { folder }).encode(more, 7, testContext());
  assert.deepEqual([...again.data], [...expected, 3, 7]);
  assert.deepEqual(second, ['new']);
});

test('it says so once where different texts have the same row, many of them', async () => {
  const told: string[] = [];
  const context = { ...testContext(), warn: (text: string) => void told.push(text) };
  const numbered = (n: number, text: (i: number) => string): readonly Query[] =>
    queriesOf(Array.from({ length: n }, (_, i) => text(i)));
  // Rows are lengths: all of these are alike to the encoder; then the same text over again, and texts that differ.
  const blind = numbered(30, (i) => `The same ${i + 10}`);
  const encoder = cached(counting([]), { folder });
  await encoder.encode(
    numbered(30, () => 'one text'),
    7,
    context,
  );
  await encoder.encode(
    numbered(40, (i) => 'x'.repeat(i)),
    7,
    context,
  );
  await encoder.encode(blind.slice(0, 19), 7, context);
  assert.deepEqual(told, []);
  await encoder.encode(blind, 7, context);
  await encoder.encode(blind, 7, context);
  assert.equal(told.length, 1);
  assert.match(told[0]!, /^To the encoder counting 30 of 30 texts are the same as a different one/);
});

test('another state, other settings: other rows', async () => {
  await cached(counting([]), { folder }).encode(queries, 7, testContext());
  const seen: string[] = [];
  const rows = await cached(counting(seen), { folder }).encode(queries, 8, testContext());
  assert.deepEqual([rows.data[1], seen.length], [8, 4]);
  await cached(counting(seen, { settings: 2 }), { folder }).encode(queries, 7, testContext());
  assert.equal(seen.length, 8);
});

test('an interrupted run goes on where it stopped', async () => {
  const many = queriesOf(Array.from({ length: 1000 }, (_, i) => `text ${i}`));
  const controller = new AbortController();
  const first: string[] = [];
  const each = (): void => {
    if (first.length === 300) controller.abort();
  };
  const run = cached(counting(first, { each }), { folder }).encode(
    many,
    7,
    testContext({ signal: controller.signal }),
  );
  await assert.rejects(run, isInterruption);
  assert.ok(first.length < 1000);
  const second: string[] = [];
  const context = testContext();
  await cached(counting(second), { folder }).encode(many, 7, context);
  assert.equal(first.length + second.length, 1000);
  assert.equal(context.stages.at(-1), 'embedding 1000/1000');
});

test('what is torn, damaged or foreign is passed over', async () => {
  await cached(counting([]), { folder }).encode(queries, 7, testContext());
  const inner = join(folder, readdirSync(folder)[0]!);
  const file = join(inner, readdirSync(inner)[0]!);
  const bytes = readFileSync(file);
  bytes[bytes.length - 6]! ^= 1;
  writeFileSync(file, bytes);
  truncateSync(file, bytes.length);
  appendFileSync(file, 'the beginning of a record');
  writeFileSync(join(inner, 'foreign.rows'), 'nothing of ours');
  writeFileSync(join(inner, 'other.rows.tmp'), bytes);
  const seen: string[] = [];
  const rows = await cached(counting(seen), { folder }).encode(queries, 7, testContext());
  assert.deepEqual([...rows.data], expected);
  assert.deepEqual(seen, ['bbb']);
});

test('a row that goes from the disk while it is in use is computed again', async () => {
  const seen: string[] = [];
  const encoder = cached(counting(seen), { folder });
  await encoder.encode(queries, 7, testContext());
  const inner = join(folder, readdirSync(folder)[0]!);
  truncateSync(join(inner, readdirSync(inner)[0]!), 40);
  seen.length = 0;
  const rows = await encoder.encode(queries, 7, testContext());
  assert.deepEqual([...rows.data], expected);
  assert.deepEqual(seen.sort(), ['', 'a', 'a', 'bbb', 'cc']);
  await encoder.close!();
  seen.length = 0;
  await encoder.encode(queriesOf(['a', 'new']), 7, testContext());
  assert.deepEqual(seen.sort(), ['a', 'new']);
});

test('many segments become one, and nothing is lost', async () => {
  for (let i = 0; i < 20; i++) {
    await cached(counting([]), { folder }).encode(queriesOf([`text ${i}`]), 7, testContext());
  }
  const inner = join(folder, readdirSync(folder)[0]!);
  assert.ok(readdirSync(inner).length <= 17);
  const seen: string[] = [];
  const all = queriesOf(Array.from({ length: 20 }, (_, i) => `text ${i}`));
  await cached(counting(seen), { folder }).encode(all, 7, testContext());
  assert.deepEqual(seen, []);
});

test('who reads while another writes segments together embeds nothing anew', async () => {
  const all = queriesOf(Array.from({ length: 17 }, (_, i) => `text ${i}`));
  for (const query of all.slice(0, 16))
    await cached(counting([]), { folder }).encode([query], 7, testContext());
  const seen: string[] = [];
  const reading = cached(counting(seen), { folder });
  await reading.encode(all.slice(0, 1), 7, testContext());
  for (const query of [all[16]!, all[0]!])
    await cached(counting([]), { folder }).encode([query], 7, testContext());
  assert.equal(readdirSync(join(folder, readdirSync(folder)[0]!)).length, 1);
  await reading.encode(all.slice(0, 16), 7, testContext());
  assert.deepEqual(seen, []);
});

test('two at once write beside each other', async () => {
  const half = (from: number): Query[] =>
    queriesOf(Array.from({ length: 200 }, (_, i) => `text ${from + i}`));
  await Promise.all(
    [0, 100].map((from) => cached(counting([]), { folder }).encode(half(from), 7, testContext())),
  );
  const seen: string[] = [];
  await cached(counting(seen), { folder }).encode([...half(0), ...half(100)], 7, testContext());
  assert.deepEqual(seen, []);
});

test('a folder that cannot be written is a warning', async () => {
  const file = join(folder, 'a file');
  writeFileSync(file, '');
  const context = testContext();
  const rows = await cached(counting([]), { folder: file }).encode(queries, 7, context);
  assert.deepEqual([...rows.data], expected);
  assert.match(context.warnings[0]!, /could not be kept/);
});

test('digests tell states apart', () => {
  const states = [
    null,
    0,
    -0,
    '0',
    '',
    [],
    {},
    [0],
    [[0]],
    { a: 0 },
    { b: 0 },
    true,
    'true',
    Float32Array.of(0),
  ];
  const more = [Float64Array.of(0), Int32Array.of(0), ['a', 'b'], ['ab'], { a: ['b'] }];
  const all = [...states, ...more].map(digestPlain);
  assert.equal(new Set(all).size, all.length);
  assert.equal(digestPlain({ a: 1, b: [2] }), digestPlain({ b: [2], a: 1 }));
});
