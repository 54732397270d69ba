import { Readable } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';
import { UpstreamError } from '../core/completion.ts';
import type { Source } from './exchange.ts';

const flush = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const decoders = {
  gzip: () => createGunzip(flush),
  'x-gzip': () => createGunzip(flush),
  deflate: () => createInflate(flush),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: () => createZstdDecompress({ flush: constants.ZSTD_e_flush }),
};

/**
 * The source behind its content encoding. Upstreams are asked for plain bytes; some compress all the same.
 * @throws UpstreamError for an encoding that is not known
 */
export function inflated(name: string, encoding: string | undefined, source: Source): Source {
  if (encoding === undefined || encoding === '' || encoding === 'identity') return source;
  const make = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders] : undefined;
  if (make === undefined) {
    throw new UpstreamError('protocol', `"${name}" answered in the unknown encoding "${encoding}"`);
  }
  const decoder = make();
  const raw = Readable.from(reads(source), { objectMode: false });
  // Errors of the wire reach the reader through the decoder; without this they would be unhandled.
  raw.on('error', (error) => decoder.destroy(error));
  raw.pipe(decoder);
  const pieces: AsyncIterator<Buffer> = decoder[Symbol.asyncIterator]();
  return {
    async read() {
      try {
        const step = await pieces.next();
        return step.done ? undefined : step.value;
      } catch (error) {
        if (error instanceof UpstreamError) throw error;
        throw new UpstreamError('protocol', `"${name}" answered with broken ${encoding}`, { cause: error });
      }
    },
  };
}

async function* reads(source: Source): AsyncGenerator<Buffer> {
  for (let bytes = await source.read(); bytes; bytes = await source.read()) yield bytes;
}
