import { createHash } from 'node:crypto';
import { SignalboxError } from '../core/errors.ts';
import type { Plain } from '../core/plain.ts';

/** Plain state as a JSON text and the bytes of its arrays, little endian; the same state gives the same bytes. */
export interface Packed {
  readonly json: string;
  readonly bytes: Uint8Array;
}

const kinds = { f64: Float64Array, f32: Float32Array, i32: Int32Array, u8: Uint8Array } as const;
type Kind = keyof typeof kinds;

export function pack(state: Plain): Packed {
  const parts: Uint8Array[] = [];
  let size = 0;
  const write = (value: Plain): unknown => {
    if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
    if (value === null || typeof value !== 'object') return value;
    for (const [kind, type] of Object.entries(kinds)) {
      if (!(value instanceof type)) continue;
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      // Each array starts on 8 bytes, so that it can be read where it lies.
      const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
      padded.set(bytes);
      parts.push(padded);
      const at = size;
      size += padded.length;
      return { $array: kind, at, length: value.length };
    }
    if (Array.isArray(value)) return value.map((item: Plain) => write(item));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, write(item as Plain)]));
  };
  const json = JSON.stringify(write(state));
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { json, bytes };
}

/** @throws SignalboxError `artifact` where an array lies outside the bytes */
export function unpack({ json, bytes }: Packed): Plain {
  // Aligned, whatever the buffer that the file was read into.
  const aligned = new Uint8Array(bytes.length);
  aligned.set(bytes);
  const read = (value: unknown): Plain => {
    if (value === null || typeof value !== 'object') return value as Plain;
    if (Array.isArray(value)) return value.map(read);
    if ('$number' in value) return Number(value.$number);
    if ('$array' in value) return readArray(value as { $array: Kind; at: number; length: number }, aligned);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, read(item)]));
  };
  return read(JSON.parse(json));
}

function readArray(
  { $array, at, length }: { $array: Kind; at: number; length: number },
  bytes: Uint8Array<ArrayBuffer>,
): Plain {
  const type = kinds[$array];
  if (
    type === undefined ||
    !Number.isInteger(at) ||
    at < 0 ||
    at + length * type.BYTES_PER_ELEMENT > bytes.length
  )
    throw new SignalboxError(
      'artifact',
      'an array of the state lies outside its file; train the router again.',
    );
  return new type(bytes.buffer, at, length);
}

export function digest(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
