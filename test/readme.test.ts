import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const stub = join(root, 'packages/signalbox/bin/signalbox.js');

/** The lines of the README's fenced blocks of one language, comments left out. */
function lines(language: string): string[] {
  const blocks = readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'));
  return [...blocks].flatMap(([, text]) => text!.trimEnd().split('\n'));
}

const commands = lines('sh').map((line) => line.replace(/\s+#.*/, ''));

/** What runs as it stands on a small table; the others need a log, a pool or published tables, and have tests of their own. */
const runnable = ['report', 'train', 'evaluate', 'route', 'check'];

test('the README starts with its two commands, and names only commands and options that exist', () => {
  assert.deepEqual(commands.slice(0, 2), ['npm ci && npm start', 'npm ci && npm test']);
  for (const command of commands.slice(2)) {
    const [, name = ''] = /^npx signalbox (\w+) /.exec(command) ?? [];
    const { status, stdout } = spawnSync(process.execPath, [stub, name, '--help'], { encoding: 'utf8' });
    assert.ok(status === 0 && stdout.includes(`signalbox ${name} `), command);
    for (const [option] of command.matchAll(/(?<=\s)--?[a-z][\w-]*/g))
      assert.match(stdout, new RegExp(`^ +(?:-\\w, )?${option}\\b`, 'm'), command);
  }
});

test('the commands of the README run one after another on its table', { skip: windows() }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-readme-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'table.csv'), longer(lines('csv'), { times: 30, mark: 'a' }));
  writeFileSync(join(folder, 'other.csv'), longer(lines('csv'), { times: 20, mark: 'b' }));
  writeFileSync(
    join(folder, 'signalbox.yaml'),
    'models:\n  - { name: small-model, upstream: simulated }\n  - { name: large-model, upstream: simulated }\n',
  );
  const price = { input: 1, output: 2 };
  writeFileSync(join(folder, 'prices.json'), JSON.stringify({ 'small-model': price, 'large-model': price }));
  const asked = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ query_id: `live${i}`, text: `What is ${i} + ${i}?`, model: 'small-model', score: 1 }),
  );
  writeFileSync(join(folder, 'log.jsonl'), `${asked.join('\n')}\n`);
  const run = (command: string): string => {
    const { status, stderr, stdout } = spawnSync(
      'sh',
      ['-c', command.replace('npx signalbox', '"$NODE" "$STUB"')],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, NODE: process.execPath, STUB: stub, SIGNALBOX_CACHE: join(folder, 'cache') },
      },
    );
    assert.equal(status, 0, `${command}\n${stderr}`);
    assert.ok(stdout.length > 0, command);
    return stdout;
  };
  const results = run('npx signalbox report table.csv --routers knn --no-html --json');
  for (const name of ['before', 'after']) writeFileSync(join(folder, `${name}.json`), results);
  const ran = commands.filter((command) => runnable.includes(command.split(' ')[2] ?? ''));
  for (const name of runnable)
    assert.ok(
      ran.some((command) => command.split(' ')[2] === name),
      name,
    );
  for (const command of ran) run(command);
  assert.ok(existsSync(join(folder, 'report.html')) && existsSync(join(folder, 'router')));
});

function windows(): string | false {
  return process.platform === 'win32' && 'the commands are for a POSIX shell';
}

/** The README's rows over and over, each under an id and a text of its own. */
function longer(
  [header = '', ...rows]: readonly string[],
  { times, mark }: { readonly times: number; readonly mark: string },
): string {
  const made = Array.from({ length: times }, (_, i) =>
    rows.map((row, j) => row.replace(/^\w+,/, `${mark}${i}-${j},${mark}${i}: `)),
  );
  return `${[header, ...made.flat()].join('\n')}\n`;
}

test('every link between the documents leads to a file', () => {
  const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root });
  const broken = documents.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^(?:[a-z]+:|#)/.test(link))
      .filter((link) => !existsSync(join(root, dirname(file), link.replace(/#.*/, ''))))
      .map((link) => `${file}: ${link}`),
  );
  assert.deepEqual(broken, []);
});
