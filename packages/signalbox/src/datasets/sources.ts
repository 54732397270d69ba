import { stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { digestsOf } from './files/files.ts';
import { formats } from './index.ts';
import { keptTable } from './kept-tables.ts';
import { isArchive, listFiles } from './list.ts';
import { described } from './look.ts';
import { formatNamed, type OpenTable } from './open.ts';

/** Files of one format that were read as one table. */
export interface OpenedSource {
  /** As the user gave it. */
  readonly path: string;
  readonly files: readonly SourceFile[];
  readonly table: Dataset;
}

/** A file that was not read. */
export interface RefusedFile {
  readonly path: string;
  readonly why: string;
}

const known: Readonly<Record<string, Format>> = formats;

/**
 * Reads every table that the paths name, of whatever formats: each path by itself and, where a folder holds
 * several formats, each of them by itself. A copy of a file that was read is passed over.
 * @param work.keep folder of tables that were read before (kept-tables.ts)
 * @returns the tables, and the files that were passed over: of no known format, or the same bytes as another
 * @throws SignalboxError where a row is malformed, and for a file that is given by name and is of no known format
 */
export async function openSources(
  work: OpenTable & { readonly keep?: string | undefined },
): Promise<{ readonly sources: readonly OpenedSource[]; readonly refused: readonly RefusedFile[] }> {
  const sources: OpenedSource[] = [];
  const refused: RefusedFile[] = [];
  const copies = copyCheck();
  for (const path of work.paths) {
    const fresh: SourceFile[] = [];
    const passed: RefusedFile[] = [];
    const named = work.format === undefined ? undefined : formatNamed(work.format);
    const all = await listFiles([path], { archives: named === undefined });
    const own = work.keep === undefined ? undefined : resolve(work.keep) + sep;
    const listed = own === undefined ? all : all.filter((file) => !resolve(file.path).startsWith(own));
    for (const file of listed) {
      const unpacked = isArchive(file) ? listed.find(isUnpacked(file)) : undefined;
      if (file.size === 0) passed.push({ path: file.path, why: 'is empty' });
      else if (unpacked) passed.push({ path: file.path, why: `is what ${unpacked.path} was packed in` });
      else fresh.push(file);
    }
    const digests = await digestsOf(fresh);
    const { parts, strange } = named
      ? { parts: [{ format: named, files: fresh }], strange: [] }
      : sortedApart(fresh);
    for (const { format, files } of parts) {
      const digestsOfPart: Record<string, string> = {};
      const once = files.filter((file) => {
        const digest = digests[file.path]!;
        const first = copies.firstOf(file, `${digest} ${format.told?.(file) ?? ''}`);
        if (first === undefined) digestsOfPart[file.path] = digest;
        else if (first !== file.path) passed.push(copyOf(file, first));
        return first === undefined;
      });
      if (once.length === 0) continue;
      const { keep: folder, options, context } = work;
      const table = await (folder === undefined
        ? format.read(once, options, context)
        : keptTable({ folder, format, files: once, digests: digestsOfPart, options }, context));
      sources.push({ path, files: once, table: { ...table, digests: digestsOfPart } });
    }
    for (const { file, why } of strange) {
      const first = copies.firstOf(file, digests[file.path]!);
      if (first !== undefined) {
        if (first !== file.path) passed.push(copyOf(file, first));
        continue;
      }
      if (!(await stat(path)).isDirectory()) throw new SignalboxError('format', `${why}.`, { file: path });
      passed.push({ path: file.path, why });
    }
    refused.push(...passed.sort((a, b) => (a.path < b.path ? -1 : 1)));
  }
  return { sources, refused };
}

/** By its name alone: the file of the same name beside the archive. */
function isUnpacked(archive: SourceFile): (file: SourceFile) => boolean {
  const stem = archive.path.replace(/\.[^.]*$/, '');
  return (file) => !isArchive(file) && file.path.replace(/\.[^.]*$/, '') === stem;
}

function copyOf(file: SourceFile, first: string): RefusedFile {
  return { path: file.path, why: `holds the same bytes as ${first}` };
}

/** Remembers what was read: the path of the file that this one is a copy of, itself where it was given before. */
function copyCheck(): { firstOf(file: SourceFile, key: string): string | undefined } {
  const seen = new Map<string, string>();
  const byKey = new Map<string, string>();
  return {
    firstOf: ({ path }, key) => {
      if (seen.has(resolve(path))) return path;
      seen.set(resolve(path), path);
      const first = byKey.get(key);
      if (first === undefined) byKey.set(key, path);
      return first;
    },
  };
}

interface Part {
  readonly format: Format;
  readonly files: SourceFile[];
}
interface Sorted {
  readonly parts: Part[];
  readonly strange: Strange[];
}
interface Strange {
  readonly file: SourceFile;
  readonly why: string;
}

/** ZIP files by themselves: beside the tables of a folder they say nothing of what these are. */
function sortedApart(files: readonly SourceFile[]): Sorted {
  const found: Sorted = { parts: [], strange: [] };
  for (const some of [files.filter((file) => !isArchive(file)), files.filter(isArchive)])
    if (some.length > 0) add(found, sorted(some));
  return found;
}

function add(found: Sorted, { parts, strange }: Sorted): void {
  for (const part of parts) {
    const same = found.parts.find(({ format }) => format === part.format);
    if (same) same.files.push(...part.files);
    else found.parts.push(part);
  }
  found.strange.push(...strange);
}

/**
 * Files by format: all of one where one fits all of them, else each folder by itself in the same way, and each file of
 * it by what it is. A folder is looked at as a whole first, as a format may have files that say nothing alone.
 */
function sorted(files: readonly SourceFile[], depth = 0): Sorted {
  const whole = Object.values(known).filter((format) => format.detect(files));
  if (whole.length === 1) return { parts: [{ format: whole[0]!, files: [...files] }], strange: [] };
  const [only] = files;
  if (only !== undefined && files.length === 1)
    return { parts: [], strange: [{ file: only, why: why(only, whole) }] };
  const inside = Map.groupBy(files, (file) => {
    const names = file.name.split(/[/\\]/);
    return names.length > depth + 1 ? JSON.stringify(names[depth]) : file.path;
  });
  const found: Sorted = { parts: [], strange: [] };
  for (const some of inside.values()) add(found, sorted(some, depth + 1));
  return found;
}

function why(file: SourceFile, fitting: readonly Format[]): string {
  const unpack = isArchive(file) ? ' that no format reads as it is; unpack it to have its tables read' : '';
  if (fitting.length === 0) return `no known format fits: ${described(file)}${unpack}`;
  const names = fitting.map(({ name }) => name).join(' or ');
  return `could be ${names}: give it by itself, with --format`;
}
