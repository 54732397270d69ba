import { createHash, type Hash } from 'node:crypto';
import type { Plain } from '../../core/plain.ts';

/** SHA-256 (hex) of plain state; equal states have equal digests, in whatever order their keys stand. */
export function digestPlain(value: Plain): string {
  const hash = createHash('sha256');
  feed(hash, value);
  return hash.digest('hex');
}

function feed(hash: Hash, value: Plain): void {
  if (value === null || typeof value !== 'object') {
    const text = Object.is(value, -0) ? '-0' : String(value);
    hash.update(`${typeof value}:${text.length}:${text};`);
  } else if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name}:${value.length};`);
    hash.update(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  } else if (Array.isArray(value)) {
    hash.update(`array:${value.length};`);
    for (const item of value as readonly Plain[]) feed(hash, item);
  } else {
    const record = value as Readonly<Record<string, Plain>>;
    const keys = Object.keys(record).sort();
    hash.update(`record:${keys.length};`);
    for (const key of keys) {
      feed(hash, key);
      feed(hash, record[key]!);
    }
  }
}
