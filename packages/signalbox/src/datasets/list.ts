import type { Stats } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { nearest, SignalboxError } from '../core/errors.ts';
import type { SourceFile } from '../core/format.ts';
import { endingOf, fileError } from './files/files.ts';

/** Endings of the files that are looked for in a folder. */
const endings = ['json', 'jsonl', 'ndjson', 'csv', 'parquet', 'pkl', 'pickle', 'npy', 'npz', 'eval'];
/** Beside tables these are what the tables came in, unless they are asked for; alone they may be tables themselves. */
const packed = ['zip'];
const headBytes = 1 << 16;

/**
 * The files that the paths name: a file as it is given, of a folder every table below it, sorted by path,
 * hidden ones left out. A file that is named twice is listed once.
 * @param options.archives whether ZIP files are listed beside other tables, too
 * @throws SignalboxError for a path that does not exist or cannot be read, and a folder without tables
 */
export async function listFiles(
  paths: readonly string[],
  { archives = false }: { readonly archives?: boolean } = {},
): Promise<SourceFile[]> {
  if (paths.length === 0)
    throw new SignalboxError('usage', 'No file or folder was given to read a table from.');
  const found = new Map<string, SourceFile>();
  for (const path of paths) {
    const stats = await statOf(path);
    if (!stats.isDirectory() && !stats.isFile()) {
      throw new SignalboxError(
        'file',
        'it is neither a file nor a folder. A table is read more than once: save it as a file first.',
        { file: path },
      );
    }
    const inside = stats.isDirectory() ? await filesBelow(path, archives) : [{ path, name: basename(path) }];
    for (const each of inside) {
      if (!found.has(resolve(each.path))) found.set(resolve(each.path), await withHead(each));
    }
  }
  return [...found.values()];
}

type Named = Pick<SourceFile, 'path' | 'name'>;

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(path, cause);
    const beside = await readdir(dirname(path)).catch(() => []);
    const near = nearest(basename(path), beside);
    const hint = near === undefined ? 'Check the path.' : `Did you mean \`${join(dirname(path), near)}\`?`;
    throw new SignalboxError('file', `there is no such file or folder. ${hint}`, { file: path, cause });
  }
}

async function filesBelow(folder: string, all: boolean): Promise<Named[]> {
  const tables: Named[] = [];
  const archives: Named[] = [];
  let others = 0;
  const visit = async (below: string): Promise<void> => {
    const path = join(folder, below);
    const entries = await readdir(path, { withFileTypes: true }).catch((cause) => {
      throw fileError(path, cause);
    });
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(name);
      else if (endings.includes(endingOf(name))) tables.push({ path: join(folder, name), name });
      else if (packed.includes(endingOf(name))) archives.push({ path: join(folder, name), name });
      else others++;
    }
  };
  await visit('');
  if (all || tables.length === 0) tables.push(...archives);
  if (tables.length === 0) {
    const seen =
      others === 0 ? 'the folder holds no files' : `none of the ${others} files in this folder is a table`;
    throw new SignalboxError(
      'file',
      `${seen}; a file ending in ${[...endings, ...packed].map((e) => `.${e}`).join(', ')} was expected.`,
      {
        file: folder,
      },
    );
  }
  return tables.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function withHead({ path, name }: Named): Promise<SourceFile> {
  try {
    await using handle = await open(path, 'r');
    const { size } = await handle.stat();
    const head = new Uint8Array(Math.min(size, headBytes));
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const foot = await footOf(handle, head, size);
    return { path, name, size, head: head.subarray(0, bytesRead), ...(foot && { foot }) };
  } catch (cause) {
    throw fileError(path, cause);
  }
}

/** Whether a file is what others are packed into, by its name. */
export function isArchive({ name }: Named): boolean {
  return packed.includes(endingOf(name));
}

/** A Parquet file ends in its footer, the footer's length and `PAR1`. */
async function footOf(handle: FileHandle, head: Uint8Array, size: number): Promise<Uint8Array | undefined> {
  if (size < 12 || Buffer.from(head.subarray(0, 4)).toString('latin1') !== 'PAR1') return undefined;
  const end = Buffer.alloc(8);
  await handle.read(end, 0, 8, size - 8);
  const length = end.readUInt32LE(0);
  if (length > size - 12) return undefined;
  const foot = new Uint8Array(Math.min(length, headBytes));
  const { bytesRead } = await handle.read(foot, 0, foot.length, size - 8 - length);
  return foot.subarray(0, bytesRead);
}
