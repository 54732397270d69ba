import { snappyUncompress } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';

/** How the values of one column lie in its pages. */
export interface ColumnShape {
  /** `UNCOMPRESSED`, `SNAPPY` or one that there is a decompressor for. */
  readonly codec: string;
  /** Greatest definition and repetition level. */
  readonly defined: number;
  readonly repeated: number;
  readonly boolean: boolean;
  /** Of a struct or a list. */
  readonly nested: boolean;
  /** Values that the footer claims, with those that are null. */
  readonly values: number;
}

/** @throws where the bytes do not unpack to so many, or to more */
export type Decompress = (bytes: Uint8Array, size: number) => Uint8Array;

/** One page is far smaller; beyond it, it is refused before anything is unpacked. */
const mostPageBytes = 2 ** 30;
/** Unpacked bytes for each packed one, of pages above 16 MiB. */
const mostRatio = 2000;
/** Writers fill a run of packed bits up to a whole number of groups. */
const padding = 1024;
const dictionaries: readonly (string | undefined)[] = ['PLAIN_DICTIONARY', 'RLE_DICTIONARY'];

/**
 * Goes through the pages of one column of a row group, in front of the decoder: a decoder repeats a value as often as a
 * run says, and a byte changed in it says two thousand million times.
 * @param bytes all pages of the column
 * @throws Error where a page reaches beyond the column, or claims values that the footer does not
 */
export function checkPages(bytes: Uint8Array, shape: ColumnShape, decompress: Decompress = snappy): void {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const unpack: Decompress = shape.codec === 'UNCOMPRESSED' ? (part) => part : decompress;
  let values = 0;
  // As the decoder does: what is left of a single byte is no page, nor what follows the last row of a plain column.
  while (reader.offset < bytes.length - 1 && (shape.nested || values < shape.values)) {
    const { page, size, type, v1, v2 } = nextPage(reader, bytes, shape);
    if (type === 'DICTIONARY_PAGE') continue;
    values += v1?.num_values ?? v2?.num_values ?? 0;
    if (values > shape.values)
      throw new Error(`its pages hold more than the ${shape.values} values it claims`);
    if (type === 'DATA_PAGE' && v1) checkFirst({ page, size, unpack, ...v1 }, shape);
    if (type === 'DATA_PAGE_V2' && v2) checkSecond({ page, size, unpack, ...v2 }, shape);
  }
  if (values < shape.values)
    throw new Error(`its pages hold ${values} values where ${shape.values} are claimed`);
}

function nextPage(
  reader: { readonly view: DataView; offset: number },
  bytes: Uint8Array,
  shape: ColumnShape,
) {
  const {
    type,
    compressed_page_size: packed,
    uncompressed_page_size: size,
    data_page_header: v1,
    data_page_header_v2: v2,
    dictionary_page_header: dictionary,
  } = parquetHeader(reader);
  if (!isCount(packed) || reader.offset + packed > bytes.length)
    throw new Error('a page ends beyond its column');
  if (!isCount(size) || size > mostPageBytes || (size > 2 ** 24 && size > packed * mostRatio))
    throw new Error(`a page claims to unpack to ${size} bytes from ${packed}`);
  const claimed = v1?.num_values ?? v2?.num_values ?? dictionary?.num_values ?? 0;
  if (!isCount(claimed) || claimed > Math.max(shape.values, 8 * size))
    throw new Error(`a page claims ${claimed} values of ${shape.values}`);
  const page = bytes.subarray(reader.offset, reader.offset + packed);
  reader.offset += packed;
  return { page, size, type, v1, v2 };
}

interface Page {
  readonly page: Uint8Array;
  readonly size: number;
  readonly unpack: (part: Uint8Array, length: number) => Uint8Array;
  readonly num_values: number;
  readonly encoding?: string;
}

