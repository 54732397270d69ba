import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Format, ReadOptions, SourceFile } from '../core/format.ts';
import { listFiles } from './list.ts';
import { parquet } from './parquet.ts';
import { writeTable } from './write/write.ts';

/** Files of one format that are read as one table. */
export interface KeptSource {
  /** Where tables are kept; made where it is not there. */
  readonly folder: string;
  readonly format: Format;
  readonly files: readonly SourceFile[];
  /** SHA-256 of each file, by path. */
  readonly digests: Readonly<Record<string, string>>;
  readonly options: ReadOptions;
}

/** What a table says of itself that Parquet has no place for. Written last: where it is, the table is whole. */
const about = z.object({ name: z.string(), format: z.string(), notes: z.array(z.string()) });

/**
 * The table of a source, from the folder where a run before this one has read the same bytes in the same way, else read
 * and kept there: what was stopped among many sources goes on after the last whole one.
 * @throws SignalboxError what reading throws, and `file` where the folder cannot be written
 */
export async function keptTable(source: KeptSource, context: Context): Promise<Dataset> {
  const { folder, format, files, options } = source;
  const stem = join(folder, keyOf(source));
  const known = await keptBefore(stem, context);
  if (known !== undefined) return known;
  const table = await format.read(files, options, context);
  const { name, notes } = table;
  try {
    await mkdir(folder, { recursive: true });
    await writeTable(table, `${stem}.parquet`, context);
    await writeFile(`${stem}.json.tmp`, JSON.stringify({ name, format: table.format, notes }));
    await rename(`${stem}.json.tmp`, `${stem}.json`);
  } catch (cause) {
    if (cause instanceof SignalboxError && cause.code === 'interrupted') throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new SignalboxError(
      'file',
      `Tables cannot be kept here (${code ?? message}). Give a folder that can be written, with room, as --keep.`,
      { file: folder, cause },
    );
  }
  return table;
}

/** Undefined where there is nothing, or nothing whole: it is read anew then. */
async function keptBefore(stem: string, context: Context): Promise<Dataset | undefined> {
  try {
    const said = about.parse(JSON.parse(await readFile(`${stem}.json`, 'utf8')));
    return { ...(await parquet.read(await listFiles([`${stem}.parquet`]), {}, context)), ...said };
  } catch (cause) {
    if (cause instanceof SignalboxError && cause.code === 'interrupted') throw cause;
    return undefined;
  }
}

/** A path may say what the bytes do not, such as the model. */
function keyOf({ format, files, digests, options }: KeptSource): string {
  const read = files.map(({ path, name }) => [name, digests[path]]);
  return createHash('sha256')
    .update(JSON.stringify([format.name, read, options]))
    .digest('hex')
    .slice(0, 32);
}
