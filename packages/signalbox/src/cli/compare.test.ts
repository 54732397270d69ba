import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { SignalboxError } from '../core/errors.ts';
import { compare, readResults } from './compare.ts';
import { openSession, type Session } from './session.ts';
import { fakeResults } from './words/contract.ts';
import { fakeEvidence } from './words/evidence.fixture.ts';

let folder: string;
let said: string;
let session: Session;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-compare-'));
  session = {
    ...openSession(),
    out: (text) => {
      said += text;
    },
    say: () => undefined,
  };
  await writeFile(join(folder, 'a.json'), JSON.stringify({ ...fakeResults(), sets: [fakeEvidence()] }));
  await writeFile(join(folder, 'b.json'), JSON.stringify(fakeResults({ seed: 4 })));
  await writeFile(join(folder, 'no.json'), '{"schema": ');
  await writeFile(join(folder, 'other.json'), JSON.stringify({ ...fakeResults(), seed: 'x' }));
});
after(() => rm(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

test('two files are read and shown side by side, in the terminal and as a page', async () => {
  said = '';
  await compare([at('a.json'), at('b.json')], { html: at('page.html') }, session);
  assert.match(said, /^Two runs side by side/);
  assert.match(said, /^residual /m);
  assert.match(await readFile(at('page.html'), 'utf8'), /<h1>Signalbox: two runs side by side<\/h1>/);
});

test('what is no file of results is named, with the field that is wrong', async () => {
  const fails = async (name: string): Promise<SignalboxError> => {
    const error = await readResults(at(name)).catch((caught: unknown) => caught);
    assert.ok(error instanceof SignalboxError);
    assert.match(error.message, new RegExp(name));
    return error;
  };
  assert.equal((await fails('missing.json')).code, 'file');
  assert.equal((await fails('no.json')).code, 'format');
  assert.match((await fails('other.json')).message, /at seed/);
});

test('one file, three files or --json are wrong usage, and nothing is written', async () => {
  const before = await readdir(folder);
  const usage = (files: string[], json = false): Promise<void> =>
    assert.rejects(
      compare(files.map(at), { html: at('never.html'), json }, session),
      (error) => error instanceof SignalboxError && error.code === 'usage',
    );
  await usage(['a.json']);
  await usage(['a.json', 'b.json', 'a.json']);
  await usage(['a.json', 'b.json'], true);
  assert.deepEqual(await readdir(folder), before);
});
