/**
 * Whether a published table and its Parquet give the same report: imports each, reports on both, compares every figure
 * to the last digit, and says for each table how many were the same, or where the first difference stands.
 *
 *   npm run node scripts/round-trip.ts -- [TABLE...] [-- FLAGS OF REPORT]
 *
 * TABLE is a folder of SIGNALBOX_DATA (routerdc, routerbench, routellm, llmrouter, routerarena, mmlupro; all of them
 * unless named). Without flags the reports are those that a user gets, and take minutes to an hour a table.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sameFigures } from './same-figures.ts';

const bin = fileURLToPath(new URL('../packages/signalbox/bin/signalbox.js', import.meta.url));
const all = ['routerdc', 'routerbench', 'routellm', 'llmrouter', 'routerarena', 'mmlupro'];
const data = process.env['SIGNALBOX_DATA'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));

const words = process.argv.slice(2);
const cut = words.indexOf('--');
const named = cut === -1 ? words : words.slice(0, cut);
const flags = cut === -1 ? [] : words.slice(cut + 1);
const unknown = named.find((name) => !all.includes(name));
if (unknown !== undefined) {
  console.error(`error: there is no table \`${unknown}\` here; give some of ${all.join(', ')}.`);
  process.exit(1);
}

const folder = await mkdtemp(join(tmpdir(), 'signalbox-round-trip-'));
try {
  for (const name of named.length > 0 ? named : all) {
    const told = await roundTrip(name).catch((error: unknown) => {
      process.exitCode = 1;
      return error instanceof Error ? error.message : String(error);
    });
    console.log(`${name}: ${told}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function roundTrip(name: string): Promise<string> {
  const source = join(data, name);
  if (!existsSync(source)) throw new Error(`not compared: ${source} is not there (SIGNALBOX_DATA).`);
  const parquet = join(folder, `${name}.parquet`);
  await signalbox(['import', source, '-o', parquet]);
  const report = async (table: string): Promise<unknown> =>
    JSON.parse(await signalbox(['report', table, ...flags, '--json', '--no-html']));
  const { figures, difference } = sameFigures(await report(source), await report(parquet));
  if (difference === undefined) return `same, ${figures} figures`;
  process.exitCode = 1;
  return `differs after ${figures} figures, at ${difference}`;
}

/** Runs the command as a user would. @returns what it printed */
function signalbox(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (piece: Buffer) => out.push(piece));
  child.stderr.on('data', (piece: Buffer) => err.push(piece));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString('utf8'));
      else reject(new Error(`signalbox ${args[0]} failed: ${Buffer.concat(err).toString('utf8').trim()}`));
    });
  });
}
