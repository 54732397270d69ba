import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const writer = new URL('./write.ts', import.meta.url).href;
const context = new URL('../../pipeline/context.ts', import.meta.url).href;

/** Writes rows without end, and says so once they lie on the disk. */
const program = `
import { readdirSync, statSync } from 'node:fs';
import { writeRows } from ${JSON.stringify(writer)};
import { makeContext } from ${JSON.stringify(context)};
async function* rows() {
  for (let i = 0, told = false; ; i++) {
    if (i % 5000 === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!told && readdirSync('.').some((name) => statSync(name).size > 0)) told = console.log('writing') ?? true;
    }
    yield { query_id: 'q' + i, text: 'a text', model: 'a', score: 1 };
  }
}
await writeRows({ rows: rows() }, 'table.jsonl', makeContext());
`;

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`a table that is being written when ${signal} comes leaves nothing behind`, {
    skip: process.platform === 'win32' ? 'no signals here' : false,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-interrupted-'));
    try {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      assert.equal((await readdir(folder)).length, 1);
      child.kill(signal);
      assert.deepEqual(await once(child, 'exit'), [null, signal]);
      assert.deepEqual(await readdir(folder), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
