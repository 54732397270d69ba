import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { samples } from '../packages/signalbox/src/datasets/samples.fixture.ts';
import { signalbox } from './cli.fixture.ts';

async function folder(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'signalbox-import-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
  return path;
}

const files = {
  'a.jsonl':
    '{"query_id":"1","text":"Which bone?","group":"anatomy","model":"small","score":1,"tokens_in":10,"tokens_out":100}\n' +
    '{"query_id":"2","text":"Which nerve?","model":"small","score":null,"status":"refused"}\n',
  'b.csv': 'query_id,text,large\nx,Which nerve?,0\ny,Which muscle?,1\n',
  'notes.json': '{"colour":"red"}',
};

test('import closes with what was read, merged and refused; describe and report read what it wrote', async (t) => {
  const cwd = await folder(t, { ...files, 'prices.json': '{"small":{"input":1,"output":2}}' });
  const run = await signalbox(
    [
      'import',
      'a.jsonl',
      'b.csv',
      '.',
      '-o',
      'table.parquet',
      '--rename',
      'large=big',
      '--prices',
      'prices.json',
    ],
    { cwd },
  );
  assert.equal(run.code, 0, run.err);
  assert.match(run.out, /a\.jsonl\s+jsonl\s+1\s+2\s+1\s+2\s+1 refused/);
  assert.match(run.out, /together\s+3\s+2\s+4\n/);
  assert.match(run.out, /Scored: 3 of 6 cells/);
  assert.match(run.out, /Merged: 1 query had the text of one in an earlier source/);
  assert.match(run.out, /Refused: 2 files\n- notes\.json: no known format fits.*\n- prices\.json/);
  const described = await signalbox(['describe', 'table.parquet', '--json'], { cwd });
  const description = JSON.parse(described.out) as Record<string, unknown>;
  assert.deepEqual(description['coverage'], { observed: 3, cells: 6, completeRows: 0 });
  assert.deepEqual(description['statuses'], { refused: 1 });
  assert.deepEqual(description['cost'], { known: 1, tokens: 1 });
  const [small] = description['models'] as { id: string; cost: number }[];
  assert.deepEqual([small?.id, small?.cost], ['small', 0.00021]);
  const screen = await signalbox(['describe', 'table.parquet'], { cwd });
  assert.match(screen.out, /^table: 3 queries x 2 models, parquet, 1 file\n/);
  assert.ok(screen.out.split('\n').length <= 40, screen.out);
});

test('import --json counts the same', async (t) => {
  const cwd = await folder(t, files);
  const { out, code } = await signalbox(['import', '.', '-o', 'table.jsonl', '--json'], { cwd });
  const ledger = JSON.parse(out) as Record<string, unknown>;
  assert.equal(code, 0);
  assert.deepEqual([ledger['rows'], ledger['models'], ledger['calls'], ledger['joined']], [3, 2, 4, 1]);
  assert.deepEqual(ledger['refused'], [
    { path: 'notes.json', why: 'no known format fits: it is JSON with keys colour' },
  ]);
});

test('an import that was stopped goes on after the sources that it has read', async (t) => {
  const cwd = await folder(t, { ...files, 'bad.jsonl': '{"query_id":"1","model":"m","score":2}\n' });
  const all = ['import', '.', '-o', 'out/table.jsonl', '--keep', 'kept'];
  await mkdir(join(cwd, 'out'));
  const stopped = await signalbox(['import', 'a.jsonl', 'bad.jsonl', ...all.slice(2)], { cwd });
  assert.equal(stopped.code, 1);
  const [inside] = await readdir(join(cwd, 'kept'));
  const kept = join(cwd, 'kept', inside!);
  assert.equal((await readdir(kept)).length, 2, 'the table of a.jsonl, and what it says of itself');
  await rm(join(cwd, 'bad.jsonl'));
  const resumed = await signalbox(['import', 'a.jsonl', 'b.csv', ...all.slice(2)], { cwd });
  assert.equal(resumed.code, 0, resumed.err);
  const table = await readFile(join(cwd, 'out/table.jsonl'), 'utf8');
  const afresh = await signalbox(['import', 'a.jsonl', 'b.csv', '-o', 'out/afresh.jsonl'], { cwd });
  assert.equal(resumed.out.replace('table.jsonl', 'afresh.jsonl'), afresh.out);
  assert.equal(await readFile(join(cwd, 'out/afresh.jsonl'), 'utf8'), table);
  // What is kept is what is read: of these two one is put in the place of the other.
  const tables = (await readdir(kept)).filter((name) => name.endsWith('.parquet'));
  assert.equal(tables.length, 2);
  for (const name of tables) await copyFile(join(kept, tables[0]!), join(kept, name));
  const again = await signalbox(['import', 'a.jsonl', 'b.csv', ...all.slice(2)], { cwd });
  assert.equal(again.code, 0, again.err);
  assert.notEqual(await readFile(join(cwd, 'out/table.jsonl'), 'utf8'), table);
  // What is damaged is read anew, and a folder that cannot be written is said.
  const [said, other] = (await readdir(kept)).filter((name) => name.endsWith('.json'));
  await writeFile(join(kept, said!), '{');
  await rm(join(kept, other!.replace('.json', '.parquet')));
  const mended = await signalbox(['import', 'a.jsonl', 'b.csv', ...all.slice(2)], { cwd });
  assert.equal(mended.code, 0, mended.err);
  assert.equal(await readFile(join(cwd, 'out/table.jsonl'), 'utf8'), table);
  const nowhere = await signalbox(['import', 'a.jsonl', '-o', 'x.csv', '--keep', 'b.csv'], { cwd });
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.err, /b\.csv.*: Tables cannot be kept here \(\w+\)\. Give a folder/);
  // The folder that is kept in lies in the folder that is read.
  const whole = await signalbox(['import', '.', '-o', 'out.csv', '--keep', 'kept', '--json'], { cwd });
  assert.doesNotMatch(whole.out, /kept/);
});