/** Levels and values packed together, each with its length in front. */
function checkFirst({ page, size, unpack, num_values: n, encoding }: Page, shape: ColumnShape): void {
  const { defined, repeated, boolean } = shape;
  const runs = dictionaries.includes(encoding) || encoding === 'RLE';
  if (defined === 0 && repeated === 0 && !runs) return;
  const bytes = unpack(page, size);
  let at = 0;
  const sized = (): Uint8Array => {
    const start = at + 4;
    if (start > bytes.length) throw new Error('a run ends beyond its page');
    at = start + new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
    if (at > bytes.length) throw new Error('a run ends beyond its page');
    return bytes.subarray(start, at);
  };
  if (repeated > 0) countLevels(sized(), repeated, n);
  const present = defined > 0 ? countLevels(sized(), defined, n) : n;
  if (!runs || present === 0) return;
  if (boolean) walkRuns(sized(), { width: 1, n: present });
  // Values of no bits are the first of the dictionary, and have no runs.
  else if (bytes[at] !== 0) walkRuns(bytes.subarray(at + 1), { width: bytes[at] ?? 0, n: present });
}

/** Levels before the values, as long as the header says, and never packed. */
function checkSecond(
  page: Page & {
    readonly num_nulls: number;
    readonly definition_levels_byte_length: number;
    readonly repetition_levels_byte_length: number;
    readonly is_compressed?: boolean;
  },
  { defined, repeated, boolean }: ColumnShape,
): void {
  const { page: bytes, num_values: n, num_nulls: nulls, encoding } = page;
  const [own, other] = [page.definition_levels_byte_length, page.repetition_levels_byte_length];
  if (!isCount(own) || !isCount(other) || own + other > bytes.length || !isCount(nulls) || nulls > n)
    throw new Error('its levels end beyond their page');
  if (repeated > 0) countLevels(bytes.subarray(0, other), repeated, n);
  if (defined > 0) countLevels(bytes.subarray(other, other + own), defined, n);
  const inside = dictionaries.includes(encoding);
  if ((!inside && !(encoding === 'RLE' && boolean)) || nulls === n) return;
  const rest = bytes.subarray(own + other);
  const values = page.is_compressed === false ? rest : page.unpack(rest, page.size - own - other);
  if (inside) walkRuns(values.subarray(1), { width: values[0] ?? 0, n: n - nulls });
  else walkRuns(values.subarray(4), { width: 1, n: n - nulls });
}

/** How many of `n` levels are the greatest one. */
function countLevels(bytes: Uint8Array, greatest: number, n: number): number {
  let count = 0;
  walkRuns(bytes, {
    width: bitsOf(greatest),
    n,
    onRun: (level, times) => {
      if (level === greatest) count += times;
    },
  });
  return count;
}

/** Goes through runs of one value and of packed bits, until there are `n` values. */
function walkRuns(
  bytes: Uint8Array,
  work: {
    readonly width: number;
    readonly n: number;
    readonly onRun?: (value: number, times: number) => void;
  },
): void {
  const { width, n, onRun } = work;
  if (width > 32) throw new Error(`it claims values of ${width} bits`);
  for (let at = 0, seen = 0; seen < n; ) {
    let [head, shift, byte] = [0, 0, 0x80];
    while (byte >= 0x80 && shift < 35) {
      if (at >= bytes.length) throw new Error(`its runs end after ${seen} of ${n} values`);
      byte = bytes[at++]!;
      head += (byte & 0x7f) * 2 ** shift;
      shift += 7;
    }
    const packed = head % 2 === 1;
    const run = packed ? Math.floor(head / 2) * 8 : head / 2;
    if (byte >= 0x80 || run > n - seen + (packed ? padding : 0))
      throw new Error(`a run claims ${run} values where ${n - seen} are left`);
    if (onRun !== undefined && packed) {
      for (let i = 0; i < Math.min(run, n - seen); i++) onRun(bitsAt(bytes, 8 * at + i * width, width), 1);
    } else onRun?.(bytes[at] ?? 0, run);
    seen += run;
    at += packed ? (run / 8) * width : Math.ceil(width / 8);
  }
}

/** Levels are small: a few bits, which may lie in two bytes. */
function bitsAt(bytes: Uint8Array, bit: number, width: number): number {
  const first = bit >> 3;
  const both = (bytes[first] ?? 0) | ((bytes[first + 1] ?? 0) << 8);
  return (both >> (bit & 7)) & ((1 << width) - 1);
}

const snappy: Decompress = (bytes, size) => {
  const out = new Uint8Array(size);
  snappyUncompress(bytes, out);
  return out;
};

const bitsOf = (level: number): number => 32 - Math.clz32(level);

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
