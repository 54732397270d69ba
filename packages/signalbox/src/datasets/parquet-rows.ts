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
export async function* rowsOf(
  file: SourceFile,
  { buffer, metadata }: ParquetSource,
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
