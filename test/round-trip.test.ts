import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { kept, needs, quietContext, realData } from '../packages/signalbox/src/datasets/tables.fixture.ts';
import { openTable, writeTable } from '../packages/signalbox/src/pipeline/config.ts';
import { importTables } from '../packages/signalbox/src/pipeline/import.ts';
import { sameFigures } from '../scripts/same-figures.ts';
import { signalbox } from './cli.fixture.ts';

/**
 * A published table, imported and written as Parquet, must give the report that it gives itself. A report is made of
 * the table alone, so that a table which is the same in every cell, text, repeat and order gives the same figures; that
 * it is so is shown by whole reports on small parts, and by scripts/round-trip.ts on all.
 */

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'signalbox-round-trip-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

for (const part of ['routerdc', 'routerbench', 'routellm', 'llmrouter', 'routerarena', 'mmlupro']) {
  test(
    `${part}: imported as Parquet and read back, it is the table that report reads`,
    needs(part),
    async (t) => {
      const [source, path] = [join(realData, part), join(await folder(t), `${part}.parquet`)];
      const context = quietContext();
      const { table, ledger } = await importTables({ paths: [source], rename: [], options: {}, context });
      await writeTable(table, path, context);
      const [published, back] = [
        await openTable({ paths: [source], options: {}, context }),
        await openTable({ paths: [path], options: {}, context }),
      ];
      assert.deepEqual(kept(back), kept(published));
      assert.deepEqual([ledger.rows, ledger.joined], [published.examples.length, 0]);
    },
  );
}

const lines = (text: string, n: number): string => text.split('\n').slice(0, n).join('\n');

test('routerarena, in part: both reports say the same to the last digit', needs('routerarena'), async (t) => {
  const cwd = await folder(t);
  await mkdir(join(cwd, 'arena'));
  for (const name of await readdir(join(realData, 'routerarena')))
    await writeFile(
      join(cwd, 'arena', name),
      lines(await readFile(join(realData, 'routerarena', name), 'utf8'), 150),
    );
  await reportsAgree(cwd, 'arena');
});

test('llmrouter, in part: both reports say the same to the last digit', needs('llmrouter'), async (t) => {
  const cwd = await folder(t);
  const whole = JSON.parse(await readFile(join(realData, 'llmrouter/train.json'), 'utf8')) as unknown[];
  await mkdir(join(cwd, 'some'));
  await writeFile(join(cwd, 'some/train.json'), JSON.stringify(whole.slice(0, 120)));
  await reportsAgree(cwd, 'some');
});

async function reportsAgree(cwd: string, source: string): Promise<void> {
  const imported = await signalbox(['import', source, '-o', `${source}.parquet`], { cwd });
  assert.equal(imported.code, 0, imported.err);
  const report = async (table: string): Promise<unknown> => {
    const flags = ['--encoder', 'surface', '--routers', 'ridge', '--json', '--no-html'];
    const { code, out, err } = await signalbox(['report', table, ...flags], { cwd });
    assert.equal(code, 0, err);
    return JSON.parse(out);
  };
  const { figures, difference } = sameFigures(await report(source), await report(`${source}.parquet`));
  assert.equal(difference, undefined);
  assert.ok(figures > 500, String(figures));
}

test('a figure that differs in its last digit is found, and times are not compared', () => {
  const made = (quality: number, seconds: number) => ({
    sets: [
      {
        dataset: String(seconds),
        notes: [String(seconds)],
        systems: [{ quality, fitSeconds: seconds, name: 'knn' }],
      },
    ],
  });
  assert.deepEqual(sameFigures(made(0.5, 1), made(0.5, 2)), { figures: 1 });
  const { difference } = sameFigures(made(0.1 + 0.2, 1), made(0.3, 1));
  assert.equal(difference, '/sets/0/systems/0/quality: 0.30000000000000004 and 0.3');
  assert.match(sameFigures({ a: 1 }, {}).difference!, /^\/a: 1 and nothing$/);
});
