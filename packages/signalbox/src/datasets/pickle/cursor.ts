import { type Bytes, bytesOf, type Source } from './bytes.ts';
import type { Fail } from './values.ts';

/** Bytes beyond this are left in the file until they are asked for. */
const heldBytes = 1 << 16;
const blockBytes = 1 << 14;
const longestLine = 1 << 24;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a source from its beginning on; nothing is allocated for a length that the source does not have. */
export interface Cursor {
  readonly at: number;
  readonly left: number;
  /** Good until the next call. */
  take(length: number, what: string): Uint8Array;
  /** A whole number without sign, the least byte first. */
  number(bytes: 1 | 2 | 4 | 8): number;
  /** Up to the next line feed, bytes as characters of latin1. */
  line(): string;
  latin(length: number): string;
  /** UTF-8. */
  text(length: number): string;
  bytes(length: number): Bytes;
}

export function cursor(source: Source, fail: Fail): Cursor {
  let at = 0;
  /** What is at hand of the source, from `first` on. */
  let block: Uint8Array = new Uint8Array(0);
  let first = 0;
  /** Place in the block of the next `length` bytes. */
  const within = (length: number): number => {
    if (at + length > first + block.length) {
      first = at;
      block = source.at(at, Math.min(source.size, at + Math.max(length, blockBytes)));
    }
    return at - first;
  };
  const take = (length: number, what: string): Uint8Array => {
    const left = source.size - at;
    if (length > left)
      throw fail(`${what} claims ${length} bytes where ${left} are left: the file is cut off or damaged.`);
    const start = within(length);
    at += length;
    return block.subarray(start, start + length);
  };
  const latin = (length: number): string => Buffer.from(take(length, 'a text')).toString('latin1');
  return {
    get at() {
      return at;
    },
    get left() {
      return source.size - at;
    },
    take,
    number: (bytes) => {
      if (bytes > source.size - at) throw fail('the file ends inside an instruction: it is cut off.');
      const start = within(bytes);
      let value = 0;
      for (let i = bytes - 1; i >= 0; i--) value = value * 256 + block[start + i]!;
      at += bytes;
      return value;
    },
    line: () => {
      for (let length = 256; ; length *= 4) {
        const end = Math.min(source.size, at + length);
        const start = within(end - at);
        const stop = block.subarray(start, start + end - at).indexOf(0x0a);
        if (stop !== -1) return latin(stop + 1).slice(0, -1);
        if (end === source.size) throw fail('the file ends inside a line: it is cut off.');
        if (length > longestLine) throw fail('a line is longer than 16 MB.');
      }
    },
    latin,
    text: (length) => {
      try {
        return utf8.decode(take(length, 'a text'));
      } catch (cause) {
        throw cause instanceof TypeError ? fail('a text is not UTF-8.') : cause;
      }
    },
    bytes: (length) => {
      if (length <= heldBytes || length > source.size - at)
        return bytesOf(take(length, 'a run of bytes').slice());
      at += length;
      return source.later(at - length, at);
    },
  };
}
