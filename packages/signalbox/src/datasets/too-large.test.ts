import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SignalboxError } from '../core/errors.ts';
import { zipBytes } from './files/zip.fixture.ts';
import { openTable } from './open.ts';
import { folderOf, quietContext } from './tables.fixture.ts';

/** A file of a beginning, so many megabytes of the same piece, and an end; written piece by piece. */
async function large(
  t: TestContext,
  name: string,
  of: { readonly begin: string; readonly piece: string; readonly end: string; readonly megabytes: number },
): Promise<string> {
  const path = join(await folderOf(t, {}), name);
  const file = createWriteStream(path);
  const megabyte = Buffer.from(of.piece.repeat(Math.ceil(2 ** 20 / of.piece.length)));
  file.write(of.begin);
  for (let i = 0; i < of.megabytes; i++) if (!file.write(megabyte)) await once(file, 'drain');
  file.end(of.end);
  await once(file, 'finish');
  return path;
}

const row = '{"query_id":"q","model":"m","score":1,"text":"';
const lines = {
  'a.jsonl': [{ begin: row, piece: 'x', end: '"}\n' }, /a\.jsonl:1: this line is longer than 67108864 bytes/],
  'b.jsonl': [
    { begin: `${row}"}\n`, piece: `${row}"} `, end: '' },
    /b\.jsonl:2: .* Are line breaks missing\?/,
  ],
  'a.csv': [
    { begin: 'query_id,text,m\nq,"', piece: 'x', end: '",1\n' },
    /a\.csv:2: this line is longer than 67108864 bytes/,
  ],
  'gsm8k-train.json': [
    {
      begin: '[{"question": "1", "scores": {"a": 1}},\n{"question": "',
      piece: 'x',
      end: '", "scores": {"a": 1}}]',
    },
    /gsm8k-train\.json:2: what begins here is \d+ bytes long; at most 67108864 are read/,
  ],
} as const;

for (const [name, [of, says]] of Object.entries(lines)) {
  test(`${name}: 200 MB on one line are refused by file and line, and most of them never read`, async (t) => {
    const path = await large(t, name, { ...of, megabytes: 200 });
    await assert.rejects(
      openTable({ paths: [path], options: {}, context: quietContext() }),
      (error) => error instanceof SignalboxError && says.test(error.message),
    );
  });
}

test('CSV: a quote that is never closed is refused once its row is longer than one may be', async (t) => {
  const quoted = { begin: 'query_id,text,m\nq,"', piece: `${'x'.repeat(1023)}\n`, end: '', megabytes: 70 };
  const path = await large(t, 'a.csv', quoted);
  await assert.rejects(
    openTable({ paths: [path], options: {}, context: quietContext() }),
    (error) =>
      error instanceof SignalboxError &&
      /a\.csv:2: the row that begins here is longer than .* Is a closing quote missing\?/.test(error.message),
  );
});

test('200 MB of white space in a JSON array are passed over', async (t) => {
  const of = { begin: '[{"question": "1", "scores": {"a": 1}}', piece: ' ', end: ']', megabytes: 200 };
  const path = await large(t, 'gsm8k-train.json', of);
  const table = await openTable({ paths: [path], options: {}, context: quietContext() });
  assert.equal(table.examples.length, 1);
});

for (const [format, name, member] of [
  ['mmlu-pro', 'model_outputs_m_5shots.zip', 'model_outputs_m_5shots.json'],
  ['inspect', 'a.eval', 'header.json'],
  ['routereval', 'a.npz', 'data.npy'],
] as const) {
  test(`${format}: a ZIP bomb is refused, whether it says its size or hides it`, async (t) => {
    const zeros = Buffer.alloc(2 ** 26);
    const open = zipBytes([{ name: member, content: zeros }]);
    const hidden = zipBytes([{ name: member, content: zeros, claims: { size: 1000 } }]);
    for (const [bomb, says] of [
      [open, /unpacks to 67108864 bytes from \d+, more than 400 for each; it looks like a bomb/],
      [hidden, new RegExp(`\`?${member.replaceAll('.', '\\.')}\`? is damaged`)],
    ] as const) {
      const path = join(await folderOf(t, { [name]: bomb }), name);
      await assert.rejects(
        openTable({ paths: [path], format, options: {}, context: quietContext() }),
        (error) =>
          error instanceof SignalboxError && says.test(error.message) && error.message.includes(path),
      );
    }
  });
}
