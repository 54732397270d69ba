import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Results } from '../core/results.ts';
import { makeWorld, writeTable } from '../pipeline/config.ts';
import { makeContext } from '../pipeline/context.ts';
import { shapes } from './words/contract.ts';

/** What commands print under --json, held against the published schema by a validator that is not ours. */

const stub = fileURLToPath(new URL('../../bin/signalbox.js', import.meta.url));
const schemaFile = new URL('../../../../docs/results.schema.json', import.meta.url);
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(
  JSON.parse(await readFile(schemaFile, 'utf8')) as object,
);
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-schema-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** A table of 150 rows, other queries with each seed. */
async function tableOf(seed: number): Promise<string> {
  const file = join(folder, `table-${seed}.jsonl`);
  const { table } = makeWorld({ rows: 150, groups: 3, groupSpecialism: 1, ability: 0.3 }, seed);
  await writeTable(table, file, makeContext());
  return file;
}

async function signalbox(...argv: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [stub, ...argv], {
    maxBuffer: 1 << 26,
    env: { ...process.env, SIGNALBOX_CACHE: join(folder, 'cache') },
  });
  return stdout;
}

function assertValid(shown: unknown): void {
  assert.ok(validate(shown), JSON.stringify(validate.errors, null, 2));
}

test('report --json follows the schema, which refuses what is not in it', async () => {
  const parts = ['--encoder', 'surface', '--routers', 'knn,ridge,residual'];
  const shown = JSON.parse(
    await signalbox('report', await tableOf(0), '--json', '--no-html', ...parts),
  ) as Results;
  assertValid(shown);
  const [set] = shown.sets;
  assert.equal(set!.rows, 150);
  assert.ok(set!.systems.some(({ kind, aiq }) => kind === 'router' && aiq !== undefined));

  const { quality: _, ...lacking } = set!.systems[0]!;
  assert.ok(!validate({ ...shown, more: 1 }));
  assert.ok(!validate({ ...shown, sets: [{ ...set, systems: [lacking] }] }));
  assert.ok(!validate({ ...shown, sets: [{ ...set, costUnit: 'eur' }] }));
});

test('evaluate --json follows the schema', async () => {
  const artifact = join(folder, 'router');
  await signalbox('train', await tableOf(1), '-o', artifact, '--encoder', 'surface', '--router', 'ridge');
  const shown = JSON.parse(
    await signalbox('evaluate', artifact, await tableOf(2), '--json', '--no-html'),
  ) as Results;
  assertValid(shown);
  assert.ok(shown.sets[0]!.systems.some(({ router }) => router === 'ridge'));
});

test('every shape of results that the faces render follows the schema', () => {
  for (const made of Object.values(shapes)) assertValid(JSON.parse(JSON.stringify(made)));
});
