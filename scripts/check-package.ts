/**
 * Packs the product, checks the tarball, and uses it where nothing else of the repository is.
 * Usage: node scripts/check-package.ts FOLDER, a new folder outside the repository.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');
const work = resolve(process.argv[2] ?? '');
assert.ok(!`${work}/`.startsWith(`${root}/`), 'a new folder outside the repository must be named');
const elsewhere = join(work, 'elsewhere');
mkdirSync(elsewhere, { recursive: true });
const { version } = JSON.parse(readFileSync(join(root, 'packages/signalbox/package.json'), 'utf8')) as {
  version: string;
};

const tarball = pack();
checkTarball();
install();
runCommands();
await serveOnce();

function pack(): string {
  const lines = run(
    'npm',
    ['pack', '--workspace', 'signalbox', '--pack-destination', work, '--silent', '--ignore-scripts=false'],
    root,
  );
  return join(work, lines.stdout.trim().split('\n').at(-1)!);
}

function checkTarball(): void {
  run('npx', ['publint', 'run', tarball, '--strict'], root);
  run('npx', ['attw', tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'], root);
  const files = run('tar', ['-tzf', tarball], root).stdout.trim().split('\n');
  const stray = files.filter((file) => !/^package\/(?:bin\/|dist\/|[^/]+$)/.test(file) || isOurs(file));
  assert.deepEqual(stray, [], 'the tarball holds what only the repository needs');
  for (const file of [
    'LICENSE',
    'README.md',
    'bin/run-node.js',
    'bin/signalbox.js',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cli/main.js',
  ])
    assert.ok(files.includes(`package/${file}`), `the tarball lacks ${file}`);
}

/** Tests, fixtures, contracts and sources. */
function isOurs(file: string): boolean {
  return /\.(?:test|fixture)\.|\/fixtures\/|\/contract\.|(?<!\.d)\.ts$/.test(file);
}

function install(): void {
  writeFileSync(join(elsewhere, 'package.json'), '{"private":true,"type":"module"}\n');
  run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', tarball],
    elsewhere,
  );
}

function runCommands(): void {
  assert.equal(run('npx', ['--no-install', 'signalbox', '--version'], elsewhere).stdout, `${version}\n`);
  const exported = run(
    process.execPath,
    ['--input-type=module', '-e', `console.log(Object.keys(await import('signalbox')).join(' '))`],
    elsewhere,
  );
  for (const name of ['openTable', 'train', 'evaluate', 'SignalboxError'])
    assert.ok(exported.stdout.split(/\s/).includes(name), `the package does not export ${name}`);

  writeFileSync(join(elsewhere, 'table.csv'), table());
  // Without the packages of the sentence encoder: it says so, and works.
  const report = signalbox('report', 'table.csv', '--json', '--routers', 'knn,residual');
  assert.match(report.stderr, /encoded by surface and lsa alone/i);
  const { sets } = JSON.parse(report.stdout) as { sets: { rows: number }[] };
  assert.equal(sets[0]?.rows, 120);
  signalbox('report', 'table.csv', '--html', 'page.html', '--routers', 'ridge');
  assert.match(readFileSync(join(elsewhere, 'page.html'), 'utf8'), /<svg/);
  signalbox('train', 'table.csv', '-o', 'router');
  const decision = JSON.parse(signalbox('route', 'router', 'Add 2 and 3.', '--json').stdout) as {
    candidates: { model: string }[];
  };
  assert.equal(decision.candidates.length, 3);
}

/** Serves simulated models by the trained router, asks once, and reads the log back. */
async function serveOnce(): Promise<void> {
  const models = ['small', 'medium', 'large'].map(
    (name) => `  - name: ${name}\n    upstream: simulated\n    price: { input: 1, output: 2 }\n`,
  );
  writeFileSync(
    join(elsewhere, 'signalbox.yaml'),
    `router: ./router\nlisten: 127.0.0.1:0\nmodels:\n${models.join('')}log:\n  file: ./log.db\n`,
  );
  const server = spawn(
    process.execPath,
    [join(elsewhere, 'node_modules/signalbox/bin/signalbox.js'), 'serve', 'signalbox.yaml'],
    { cwd: elsewhere, stdio: ['ignore', 'inherit', 'pipe'], timeout: 60_000 },
  );
  const ended = once(server, 'exit');
  const said: string[] = [];
  try {
    let url: string | undefined;
    for await (const line of createInterface({ input: server.stderr })) {
      said.push(line);
      url = /http:\/\/[\d.]+:\d+\/v1/.exec(line)?.[0];
      if (url) break;
    }
    assert.ok(url, `serve ended without an address:\n${said.join('\n')}`);
    server.stderr.resume();
    const answer = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Add 2 and 3.' }] }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    assert.ok([...answer.headers.keys()].some((name) => name.startsWith('x-signalbox-')));
  } finally {
    server.kill('SIGINT');
    await ended;
  }
  assert.equal(server.exitCode, 0);
  signalbox('export', '--log', 'log.db', '-o', 'log.jsonl');
  assert.match(readFileSync(join(elsewhere, 'log.jsonl'), 'utf8'), /"model":"(?:small|medium|large)"/);
}

/** A small table: three models, two groups. */
function table(): string {
  const rows = Array.from({ length: 120 }, (_, i) => {
    const sum = i % 2 === 0;
    const text = sum ? `Add ${i} and ${i + 7}.` : `Name the capital of country number ${i}.`;
    const scores = [i % 3 === 0, sum || i % 5 === 0, !sum || i % 7 === 0].map(Number);
    return `q${i},${text},${sum ? 'sums' : 'capitals'},${scores.join(',')},0.0001,0.0004,0.002`;
  });
  return `query_id,text,group,small,medium,large,small|cost,medium|cost,large|cost\n${rows.join('\n')}\n`;
}

function signalbox(...argv: string[]): { stdout: string; stderr: string } {
  return run(
    process.execPath,
    [join(elsewhere, 'node_modules/signalbox/bin/signalbox.js'), ...argv],
    elsewhere,
  );
}

/** Runs a command that must succeed; shows all it printed where it does not. */
function run(command: string, argv: readonly string[], cwd: string): { stdout: string; stderr: string } {
  const began = performance.now();
  const { status, stdout, stderr, error, signal } = spawnSync(command, argv, {
    cwd,
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 1 << 26,
  });
  const shown = [command === process.execPath ? 'node' : command, ...argv].join(' ');
  if (status !== 0) {
    console.error(`${stdout ?? ''}${stderr ?? ''}`);
    throw new Error(`${shown}: ${error?.message ?? signal ?? `exit ${status}`}`);
  }
  console.log(`${shown} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return { stdout, stderr };
}
