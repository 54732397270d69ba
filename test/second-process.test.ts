import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeWorld, worlds, writeTable } from '../packages/signalbox/src/pipeline/config.ts';
import { makeContext } from '../packages/signalbox/src/pipeline/context.ts';
import { sameFigures } from '../scripts/same-figures.ts';

const bin = fileURLToPath(new URL('../packages/signalbox/bin/signalbox.js', import.meta.url));
const command = [
  'report',
  'table.csv',
  '--json',
  '--no-html',
  '--encoder',
  'surface',
  '--routers',
  'knn,residual',
];

let cwd: string;
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'signalbox-two-'));
  const { table } = makeWorld({ ...worlds['quality-lifts'], rows: 400, testShare: 0 }, 1);
  await writeTable(table, join(cwd, 'table.csv'), makeContext());
});
after(() => rm(cwd, { recursive: true, force: true }));

/** Starts it with a folder of its own for what passes between processes. */
async function started(processes: '1' | '2') {
  const folder = await mkdtemp(join(cwd, 'tmp-'));
  const child = spawn(process.execPath, [bin, ...command, '--processes', processes], {
    cwd,
    env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const ended = new Promise<string>((resolve) => child.on('close', () => resolve(out)));
  const left = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true })).filter((name) => name.startsWith('signalbox-second-'));
  return { child, ended, left };
}

/** Looks again after each event that the file system may have had. */
async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a report by two processes is that by one, and leaves nothing behind', async () => {
  const [one, two] = [await started('1'), await started('2')];
  const [alone, shared] = [JSON.parse(await one.ended) as unknown, JSON.parse(await two.ended) as unknown];
  const { figures, difference } = sameFigures(alone, shared);
  assert.equal(difference, undefined);
  assert.ok(figures > 1000);
  assert.deepEqual(await two.left(), []);
});

test('a second process whose first one is gone goes as well, with what they shared', {
  timeout: 60_000,
}, async () => {
  const { child, ended, left } = await started('2');
  await until(async () => (await left()).some((name) => name.endsWith('.taken')));
  child.kill('SIGKILL');
  await ended;
  await until(async () => (await left()).length === 0);
});
