import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import type { Context } from '../core/context.ts';
import type { Dataset, Recorded } from '../core/dataset.ts';
import type { ReadOptions } from '../core/format.ts';
import { rng } from '../math/rng.ts';
import { openTable } from './open.ts';

/** A context that keeps what it is warned of. */
export function quietContext(): Context & { readonly warnings: string[] } {
  const warnings: string[] = [];
  return {
    seed: 0,
    rng: rng(0),
    progress: () => {},
    warn: (message) => warnings.push(message),
    once: (_kind, _keys, compute) => compute(),
    warnings,
  };
}

/** A folder with these files, removed after the test. */
export async function folderOf(
  test: TestContext,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-'));
  test.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** Opens one file of this content. */
export async function openText(
  test: TestContext,
  file: { readonly name: string; readonly content: string | Uint8Array; readonly format?: string },
  options: ReadOptions = {},
): Promise<Dataset> {
  const folder = await folderOf(test, { [file.name]: file.content });
  return openTable({
    paths: [join(folder, file.name)],
    format: file.format,
    options,
    context: quietContext(),
  });
}

/** What of a table its canonical form keeps, with the recordings as plain data. */
export function kept(table: Dataset) {
  const { name: _name, format: _format, digests: _digests, notes: _notes, ...rest } = table;
  const { completion, calls, ...outcomes } = rest;
  const all = <T>(at: (i: number, j: number) => T): T[][] =>
    table.examples.map((_, i) => table.models.map((_, j) => at(i, j)));
  const recorded: (Recorded | undefined)[][] | undefined = completion && all(completion);
  return { ...outcomes, recorded, each: calls && all(calls) };
}

/** The folder of real outcome tables, where there is one. */
export const realData = resolve(
  process.env['SIGNALBOX_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data'),
);

/** For `test`'s options: skips, with the reason, where a part of the real data is absent. */
export function needs(part: string): { skip: string | false } {
  return existsSync(join(realData, part))
    ? { skip: false }
    : { skip: `needs the outcome tables: ${part} is not in the folder that SIGNALBOX_DATA names` };
}
