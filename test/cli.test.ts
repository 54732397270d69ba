import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Results } from '../packages/signalbox/src/core/results.ts';
import { signalbox } from './cli.fixture.ts';

const folder = await mkdtemp(join(tmpdir(), 'signalbox-cli-'));
after(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const rows = (count: number, cells: (i: number) => string): string =>
  Array.from(
    { length: count },
    (_, i) => `q${i},${JSON.stringify(`question ${i} about ${i % 2 ? 'law' : 'code'}`)},${cells(i)}`,
  ).join('\n');

/** What is wrong, the file, and what standard error must say. */
const wrong: readonly (readonly [what: string, name: string, text: string, says: RegExp])[] = [
  ['an empty file', 'empty.csv', '', /empty\.csv: .*empty/],
  ['a header only', 'header.csv', 'query_id,text,a,b\n', /header\.csv.*(no rows|no row|header)/i],
  ['text in a score', 'word.csv', 'query_id,text,a,b\nq0,hello,1,good\n', /word\.csv:2: .*good/],
  ['a score outside [0, 1]', 'seven.csv', 'query_id,text,a,b\nq0,hello,1,7\n', /seven\.csv:2: .*7/],
  ['a short row', 'short.csv', 'query_id,text,a,b\nq0,hello,1,1\nq1,hello,1\n', /short\.csv:3: /],
  ['a truncated file', 'cut.json', '[{"question": "one", "scores": {"a": 1.0, "b": 0', /cut\.json:1: /],
  [
    'a mistyped column',
    'typo.csv',
    'query_id,text,groop,a,b\nq0,hello,math,1,0\n',
    /typo\.csv.*groop.*group/,
  ],
];

for (const [what, name, text, says] of wrong) {
  test(`report: ${what} is a sentence with the file on standard error, and exit 1`, async () => {
    const { code, out, err } = await signalbox(['report', await file(name, text), '--no-html', '--json']);
    assert.equal(code, 1, err);
    assert.equal(out, '');
    assert.match(err, /^error: /m);
    assert.match(err, says);
    assert.doesNotMatch(err, /\n {4}at /, 'no stack trace');
  });
}

test('a wrong format, named', async () => {
  const path = await file('plain.json', '[{"question": "one", "scores": {"a": 1.0, "b": 0.0}}]');
  const { code, err } = await signalbox(['report', path, '--format', 'routerbench', '--no-html']);
  assert.equal(code, 1);
  assert.match(err, /^error: .*plain\.json/m);
});

test('wrong usage is exit 2, with the nearest known word', async () => {
  const path = await file('fine.csv', `query_id,text,a,b\n${rows(4, () => '1,0')}\n`);
  for (const [args, says] of [
    [['reprot', path], /Did you mean report/],
    [['report'], /No data was given/],
    [['report', path, '--routers', 'residul'], /did you mean "residual"/],
    [['report', path, '--policy', 'utlity'], /did you mean "utility"/],
    [['report', path, '--seed', 'x'], /--seed was "x"/],
    [['reproduce', 'routerdb'], /did you mean/],
  ] as const) {
    const { code, err } = await signalbox([...args]);
    assert.equal(code, 2, `${args.join(' ')}: ${err}`);
    assert.match(err, says);
  }
});

test('reproduce without its data names the public repository and the command that brings it', async () => {
  for (const study of ['lessons', 'routerdc', 'routellm', 'routerbench']) {
    const { code, err } = await signalbox(['reproduce', study, '--data', join(folder, 'nowhere')]);
    assert.equal(code, 1);
    assert.match(err, /github\.com\/.*git clone/s);
  }
});

test('hostile but well formed: one model, all equal, never observed, a 10 MB prompt: a report that says so', async () => {
  const long = 'x'.repeat(10_000_000);
  const tables = {
    one: [`query_id,text,a\n${rows(20, (i) => `${i % 2}`)}\n`, /one model|nothing to route/i],
    equal: [`query_id,text,a,b\n${rows(20, (i) => `${i % 2},${i % 2}`)}\n`, /same on every/i],
    never: [
      `query_id,text,a,b,c\n${rows(20, (i) => `${i % 2},${(i >> 1) % 2},`)}\n`,
      /c .*(observed|left out)/is,
    ],
    long: [`query_id,text,a,b\n${rows(20, (i) => `${i % 2},1`)}\nlong,${long},1,0\n`, /21 rows/],
  } as const;
  for (const [name, [text, says]] of Object.entries(tables)) {
    const { code, out, err } = await signalbox([
      'report',
      await file(`${name}.csv`, text),
      '--no-html',
      '--encoder',
      'surface+lsa',
    ]);
    assert.equal(code, 0, `${name}: ${err}`);
    assert.match(out, says);
  }
});

test('--json: standard output is one JSON object; folds and predictions are written and read back', async () => {
  const path = await file(
    'table.csv',
    `query_id,text,group,a,b\n${Array.from({ length: 60 }, (_, i) => `q${i},question ${i},g${i % 2},${i % 3 ? 1 : 0},${i % 2}`).join('\n')}\n`,
  );
  const [folds, predictions] = [join(folder, 'folds.jsonl'), join(folder, 'predictions.jsonl')];
  const args = [
    'report',
    path,
    '--json',
    '--no-html',
    '--encoder',
    'surface',
    '--routers',
    'ridge',
    '--folds',
    folds,
    '--predictions',
    predictions,
  ];
  const first = await signalbox(args);
  assert.equal(first.code, 0, first.err);
  const results = JSON.parse(first.out) as Results;
  assert.equal(results.schema, 'signalbox/results@1');
  const again = JSON.parse((await signalbox(args)).out) as Results;
  const values = (r: Results): unknown =>
    r.sets[0]!.systems.map(({ name, quality, macro, versus }) => ({ name, quality, macro, versus }));
  assert.deepEqual(values(again), values(results), 'the same folds give the same figures');
  const { readFile } = await import('node:fs/promises');
  const lines = (await readFile(predictions, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { system: string; query_id: string });
  assert.equal(lines.filter(({ system }) => system === 'ridge').length, 60);
  assert.ok((await readdir(folder)).every((name) => !name.endsWith('.tmp')));
});

test('a page that cannot be written is an error that names it', async () => {
  const path = await file('ok.csv', `query_id,text,a,b\n${rows(20, (i) => `${i % 2},1`)}\n`);
  const { code, err } = await signalbox([
    'report',
    path,
    '--encoder',
    'none',
    '--html',
    join(path, 'report.html'),
  ]);
  assert.equal(code, 1);
  assert.match(err, /report\.html: It could not be written/);
});
