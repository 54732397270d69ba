import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { digestsOf } from './files.ts';
import { formats } from './index.ts';
import { listFiles } from './list.ts';
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
 * several formats, each of them by itself.
 * @returns the tables, and the files that were passed over: of no known format, or the same bytes as another
 * @throws SignalboxError where a row is malformed, and for a file that is given by name and is of no known format
 */
export async function openSources(
  work: OpenTable,
): Promise<{ readonly sources: readonly OpenedSource[]; readonly refused: readonly RefusedFile[] }> {
  const sources: OpenedSource[] = [];
  const refused: RefusedFile[] = [];
  const firstOf = new Map<string, string>();
  for (const path of work.paths) {
    const digests: Record<string, string> = {};
    const fresh: SourceFile[] = [];
    for (const file of await listFiles([path])) {
      const digest = (await digestsOf([file]))[file.path]!;
      const first = firstOf.get(digest);
      const same = first !== undefined && resolve(first) === resolve(file.path);
      if (same) continue;
      if (first !== undefined) refused.push({ path: file.path, why: `holds the same bytes as ${first}` });
      else if (file.size === 0) refused.push({ path: file.path, why: 'is empty' });
      else fresh.push(file);
      firstOf.set(digest, first ?? file.path);
      digests[file.path] = digest;
    }
    const named = work.format === undefined ? undefined : formatNamed(work.format);
    const { parts, strange } = named
      ? { parts: [{ format: named, files: fresh }], strange: [] }
      : sorted(fresh);
    for (const { file, why } of strange) {
      if (!(await stat(path)).isDirectory()) throw new SignalboxError('format', `${why}.`, { file: path });
      refused.push({ path: file.path, why });
    }
    for (const { format, files } of parts) {
      if (files.length === 0) continue;
      const table = await format.read(files, work.options, work.context);
      const own = Object.fromEntries(files.map((file) => [file.path, digests[file.path]!]));
      sources.push({ path, files, table: { ...table, digests: own } });
    }
  }
  return { sources, refused };
}

interface Part {
  readonly format: Format;
  readonly files: SourceFile[];
}
interface Strange {
  readonly file: SourceFile;
  readonly why: string;
}

/** Files by format: all of one where one fits all of them, else each by what it is by itself. */
function sorted(files: readonly SourceFile[]): { parts: Part[]; strange: Strange[] } {
  const whole = Object.values(known).filter((format) => format.detect(files));
  if (whole.length === 1) return { parts: [{ format: whole[0]!, files: [...files] }], strange: [] };
  const parts: Part[] = [];
  const strange: Strange[] = [];
  for (const file of files) {
    const fitting = Object.values(known).filter((format) => format.detect([file]));
    const [format] = fitting;
    if (format === undefined) strange.push({ file, why: `no known format fits: ${described(file)}` });
    else if (fitting.length > 1) {
      const names = fitting.map(({ name }) => name).join(' or ');
      strange.push({ file, why: `could be ${names}: give it by itself, with --format` });
    } else {
      const part = parts.find((each) => each.format === format);
      if (part) part.files.push(file);
      else parts.push({ format, files: [file] });
    }
  }
  return { parts, strange };
}
