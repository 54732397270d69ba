import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeFolder } from './make-folder.ts';

describe('a folder is made', () => {
  let within = '';
  before(async () => {
    within = await mkdtemp(join(tmpdir(), 'signalbox-folder-'));
    await writeFile(join(within, 'file'), '');
  });
  after(() => rm(within, { recursive: true }));

  test('with those that it lies in, and where it is there already', async () => {
    const path = join(within, 'a/b/c');
    await makeFolder(path);
    await makeFolder(path);
    await makeFolder(`${path}/`);
    assert.ok((await stat(path)).isDirectory());
  });

  test('by several at once', async () => {
    const path = join(within, 'd/e/f');
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
    assert.ok((await stat(path)).isDirectory());
  });

  test('not below or in place of a file, nor without a name', async () => {
    await assert.rejects(makeFolder(join(within, 'file')), { code: 'EEXIST' });
    await assert.rejects(makeFolder(join(within, 'file/a/b')), { code: 'ENOTDIR' });
    await assert.rejects(makeFolder(''), { code: 'ENOENT' });
  });

  const skip = process.platform === 'linux' ? false : 'only Linux has /proc';
  test('not where the system makes none: it says so and ends', { skip, timeout: 10_000 }, async () => {
    await assert.rejects(makeFolder('/proc/signalbox/a/b'), { code: 'ENOENT' });
  });
});
