import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { SignalboxError } from '../../core/errors.ts';
import { folderOf } from '../tables.fixture.ts';
import { type Packed, zipBytes } from './zip.fixture.ts';
import { openZip, type ZipLimits, zipLimits } from './zip.ts';

const text = 'the same words again and again. '.repeat(2000);
const small: ZipLimits = { members: 3, memberBytes: 100_000, totalBytes: 150_000, ratio: 50 };

test('members of every method are read whole and in pieces, with short and wide sizes', async (t) => {
  const members: Packed[] = [
    { name: 'a.json', content: text },
    { name: 'b/c.txt', content: 'stored', method: 0 },
    { name: 'd', content: text, method: 93 },
    { name: 'b/', content: '', method: 0 },
    { name: 'ä', content: '', method: 0, wide: true },
    { name: 'e', content: text, wide: true },
  ];
  const folder = await folderOf(t, { 'a.zip': zipBytes(members) });
  await using zip = await openZip(join(folder, 'a.zip'));
  assert.deepEqual(
    zip.entries.map(({ name }) => name),
    ['a.json', 'b/c.txt', 'd', 'ä', 'e'],
  );
  for (const { name, content } of members.filter(({ name }) => !name.endsWith('/'))) {
    assert.equal(Buffer.from(await zip.read(name)).toString(), content, name);
    const pieces: Uint8Array[] = [];
    for await (const piece of zip.stream(name)) pieces.push(piece);
    assert.equal(Buffer.concat(pieces).toString(), content, name);
  }
  await assert.rejects(zip.read('none'), /a\.zip: there is no `none` in it/);
});

const refused: { name: string; members: Packed[]; says: RegExp }[] = [
  { name: 'upwards', members: [{ name: 'a/../../x', content: '' }], says: /leads out of its folder/ },
  { name: 'absolute', members: [{ name: '/etc/x', content: '' }], says: /leads out of its folder/ },
  { name: 'a drive', members: [{ name: 'C:x', content: '' }], says: /leads out of its folder/ },
  { name: 'a backslash', members: [{ name: '..\\x', content: '' }], says: /leads out of its folder/ },
  { name: 'a zero byte', members: [{ name: 'x\0.json', content: '' }], says: /x\\u0000\.json.*leads out/ },
  {
    name: 'a name twice',
    members: [
      { name: 'a', content: '' },
      { name: 'a', content: '' },
    ],
    says: /`a` stands in it twice/,
  },
  { name: 'a password', members: [{ name: 'a', content: '', flags: 1 }], says: /is encrypted/ },
  {
    name: 'too many',
    members: ['a', 'b', 'c', 'd'].map((name) => ({ name, content: '' })),
    says: /holds 4 files where at most 3/,
  },
  {
    name: 'a large member',
    members: [{ name: 'a', content: text, claims: { size: 1e5 + 1 } }],
    says: /100001 bytes/,
  },
  {
    name: 'large together',
    members: ['a', 'b', 'c'].map((name) => ({ name, content: text })),
    says: /192000 bytes where at most 150000/,
  },
  {
    name: 'shared bytes',
    members: [{ name: 'a', content: text, claims: { packed: 5000 } }],
    says: /overlaps/,
  },
];
for (const { name, members, says } of refused) {
  test(`a ZIP file with ${name} is refused`, async (t) => {
    const folder = await folderOf(t, { 'a.zip': zipBytes(members) });
    await assert.rejects(openZip(join(folder, 'a.zip'), small), (error: Error) => {
      assert.ok(error instanceof SignalboxError);
      assert.match(error.message, says);
      return true;
    });
  });
}

test('a bomb is refused by its ratio, and one that hides its size while it is unpacked', async (t) => {
  const zeros = new Uint8Array(2 ** 21);
  const folder = await folderOf(t, {
    'open.zip': zipBytes([{ name: 'a', content: zeros }]),
    'hidden.zip': zipBytes([{ name: 'a', content: zeros, claims: { size: 1000 } }]),
    'crc.zip': zipBytes([{ name: 'a', content: 'text', claims: { crc: 1 } }]),
  });
  await assert.rejects(openZip(join(folder, 'open.zip'), { ...zipLimits, ratio: 100 }), /looks like a bomb/);
  for (const [name, says] of [
    ['hidden.zip', /member `a` is damaged/],
    ['crc.zip', /its checksum is another/],
  ] as const) {
    await using zip = await openZip(join(folder, name));
    await assert.rejects(zip.read('a'), says);
    await assert.rejects(async () => {
      for await (const piece of zip.stream('a')) assert.ok(piece.length <= 2 ** 18);
    }, says);
  }
});

test('a ZIP file with bytes flipped or cut off is read as it was, or refused in a sentence', async (t) => {
  const whole = zipBytes([
    { name: 'a.json', content: text },
    { name: 'b', content: 'stored', method: 0 },
  ]);
  const folder = await folderOf(t, {});
  const path = join(folder, 'a.zip');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async (at, xor, cut) => {
        const bytes = Buffer.from(cut ? whole.subarray(0, at) : whole);
        if (!cut) bytes[at]! ^= xor;
        await writeFile(path, bytes);
        try {
          await using zip = await openZip(path);
          for (const { name } of zip.entries)
            assert.match(Buffer.from(await zip.read(name)).toString(), /^(the same|stored)/);
        } catch (error) {
          assert.ok(error instanceof SignalboxError, String(error));
        }
      },
    ),
    { numRuns: 300 },
  );
});
