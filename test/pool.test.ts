import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { signalbox } from './cli.fixture.ts';

const folder = await mkdtemp(join(tmpdir(), 'signalbox-pool-'));
after(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const prompt = (i: number): string => `question ${i} about ${i % 2 ? 'law and order' : 'code in Python'}`;
const line = (i: number, score: unknown): string =>
  JSON.stringify({ query_id: `n${i}`, model: 'c', text: prompt(i), score, cost: 0.002 });
const router = join(folder, 'router');
let answers = '';

before(async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `q${i},${prompt(i)},${i % 2},${1 - (i % 2)},.001,.01`);
  const table = await file('table.csv', `query_id,text,a,b,a|cost,b|cost\n${rows.join('\n')}\n`);
  answers = await file(
    'answers.jsonl',
    `${Array.from({ length: 40 }, (_, i) => line(100 + i, i % 2)).join('\n')}\n`,
  );
  const flags = ['--router', 'knn', '--encoder', 'surface', '--no-verdict'];
  const { code, err } = await signalbox(['train', table, '-o', router, ...flags]);
  assert.equal(code, 0, err);
});

test('admit, route, retire: a model joins a trained router, is routed to, and leaves', async () => {
  const to = join(folder, 'three');
  const { code, out, err } = await signalbox(['admit', router, 'c', answers, '-o', to]);
  assert.equal(code, 0, err);
  assert.match(out, /c was admitted to knn/);
  assert.match(out, /Mean of 40 answers: 50\.0 % .*standard error/s);
  assert.match(out.replaceAll(/\s+/g, ' '), /120 answers more would halve it/);
  assert.match(out, /Brier/);
  assert.ok(out.split('\n').every((text) => text.length <= 80));
  const routed = await signalbox(['route', to, prompt(1), '--json']);
  const { candidates } = JSON.parse(routed.out) as { candidates: { model: string; cost: number }[] };
  assert.deepEqual(new Set(candidates.map(({ model }) => model)), new Set(['a', 'b', 'c']));
  assert.ok(Math.abs(candidates.find(({ model }) => model === 'c')!.cost - 0.002) < 1e-3);
  const left = await signalbox(['retire', to, 'a']);
  assert.equal(left.code, 0, left.err);
  assert.match(left.out, /a was retired from knn/);
  const after = await signalbox(['route', to, prompt(1)]);
  assert.doesNotMatch(after.out, /^a\b/m);
  // The router that was given is as it was.
  const { models } = JSON.parse(await readFile(join(router, 'router.json'), 'utf8')) as { models: string[] };
  assert.deepEqual(models, ['a', 'b']);
  assert.ok((await readdir(folder)).every((name) => !name.endsWith('.tmp')));
});

test('admit --json prints one object', async () => {
  const to = join(folder, 'json');
  const { code, out } = await signalbox(['admit', router, 'c', answers, '-o', to, '--json']);
  assert.equal(code, 0);
  const admission = JSON.parse(out) as { answers: number; crossValidated: { brier: number } };
  assert.equal(admission.answers, 40);
  assert.ok(admission.crossValidated.brier < 0.25);
});

const good = line(0, 1);
const wrong: readonly (readonly [what: string, name: string, text: string, says: RegExp])[] = [
  ['a score outside [0, 1]', 'seven.jsonl', `${good}\n${line(1, 7)}\n`, /seven\.jsonl:2: .*7/],
  ['no score at all', 'none.jsonl', `${line(0, null)}\n`, /none\.jsonl: .*holds a score/],
];
for (const [what, name, text, says] of wrong) {
  test(`admit: ${what} is a sentence with file and line, and changes nothing`, async () => {
    const before = await readFile(join(router, 'router.json'), 'utf8');
    const { code, out, err } = await signalbox(['admit', router, 'c', await file(name, text)]);
    assert.equal(code, 1, err);
    assert.equal(out, '');
    assert.match(err, says);
    assert.doesNotMatch(err, /\n {4}at /, 'no stack trace');
    assert.equal(await readFile(join(router, 'router.json'), 'utf8'), before);
  });
}

test('admit and retire: wrong usage is exit 2, and says what would be right', async () => {
  for (const [args, says] of [
    [['admit', router, 'a', answers], /knows a already/],
    [['admit', router, 'c', answers, '--price', 'cheap'], /--price was "cheap"/],
    [['retire', router, 'nobody'], /does not know nobody/],
  ] as const) {
    const { code, err } = await signalbox([...args]);
    assert.equal(code, 2, `${args.join(' ')}: ${err}`);
    assert.match(err, says);
  }
});

test('routers prints the shelf in 80 columns, and as JSON', async () => {
  const { code, out } = await signalbox(['routers']);
  assert.equal(code, 0);
  assert.ok(out.split('\n').every((text) => text.length <= 80));
  const printed = JSON.parse((await signalbox(['routers', '--json'])).out) as {
    default: string;
    routers: { name: string; summary: string; admits: boolean }[];
  };
  assert.ok(printed.routers.find(({ name }) => name === 'knn')!.admits);
  assert.ok(printed.routers.some(({ name }) => name === printed.default));
  for (const { name } of printed.routers) assert.match(out, new RegExp(`^${name}\\b`, 'm'));
});