test('an import that fails says why and writes nothing', async (t) => {
  const cwd = await folder(t, { ...files, 'bad.jsonl': '{"query_id":"1","model":"m","score":2}\n' });
  for (const [args, says] of [
    [['a.jsonl', '-o', 'x.txt'], /\.jsonl, \.csv or \.parquet/],
    [['a.jsonl', '-o', 'b.csv/x.csv'], /goes through a file as if it were a folder/],
    [['a.jsonl', '-o', 'xx/x.csv'], /its folder does not exist/],
    [['a.jsonl', '-o', 'x.csv', '--rename', 'smal=s'], /`smal`, which no source has\. Did you mean `small`/],
    [['a.jsonl', '-o', 'x.csv', '--rename', 'small'], /give OLD=NEW/],
    [['a.jsonl', 'bad.jsonl', '-o', 'x.csv'], /bad\.jsonl:1: `score` is 2/],
    [['notes.json', '-o', 'x.csv'], /notes\.json: no known format fits/],
  ] as const) {
    const { code, err } = await signalbox(['import', ...args], { cwd });
    assert.notEqual(code, 0);
    assert.match(err, says);
  }
  assert.deepEqual(
    (await readdir(cwd)).filter((name) => name.startsWith('x')),
    [],
  );
});

test('import reads a folder that holds every format, each from a folder of its own', async (t) => {
  const cwd = await mkdtemp(join(tmpdir(), 'signalbox-import-'));
  t.after(() => rm(cwd, { recursive: true, force: true }));
  for (const [format, sample] of Object.entries(samples)) {
    for (const [name, content] of Object.entries(sample.files)) {
      const path = join(cwd, 'all', format, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
  }
  const metrics = Object.values(samples).flatMap(({ options }) => options?.metrics ?? []);
  const single = ['match', 'choice', 'score', 'correct', 'gpt-4'];
  const chosen = [...new Set([...metrics, ...single])].flatMap((name) => ['--metric', name]);
  const run = await signalbox(['import', 'all', '-o', 'table.parquet', ...chosen, '--json'], { cwd });
  assert.equal(run.code, 0, run.err);
  const ledger = JSON.parse(run.out) as {
    sources: { format: string; rows: number; models: number; statuses: Record<string, number> }[];
    refused: unknown[];
    rows: number;
    joined: number;
  };
  assert.deepEqual(ledger.refused, []);
  const read = ledger.sources.map(({ format, rows, models }) => [format, rows, models] as const);
  const expected = Object.entries(samples).map(
    ([format, { rows, models }]) => [format, rows, models.length] as const,
  );
  const byName = (a: readonly [string, ...unknown[]], b: readonly [string, ...unknown[]]) =>
    a[0] < b[0] ? -1 : 1;
  assert.deepEqual([...read].sort(byName), [...expected].sort(byName));
  assert.equal(
    ledger.rows + ledger.joined,
    read.reduce((sum, [, rows]) => sum + rows, 0),
  );
  const described = await signalbox(['describe', 'table.parquet', '--json'], { cwd });
  assert.equal((JSON.parse(described.out) as { rows: number }).rows, ledger.rows);
});
