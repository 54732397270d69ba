import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import {
  asyncBufferFromFile,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet';
import type { Context } from '../core/context.ts';
import { SignalboxError } from '../core/errors.ts';
import type { Format, SourceFile } from '../core/format.ts';
import { tableBuilder } from './build.ts';
import type { Fields } from './fields.ts';
import { fileError, stopIfAborted } from './files.ts';
import { longReader, type Roles, rolesIn } from './long.ts';
import { tableName } from './names.ts';
import { type WideSource, wideReader } from './wide.ts';

const compressors: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input) => zstdDecompressSync(input),
};
const text = new TextDecoder('utf-8', { fatal: true });
const parsers = { stringFromBytes: (bytes: Uint8Array) => bytes && text.decode(bytes) };

/** The canonical forms as Parquet; in errors the line is the number of the row. */
export const parquet: Format = {
  name: 'parquet',
  summary: 'canonical long form, or canonical wide form, as Parquet',
  detect: (files) => files.length > 0 && files.every(isParquet),
  read: async (files, options, context) => {
    const table = tableBuilder();
    const long = longReader(table, options, false);
    const ids: WideSource['ids'] = new Map();
    let roles: Roles = {};
    for (const file of files) {
      const source = await open(file);
      const place = { file: file.path };
      const header = source.metadata.schema.length > 0 ? columnsOf(source.metadata) : [];
      const isLong = header.includes('model') || header.includes('score');
      const wide = isLong
        ? undefined
        : wideReader({ header, place, text: false, ids, table, options, context });
      if (isLong) long.columns(header, place);
      for await (const { fields, row } of rowsOf(file, source, context)) {
        (wide ?? long).row(fields, { file: file.path, line: row });
      }
      wide?.end();
      const said = (source.metadata.key_value_metadata ?? []).filter(({ key }) =>
        ['primary', 'weak', 'strong'].includes(key),
      );
      roles = {
        ...rolesIn(Object.fromEntries(said.map(({ key, value }) => [key, value])), place, context),
        ...roles,
      };
    }
    long.end();
    return table.finish({
      name: tableName(files),
      format: 'parquet',
      ...roles,
      options,
      file: files[0]?.path ?? '',
    });
  },
};

interface Source {
  readonly buffer: Awaited<ReturnType<typeof asyncBufferFromFile>>;
  readonly metadata: FileMetaData;
}

function isParquet({ head }: SourceFile): boolean {
  return head.length >= 4 && String.fromCharCode(...head.subarray(0, 4)) === 'PAR1';
}

function columnsOf(metadata: FileMetaData): string[] {
  const names: string[] = [];
  let at = 1;
  const skip = (): void => {
    const element = metadata.schema[at++];
    for (let i = 0; i < (element?.num_children ?? 0); i++) skip();
  };
  for (let i = 0; i < (metadata.schema[0]?.num_children ?? 0); i++) {
    names.push(metadata.schema[at]?.name ?? '');
    skip();
  }
  return names;
}

async function open(file: SourceFile): Promise<Source> {
  if (!isParquet(file)) {
    throw new SignalboxError('format', 'the file does not begin as Parquet does (PAR1).', {
      file: file.path,
    });
  }
  const buffer = await asyncBufferFromFile(file.path).catch((cause: unknown) => {
    throw fileError(file.path, cause);
  });
  try {
    return { buffer, metadata: await parquetMetadataAsync(buffer) };
  } catch (cause) {
    throw new SignalboxError(
      'format',
      'the end of the file is not that of a Parquet file: it is cut off or damaged. Bring it again.',
      { file: file.path, cause },
    );
  }
}

/** Rows of one row group after another: as much is held at once as a group has. */
async function* rowsOf(
  file: SourceFile,
  { buffer, metadata }: Source,
  context: Context,
): AsyncGenerator<{ fields: Fields; row: number }> {
  let row = 0;
  for (const group of metadata.row_groups) {
    stopIfAborted(context);
    const end = row + Number(group.num_rows);
    const range = { rowStart: row, rowEnd: end };
    const objects = await parquetReadObjects({
      file: buffer,
      metadata,
      ...range,
      compressors,
      parsers,
    }).catch((cause) => {
      const { message } = cause as Error;
      throw new SignalboxError(
        'row',
        `rows ${row + 1} to ${end} could not be read (${message}): the file is damaged, or written in a way that is not supported. Write it anew, with Snappy, Zstandard or no compression.`,
        { file: file.path, cause },
      );
    });
    for (const fields of objects) yield { fields, row: ++row };
    context.progress(`reading ${file.name}`, row, Number(metadata.num_rows));
  }
}
