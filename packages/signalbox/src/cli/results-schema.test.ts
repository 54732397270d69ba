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

/** What the command prints under --json, held against the published schema by a validator that is not ours. */

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

async function report(name: string, ...flags: string[]): Promise<Results> {
  const context = makeContext();
  const world = makeWorld({ name, rows: 150, groups: 3, groupSpecialism: 1, ability: 0.3 }, 0);
  const table = join(folder, `${name}.jsonl`);
  await writeTable(world.table, table, context);
  const argv = [stub, 'report', table, '--json', '--no-html', '--encoder', 'surface', ...flags];
  const { stdout } = await promisify(execFile)(process.execPath, argv, {
    maxBuffer: 1 << 26,
    env: { ...process.env, SIGNALBOX_CACHE: join(folder, 'cache') },
  });
  return JSON.parse(stdout) as Results;
}

function assertValid(shown: unknown): void {
  assert.ok(validate(shown), JSON.stringify(validate.errors, null, 2));
}

test('a report of routers follows docs/results.schema.json', async () => {
  const shown = await report('routers', '--routers', 'knn,ridge,residual');
  assertValid(shown);
  const [set] = shown.sets;
  assert.equal(set!.rows, 150);
  assert.ok(set!.systems.some(({ kind, aiq }) => kind === 'router' && aiq !== undefined));
});

test('the schema refuses what is not in it', async () => {
  const shown = await report('baselines', '--routers', 'random');
  assertValid(shown);
  assert.ok(!validate({ ...shown, more: 1 }));
  const [set] = shown.sets;
  const [system] = set!.systems;
  const { quality: _, ...lacking } = system!;
  assert.ok(!validate({ ...shown, sets: [{ ...set, systems: [lacking] }] }));
  assert.ok(!validate({ ...shown, sets: [{ ...set, costUnit: 'eur' }] }));
});
