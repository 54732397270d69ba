import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';

const file = new URL('../packages/signalbox/bin/run-node.js', import.meta.url).href;

/** A process that runs another, which says its number when it is up; as an old Node runs the one of the repository. */
async function started(inner: string): Promise<{ outer: ChildProcessWithoutNullStreams; pid: number }> {
  const outer = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { runNode } from ${JSON.stringify(file)};
process.exitCode = await runNode(process.execPath, ['-e', ${JSON.stringify(`${inner};console.log(process.pid);setInterval(() => {}, 1e6)`)}], process.env);`,
  ]);
  const [said] = (await once(outer.stdout, 'data')) as [Buffer];
  return { outer, pid: Number(said.toString()) };
}

const gone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
  test(`${signal} to the Node that was started reaches the one that works, and its code comes back`, async () => {
    const { outer, pid } = await started(`process.once('${signal}', () => process.exit(7))`);
    outer.kill(signal);
    assert.deepEqual(await once(outer, 'exit'), [7, null]);
    assert.ok(gone(pid));
  });
}

test('where a signal ends the one that works, the code says which', async () => {
  const { outer, pid } = await started('');
  outer.kill('SIGTERM');
  assert.deepEqual(await once(outer, 'exit'), [143, null]);
  assert.ok(gone(pid));
});
