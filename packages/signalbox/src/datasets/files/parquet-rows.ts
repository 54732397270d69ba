import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import {
  asyncBufferFromFile,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetReadObjects,
} from 'hyparquet';
import type { Context } from '../../core/context.ts';
import { SignalboxError } from '../../core/errors.ts';
import type { SourceFile } from '../../core/format.ts';
import type { Fields } from './fields.ts';
import { fileError, stopIfAborted } from './files.ts';
import { checkPages, type Decompress } from './parquet-pages.ts';

/** Each page says what it unpacks to; where it is more, it is refused and not unpacked. */
const compressors = {
  GZIP: (input, size) => gunzipSync(input, { maxOutputLength: size + 1 }),
  BROTLI: (input, size) => brotliDecompressSync(input, { maxOutputLength: size + 1 }),
  ZSTD: (input, size) => zstdDecompressSync(input, { maxOutputLength: size + 1 }),
} satisfies Compressors;
/** Values of a row group that are held at once. */
const mostValues = 2 ** 28;
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
  return [...new Set(leavesOf(metadata).map(({ path: [name] }) => name ?? ''))];
}

/** A column that holds values, and its levels. */
interface Leaf {
  readonly path: readonly string[];
  readonly defined: number;
  readonly repeated: number;
}

function leavesOf({ schema }: FileMetaData): Leaf[] {
  const leaves: Leaf[] = [];
  let at = 0;
  const walk = (above: Leaf): void => {
    const element = schema[at++];
    if (element === undefined) throw new Error('its schema ends early');
    const { num_children: children = 0, repetition_type: kind, name } = element;
    const own =
      at === 1
        ? above
        : {
            path: [...above.path, name],
            defined: above.defined + (kind === 'REQUIRED' ? 0 : 1),
            repeated: above.repeated + (kind === 'REPEATED' ? 1 : 0),
          };
    if (children === 0 && own.path.length > 0) leaves.push(own);
    for (let i = 0; i < children; i++) walk(own);
  };
  walk({ path: [], defined: 0, repeated: 0 });
  return leaves;
}

const keyOf = (path: readonly string[] | undefined): string => JSON.stringify(path);

/**
 * Columns are read side by side: what fails before all of them are under way leaves the others with nobody to hear that
 * they failed as well, which ends the process. So a footer that names a column which the schema does not hold once, or
 * bytes that the file does not have, is refused before anything is read.
 */
function checkColumns(metadata: FileMetaData, byteLength: number): void {
  const leaves = new Set(leavesOf(metadata).map(({ path }) => keyOf(path)));
  for (const { columns, num_rows: rows } of metadata.row_groups) {
    if (!Number.isSafeInteger(Number(rows)) || rows < 0)
      throw new Error('a row group does not say how many rows it holds');
    const paths = columns.map(({ meta_data }) => keyOf(meta_data?.path_in_schema));
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
export function* groupsOf({ metadata }: Pick<ParquetSource, 'metadata'>): Generator<RowRange> {
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
  source: ParquetSource,
  range: RowRange & { readonly columns?: string[] },
): Promise<Fields[]> {
  const { buffer, metadata } = source;
  await checkRows(file, source, range);
  return parquetReadObjects({ file: buffer, metadata, ...range, compressors, parsers }).catch((cause) => {
    throw unreadable(file, range, cause);
  });
}

/** Values of the columns named, in pieces: each with the row that it begins at. */
export async function piecesOf(
  file: SourceFile,
  source: ParquetSource,
  range: RowRange & { readonly columns: string[] },
): Promise<{ column: string; from: number; values: ArrayLike<unknown> }[]> {
  const { buffer, metadata } = source;
  await checkRows(file, source, range);
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

/** Goes through the pages that the decoder is to read: it believes what they claim. */
async function checkRows(
  file: SourceFile,
  { buffer, metadata }: ParquetSource,
  range: RowRange & { readonly columns?: string[] },
): Promise<void> {
  const rows = range.rowEnd - range.rowStart;
  const leaves = new Map(leavesOf(metadata).map((leaf) => [keyOf(leaf.path), leaf]));
  const wanted = range.columns && new Set(range.columns);
  const group = [...groupsOf({ metadata })].findIndex(({ rowStart }) => rowStart === range.rowStart);
  const columns = metadata.row_groups[group]!.columns.flatMap(({ meta_data: meta }) => meta ?? []);
  const read = columns.filter(({ path_in_schema: [name = ''] }) => !wanted || wanted.has(name));
  if (rows * read.length > mostValues)
    throw new SignalboxError(
      'format',
      `its row group from row ${range.rowStart + 1} on holds ${rows} rows of ${read.length} columns; at most ${mostValues} values are read at once. Write it with smaller row groups.`,
      { file: file.path },
    );
  try {
    for (const meta of read) {
      const leaf = leaves.get(keyOf(meta.path_in_schema))!;
      const nested = leaf.path.length > 1 || leaf.repeated > 0;
      const values = Number(meta.num_values);
      if (nested ? values < rows || values > mostValues : values !== rows)
        throw new Error(`column ${keyOf(leaf.path)} claims ${values} values in ${rows} rows`);
      const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
      const bytes = await buffer.slice(start, start + Number(meta.total_compressed_size));
      const decompress = (compressors as Readonly<Record<string, Decompress>>)[meta.codec];
      const shape = { ...leaf, codec: meta.codec, boolean: meta.type === 'BOOLEAN', nested, values };
      checkPages(new Uint8Array(bytes), shape, decompress);
    }
  } catch (cause) {
    throw cause instanceof SignalboxError ? cause : unreadable(file, range, cause);
  }
}

function unreadable(file: SourceFile, { rowStart, rowEnd }: RowRange, cause: unknown): SignalboxError {
  return new SignalboxError(
    'row',
    `rows ${rowStart + 1} to ${rowEnd} could not be read (${(cause as Error).message}): the file is damaged, or written in a way that is not supported. Write it anew, with Snappy, Zstandard or no compression.`,
    { file: file.path, cause },
  );
}
