import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import {
  asyncBufferFromFile,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetReadObjects,
} from 'hyparquet';
import type { Context } from '../core/context.ts';
import { SignalboxError } from '../core/errors.ts';
import type { SourceFile } from '../core/format.ts';
import type { Fields } from './fields.ts';
import { fileError, stopIfAborted } from './files.ts';

const compressors: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input) => zstdDecompressSync(input),
};
const text = new TextDecoder('utf-8', { fatal: true });
const parsers = { stringFromBytes: (bytes: Uint8Array) => bytes && text.decode(bytes) };

/** An open Parquet file. */
export interface ParquetSource {
  readonly buffer: Awaited<ReturnType<typeof asyncBufferFromFile>>;
  readonly metadata: FileMetaData;
}

export function isParquet({ head }: SourceFile): boolean {
  return head.length >= 4 && String.fromCharCode(...head.subarray(0, 4)) === 'PAR1';
}

/** Whether a Parquet file names the columns of SPROUT, as far as its footer is seen; for looking. */
export function isSprout(file: SourceFile): boolean {
  const names = Buffer.from(file.foot ?? []).toString('latin1');
  return isParquet(file) && names.includes('num_input_tokens') && names.includes('num_output_tokens');
}

/** Names of the columns, of a struct its own alone. */
export function columnsOf(metadata: FileMetaData): string[] {
  return [...new Set(leavesOf(metadata).map(([name]) => name ?? ''))];
}

/** The path of each column that holds values. */
function leavesOf({ schema }: FileMetaData): string[][] {
  const leaves: string[][] = [];
  let at = 0;
  const walk = (path: readonly string[]): void => {
    const element = schema[at++];
    if (element === undefined) throw new Error('its schema ends early');
    const own = at === 1 ? [] : [...path, element.name];
    const children = element.num_children ?? 0;
    if (children === 0 && own.length > 0) leaves.push(own);
    for (let i = 0; i < children; i++) walk(own);
  };
  walk([]);
  return leaves;
}

/**
 * Columns are read side by side: what fails before all of them are under way leaves the others with nobody to hear that
 * they failed as well, which ends the process. So a footer that names a column which the schema does not hold once, or
 * bytes that the file does not have, is refused before anything is read.
 */
function checkColumns(metadata: FileMetaData, byteLength: number): void {
  const leaves = new Set(leavesOf(metadata).map((path) => JSON.stringify(path)));
  for (const { columns } of metadata.row_groups) {
    const paths = columns.map(({ meta_data }) => JSON.stringify(meta_data?.path_in_schema));
    const seen = new Set<string>();
    for (const [i, path] of paths.entries()) {
      if (!leaves.has(path) || seen.size === seen.add(path).size)
        throw new Error(`column ${path} does not stand once in its schema`);
      const {
        meta_data: meta,
        offset_index_offset: index = 0,
        offset_index_length: length = 0,
      } = columns[i]!;
      const inside = (start: bigint | number, size: bigint | number): boolean =>
        start >= 0 && size >= 0 && Number(start) + Number(size) <= byteLength;
      const start = meta!.dictionary_page_offset || meta!.data_page_offset;
      if (!inside(start, meta!.total_compressed_size) || !inside(index, length))
        throw new Error(`column ${path} lies beyond the end of the file`);
    }
  }
}

/** @throws SignalboxError for a file that is none or is cut off */
export async function openParquet(file: SourceFile): Promise<ParquetSource> {
  if (!isParquet(file)) {
    throw new SignalboxError('format', 'the file does not begin as Parquet does (PAR1).', {
      file: file.path,
    });
  }
  const buffer = await asyncBufferFromFile(file.path).catch((cause: unknown) => {
    throw fileError(file.path, cause);
  });
  try {
    const metadata = await parquetMetadataAsync(buffer);
    checkColumns(metadata, buffer.byteLength);
    return { buffer, metadata };
  } catch (cause) {
    throw new SignalboxError(
      'format',
      'the end of the file is not that of a Parquet file: it is cut off or damaged. Bring it again.',
      { file: file.path, cause },
    );
  }
}

/** Rows of one row group after another: as much is held at once as a group has. */
export async function* rowsOf(
  file: SourceFile,
  source: ParquetSource,
  context: Context,
): AsyncGenerator<{ fields: Fields; row: number }> {
  for (const range of groupsOf(source)) {
    stopIfAborted(context);
    let row = range.rowStart;
    for (const fields of await objectsOf(file, source, range)) yield { fields, row: ++row };
    context.progress(`reading ${file.name}`, row, Number(source.metadata.num_rows));
  }
}

/** Rows of a group, from 0 on. */
export interface RowRange {
  readonly rowStart: number;
  readonly rowEnd: number;
}

/** The row groups of a file. */
export function* groupsOf({ metadata }: ParquetSource): Generator<RowRange> {
  let row = 0;
  for (const { num_rows } of metadata.row_groups) {
    const range = { rowStart: row, rowEnd: row + Number(num_rows) };
    row = range.rowEnd;
    yield range;
  }
}

/** Rows as objects; of the columns named, or of all. */
export async function objectsOf(
  file: SourceFile,
  { buffer, metadata }: ParquetSource,
  range: RowRange & { readonly columns?: string[] },
): Promise<Fields[]> {
  return parquetReadObjects({ file: buffer, metadata, ...range, compressors, parsers }).catch((cause) => {
    throw unreadable(file, range, cause);
  });
}

/** Values of the columns named, in pieces: each with the row that it begins at. */
export async function piecesOf(
  file: SourceFile,
  { buffer, metadata }: ParquetSource,
  range: RowRange & { readonly columns: string[] },
): Promise<{ column: string; from: number; values: ArrayLike<unknown> }[]> {
  const pieces: { column: string; from: number; values: ArrayLike<unknown> }[] = [];
  await parquetRead({
    file: buffer,
    metadata,
    ...range,
    compressors,
    parsers,
    onChunk: ({ columnName, columnData, rowStart }) => {
      pieces.push({ column: columnName, from: rowStart, values: columnData });
    },
  }).catch((cause) => {
    throw unreadable(file, range, cause);
  });
  return pieces;
}

function unreadable(file: SourceFile, { rowStart, rowEnd }: RowRange, cause: unknown): SignalboxError {
  return new SignalboxError(
    'row',
    `rows ${rowStart + 1} to ${rowEnd} could not be read (${(cause as Error).message}): the file is damaged, or written in a way that is not supported. Write it anew, with Snappy, Zstandard or no compression.`,
    { file: file.path, cause },
  );
}
