import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { nearest, SignalboxError } from '../core/errors.ts';
import type { Format, ReadOptions, SourceFile } from '../core/format.ts';
import { digestsOf } from './files/files.ts';
import { formats } from './index.ts';
import { listFiles } from './list.ts';
import { described } from './look.ts';

/** What to open, and how. */
export interface OpenTable {
  /** Files, folders, or both; of a folder every table below it is read. */
  readonly paths: readonly string[];
  /** Name of a format; absent = found by looking. */
  readonly format?: string | undefined;
  readonly options: ReadOptions;
  readonly context: Context;
}

const known: Readonly<Record<string, Format>> = formats;

/**
 * Reads an outcome table.
 * @throws SignalboxError where a path cannot be read, the format is unknown or unclear, or a row is malformed
 */
export async function openTable({ paths, format, options, context }: OpenTable): Promise<Dataset> {
  const named = format === undefined ? undefined : formatNamed(format);
  const files = await listFiles(paths);
  const empty = files.find(({ size }) => size === 0);
  if (empty)
    throw new SignalboxError('format', 'the file is empty; an outcome table was expected.', {
      file: empty.path,
    });
  const chosen = named ?? detected(files);
  const table = await chosen.read(files, options, context);
  if (options.metrics?.length && !chosen.metrics)
    context.warn(`--metric has no effect: a table of the format ${chosen.name} has one score.`);
  return { ...table, digests: await digestsOf(files) };
}

/** @throws SignalboxError for a name that is no format's */
export function formatNamed(name: string): Format {
  if (Object.hasOwn(known, name)) return known[name]!;
  const near = nearest(name, Object.keys(known));
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`;
  throw new SignalboxError('usage', `The format \`${name}\` is not known.${hint} Known formats: ${names()}.`);
}

function names(): string {
  return Object.keys(known).join(', ');
}

function detected(files: readonly SourceFile[]): Format {
  const found = Object.values(known).filter((format) => format.detect(files));
  const [only] = found;
  if (only && found.length === 1) return only;
  if (found.length > 1) {
    throw new SignalboxError(
      'format',
      `This could be ${found.map(({ name }) => name).join(' or ')}: name the format with --format.`,
      { file: files[0]!.path },
    );
  }
  throw new SignalboxError('format', unclear(files), { file: files[0]!.path });
}

/** Why no format fits all files: they are of several, or one is of none. */
function unclear(files: readonly SourceFile[]): string {
  const kinds = new Map<string, SourceFile[]>();
  for (const file of files) {
    const kind = Object.values(known).find((format) => format.detect([file]))?.name ?? '';
    kinds.set(kind, [...(kinds.get(kind) ?? []), file]);
  }
  const strange = kinds.get('') ?? [];
  const advice = `Known formats: ${names()}; --format names one (docs/formats.md says what each looks like).`;
  if (kinds.size === 1) {
    const own = strange.some(({ name }) => /\.(csv|tsv|jsonl|parquet)$/i.test(name))
      ? 'A table of your own needs a column query_id, best of all text and group, and one column of scores for each model. '
      : '';
    return `no known format fits: ${described(strange[0]!)}. ${own}${advice}`;
  }
  const seen = [...kinds]
    .filter(([kind]) => kind !== '')
    .map(
      ([kind, some]) => `${some.length} look${some.length === 1 ? 's' : ''} like ${kind} (${some[0]!.name})`,
    );
  const rest =
    strange.length === 0
      ? []
      : [`${strange.length} like none (${strange[0]!.name}: ${described(strange[0]!)})`];
  return `these ${files.length} files are not of one format: ${[...seen, ...rest].join(', ')}. Give the files of one table only. ${advice}`;
}
