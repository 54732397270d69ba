import type { Matrix } from '../../math/matrix.ts';
import { narrowCells } from '../table/narrow-cells.ts';
import type { Bytes } from './bytes.ts';
import { bytesPerCell, nameOf } from './dtype.ts';
import type { Dtype, Fail, NdArray, PyValue } from './values.ts';
import { isKind, itemsOf, typeOf } from './values.ts';

/** Cells are read in pieces of about this many bytes. */
const pieceBytes = 1 << 22;
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

type Numbers = ArrayLike<number>;

/** All cells in the order in which they are stored, as plain values. */
export function cellsOf(array: NdArray, fail: Fail): readonly PyValue[] {
  if (array.dtype.letter === 'O') return array.data as readonly PyValue[];
  const { letter } = array.dtype;
  const cells: PyValue[] = [];
  eachPiece(array, (bytes) => {
    if (letter === 'U' || letter === 'S')
      for (const text of textsIn(bytes, array.dtype, fail)) cells.push(text);
    else for (const x of Array.from(numbersIn(bytes, array.dtype))) cells.push(letter === 'b' ? x !== 0 : x);
  });
  return cells;
}

function eachPiece(array: NdArray, use: (bytes: Uint8Array, first: number) => void): void {
  const { dtype } = array;
  const bytes = array.data as Bytes;
  const each = Math.max(1, bytesPerCell(dtype));
  const step = Math.max(1, Math.floor(pieceBytes / each)) * each;
  for (let start = 0; start < bytes.length; start += step)
    use(bytes.read(start, Math.min(bytes.length, start + step)), start / each);
}

/** Numbers of a piece; whole numbers of 64 bits lose what a float cannot hold. */
function numbersIn(piece: Uint8Array, { letter, width, bigEndian }: Dtype): Numbers {
  // A copy, as it must begin where a number may.
  const bytes = Buffer.from(new Uint8Array(piece).buffer);
  if (bigEndian === littleEndian) {
    if (width === 2) bytes.swap16();
    else if (width === 4) bytes.swap32();
    else if (width === 8) bytes.swap64();
  }
  const { buffer } = bytes;
  switch (`${letter}${width}`) {
    case 'f8':
      return new Float64Array(buffer);
    case 'f4':
      return new Float32Array(buffer);
    case 'f2':
      return Float64Array.from(new Uint16Array(buffer), half);
    case 'i8':
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case 'u8':
      return Float64Array.from(new BigUint64Array(buffer), Number);
    case 'i4':
      return new Int32Array(buffer);
    case 'u4':
      return new Uint32Array(buffer);
    case 'i2':
      return new Int16Array(buffer);
    case 'u2':
      return new Uint16Array(buffer);
    case 'i1':
      return new Int8Array(buffer);
    default:
      return new Uint8Array(buffer);
  }
}

/** A float of 16 bits. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

function* textsIn(piece: Uint8Array, dtype: Dtype, fail: Fail): Generator<string> {
  const each = bytesPerCell(dtype);
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  if (each === 0) return;
  for (let at = 0; at < piece.length; at += each) {
    if (dtype.letter === 'S') {
      yield Buffer.from(piece.subarray(at, at + each))
        .toString('latin1')
        .replace(/\0+$/, '');
      continue;
    }
    let text = '';
    for (let c = at; c < at + each; c += 4) {
      const point = view.getUint32(c, !dtype.bigEndian);
      if (point > 0x10ffff) throw fail('an array of text holds something that is no character.');
      text += String.fromCodePoint(point);
    }
    yield text.replace(/\0+$/, '');
  }
}

/** Texts of a list, a tuple or an array. @throws where something else is among them */
export function textsOf(value: PyValue | undefined, what: string, fail: Fail): readonly string[] {
  const items = isKind(value, 'array') ? cellsOf(value, fail) : itemsOf(value);
  if (items === undefined) throw fail(`${what} is ${typeOf(value)}; a list of texts was expected.`);
  return items.map((item) => {
    if (typeof item === 'string') return item;
    // Names that stand in lists of their own.
    const only = itemsOf(item)?.[0];
    if (typeof only === 'string' && itemsOf(item)?.length === 1) return only;
    throw fail(`${what} holds ${typeOf(item)}; texts were expected.`);
  });
}

/** Rows and columns of a two-dimensional array, or of lists of equal length. */
export function sizeOf(value: PyValue | undefined): readonly [number, number] | undefined {
  if (isKind(value, 'array')) {
    const [rows, cols, ...more] = value.shape;
    return rows === undefined || cols === undefined || more.length > 0 ? undefined : [rows, cols];
  }
  const rows = itemsOf(value);
  if (rows === undefined) return undefined;
  const first = rows[0];
  const cols = isKind(first, 'array') ? first.shape[0] : itemsOf(first)?.length;
  return cols === undefined ? undefined : [rows.length, cols];
}

/**
 * The numbers of a two-dimensional array, or of a list of rows, in the narrowest kind that holds each of them exactly.
 * Booleans are 0 and 1, None is NaN.
 */
export function matrixOf(value: PyValue | undefined, what: string, fail: Fail): Matrix {
  const size = sizeOf(value);
  if (value === undefined || size === undefined)
    throw fail(`${what} is ${typeOf(value)}; an array of rows and columns was expected.`);
  const [rows, cols] = size;
  const cells = narrowCells(rows * cols);
  eachNumber(value, { what, fail, cols }, cells.set);
  return { rows, cols, data: cells.finish() };
}

interface Reading {
  readonly what: string;
  readonly fail: Fail;
  readonly cols: number;
}

/** Each number with its place in row-major order. */
function eachNumber(value: PyValue, reading: Reading, use: (cell: number, x: number) => void): void {
  const { what, fail, cols } = reading;
  const wrong = (item: PyValue | undefined) => fail(`${what} holds ${typeOf(item)}; numbers were expected.`);
  if (!isKind(value, 'array')) {
    itemsOf(value)!.forEach((row, i) => {
      const items = isKind(row, 'array') ? cellsOf(row, fail) : itemsOf(row);
      if (items?.length !== cols)
        throw fail(`row ${i + 1} of ${what} has ${items?.length ?? 'no'} cells, the first has ${cols}.`);
      items.forEach((item, j) => {
        use(i * cols + j, numberOf(item, fail) ?? throws(wrong(item)));
      });
    });
    return;
  }
  const rows = value.shape[0]!;
  const place = (stored: number): number =>
    value.fortran ? (stored % rows) * cols + Math.floor(stored / rows) : stored;
  if (value.dtype.letter === 'O') {
    (value.data as readonly PyValue[]).forEach((item, i) => {
      use(i, numberOf(item, fail) ?? throws(wrong(item)));
    });
    return;
  }
  if (value.dtype.letter === 'U' || value.dtype.letter === 'S')
    throw fail(`${what} is an array of text (${nameOf(value.dtype)}); numbers were expected.`);
  eachPiece(value, (bytes, first) => {
    const numbers = numbersIn(bytes, value.dtype);
    for (let i = 0; i < numbers.length; i++) use(place(first + i), numbers[i]!);
  });
}

function throws(error: Error): never {
  throw error;
}

/** A number of Python; None is NaN. */
export function numberOf(value: PyValue | undefined, fail: Fail): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
  if (value === null) return Number.NaN;
  // A number in an array of its own, as some tools write one.
  if (isKind(value, 'array') && value.shape.reduce((a, b) => a * b, 1) === 1) {
    const [only] = cellsOf(value, fail);
    return isKind(only, 'array') ? undefined : numberOf(only, fail);
  }
  return undefined;
}
