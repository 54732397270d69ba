/**
 * Runs the test files of the repository, or those whose path contains one of the words given, two at a time,
 * and closes with the line `N passed, N failed, N skipped`. A file that crashes, holds no test or does not end
 * in time fails; what it printed is shown.
 */
import { globSync } from 'node:fs';
import { sep } from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';

const secondsForFile = Number(process.env['SIGNALBOX_TEST_SECONDS'] ?? 900);
const lanes = 2;
const seeded = new URL('seeded.ts', import.meta.url).href;
const total = { passed: 0, failed: 0, skipped: 0 };

const words = process.argv.slice(2);
const files = globSync(['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'])
  .map((file) => file.replaceAll(sep, '/'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()
  // Those of `test/` take longest: they start first.
  .reverse();
if (files.length === 0) console.error(`No test file's path contains ${words.join(' or ')}.`);

const waiting = files.values();
await Promise.all(Array.from({ length: lanes }, runLane));
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
// A handle that a killed test left behind must not keep this process.
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

async function runLane(): Promise<void> {
  for (const file of waiting) await runFile(file);
}

async function runFile(file: string): Promise<void> {
  const began = performance.now();
  const count = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  const skips: string[] = [];
  const printed: string[] = [];
  const late = AbortSignal.timeout(secondsForFile * 1000);
  const stream = run({ files: [file], concurrency: 1, signal: late, execArgv: ['--import', seeded] });
  for await (const { type, data } of stream) {
    if (type === 'test:stdout' || type === 'test:stderr') printed.push(data.message);
    else if (type === 'test:pass') {
      const reason = data.skip || data.todo;
      if (reason) {
        count.skipped++;
        skips.push(`  skipped: ${data.name}${typeof reason === 'string' ? ` (${reason})` : ''}`);
        // A file without tests passes as a test of its own name; suites are not counted beside their tests.
      } else if (data.details.type !== 'suite' && data.name.replaceAll(sep, '/') !== file) count.passed++;
    } else if (type === 'test:fail') {
      const { error } = data.details;
      // A suite, and a test around others, fails with them and is not counted beside them.
      if ((error as { failureType?: string }).failureType === 'subtestsFailed') continue;
      count.failed++;
      failures.push(`  FAILED ${data.name} (${file}:${data.line ?? 1})\n${told(error.cause ?? error)}`);
    }
  }
  if (late.aborted && count.failed === 0) fail(`did not end within ${secondsForFile} s`);
  else if (count.passed + count.failed + count.skipped === 0) fail('holds no test');
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += count[key];
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${count.failed > 0 ? 'FAILED' : 'ok    '} ${file} (${count.passed} passed, ${seconds} s)`);
  if (skips.length > 0) console.log(skips.join('\n'));
  if (count.failed > 0) console.log(`${failures.join('\n')}\n${printed.join('')}`);

  function fail(reason: string): void {
    count.failed++;
    failures.push(`  FAILED ${file} ${reason}`);
  }
}

/** An error as Node shows it, without the lines of Node's own stack. */
function told(error: unknown): string {
  return inspect(error).replaceAll(/^ +at .*\bnode:internal\/.*\n/gm, '');
}
