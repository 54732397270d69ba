import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { signalbox } from './cli.fixture.ts';

test('train refuses given features, which no later query has, and says what to do', async (t) => {
  const cwd = await mkdtemp(join(tmpdir(), 'signalbox-features-'));
  t.after(() => rm(cwd, { recursive: true, force: true }));
  for (const router of ['knn', 'task-table']) {
    const { code, err } = await signalbox(
      ['train', 'table.csv', '--features', 'features.csv', '--router', router, '-o', 'router'],
      { cwd },
    );
    assert.equal(code, 2);
    assert.match(err, /`train` takes no --features: .* served later has none.*--encoder.*report --features/);
  }
  assert.deepEqual(await readdir(cwd), []);
  const { out } = await signalbox(['train', '--help'], { cwd });
  assert.doesNotMatch(out, /--features/);
});
