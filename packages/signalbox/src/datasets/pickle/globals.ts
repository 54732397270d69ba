import { bytesOf } from './bytes.ts';
import { cellsOf } from './cells.ts';
import { bytesPerCell, dtypeOf, nameOf } from './dtype.ts';
import type { Dtype, Fail, NdArray, PyValue } from './values.ts';
import { isKind, itemsOf, typeOf } from './values.ts';

/** What a global of a pickle makes of its arguments. `spend` counts bytes that are made beside those of the file. */
export interface Making {
  readonly args: readonly PyValue[];
  readonly fail: Fail;
  spend(bytes: number): void;
}

const objects: Dtype = { kind: 'dtype', letter: 'O', width: 8, bigEndian: false };
type Draft = { -readonly [K in keyof NdArray]: NdArray[K] };

/** The only globals that a pickle may name. None of them is Python's: each stands for a few lines here that build data. */
export const globals: Readonly<Record<string, (making: Making) => PyValue>> = {
  ...both('multiarray._reconstruct', () => draft()),
  ...both('multiarray.scalar', scalar),
  ...both('numeric._frombuffer', fromBuffer),
  'numpy.dtype': ({ args, fail }) => dtypeOf(args[0], fail),
  'numpy.ndarray': ({ fail }) => {
    throw fail('it makes a numpy.ndarray by hand, which NumPy itself never writes.');
  },
  '_codecs.encode': encode,
  ...builtins('set', (making) => new Set(iterable(making))),
  ...builtins('frozenset', (making) => new Set(iterable(making))),
  ...builtins('bytearray', (making) => (making.args.length === 2 ? encode(making) : plainBytes(making))),
  ...builtins('bytes', plainBytes),
};

export function isKnown(name: string): boolean {
  return Object.hasOwn(globals, name);
}

/** NumPy 2 calls numpy.core numpy._core. */
function both(name: string, make: (making: Making) => PyValue) {
  return { [`numpy.core.${name}`]: make, [`numpy._core.${name}`]: make };
}

function builtins(name: string, make: (making: Making) => PyValue) {
  return { [`builtins.${name}`]: make, [`__builtin__.${name}`]: make };
}

function draft(): Draft {
  return { kind: 'array', dtype: objects, shape: [0], fortran: false, data: [] };
}

/** Takes what a pickle says of an array or a dtype that it has just made. */
export function build(target: PyValue, state: PyValue, making: Omit<Making, 'args'>): PyValue {
  const { fail } = making;
  const items = itemsOf(state) ?? [];
  if (isKind(target, 'dtype')) return builtDtype(target, items, fail);
  if (!isKind(target, 'array')) throw fail(`it gives a state to ${typeOf(target)}, which takes none.`);
  const [, shape, dtype, fortran, data] = items;
  if (!isKind(dtype, 'dtype')) throw fail(`the type of an array is ${typeOf(dtype)}; a dtype was expected.`);
  // The array may stand in other places already: it is filled where it is.
  return Object.assign(
    target,
    arrayOf({ shape, dtype, fortran: fortran === true || fortran === 1, data, making }),
  );
}

function builtDtype(dtype: Dtype, state: readonly PyValue[], fail: Fail): Dtype {
  const [, order, subarray, names] = state;
  if ((subarray ?? null) !== null || (names ?? null) !== null)
    throw fail('it holds an array with fields or sub-arrays; plain numbers, text and objects are read.');
  return Object.assign(dtype, { bigEndian: order === '>' });
}

/** @throws where the data are not as many as the shape says */
export function arrayOf(given: {
  readonly shape: PyValue | undefined;
  readonly dtype: Dtype;
  readonly fortran: boolean;
  readonly data: PyValue | undefined;
  readonly making: Omit<Making, 'args'>;
}): NdArray {
  const { dtype, fortran, making } = given;
  const { fail } = making;
  const shape = shapeOf(given.shape, fail);
  const cells = shape.reduce((product, side) => product * side, 1);
  const data = typeof given.data === 'string' ? latin(given.data, making) : given.data;
  if (dtype.letter === 'O') {
    const items = itemsOf(data);
    if (items?.length !== cells)
      throw fail(`an array of shape (${shape.join(', ')}) holds ${items?.length ?? 'no'} objects.`);
    return { kind: 'array', dtype, shape, fortran, data: items };
  }
  if (!isKind(data, 'bytes')) throw fail(`the data of an array are ${typeOf(data)}; bytes were expected.`);
  const wanted = cells * bytesPerCell(dtype);
  if (data.length !== wanted)
    throw fail(
      `an array of shape (${shape.join(', ')}) and type ${nameOf(dtype)} needs ${wanted} bytes and has ${data.length}.`,
    );
  return { kind: 'array', dtype, shape, fortran, data };
}

function shapeOf(value: PyValue | undefined, fail: Fail): number[] {
  const sides = itemsOf(value) ?? [value];
  const most = 2 ** 32;
  return sides.map((side) => {
    if (typeof side !== 'number' || !Number.isInteger(side) || side < 0 || side > most || sides.length > 8)
      throw fail('the shape of an array is malformed: at most 8 whole numbers below 2^32 were expected.');
    return side;
  });
}

function scalar(making: Making): PyValue {
  const [dtype, data] = making.args;
  if (!isKind(dtype, 'dtype'))
    throw making.fail(`a number has ${typeOf(dtype)} where its type was expected.`);
  if (dtype.letter === 'O') return data ?? null;
  if (isKind(data, 'bytes')) making.spend(data.length);
  const only = arrayOf({ shape: [1], dtype: { ...dtype }, fortran: false, data, making });
  return cellsOf(only, making.fail)[0] ?? null;
}

/** Protocol 5: buffer, dtype, shape, order and, since NumPy 2.3, the order of the axes. */
function fromBuffer({ args: [data, dtype, shape, order, axes], ...making }: Making): PyValue {
  if (!isKind(dtype, 'dtype'))
    throw making.fail(`the type of an array is ${typeOf(dtype)}; a dtype was expected.`);
  const given = itemsOf(axes);
  if (order !== 'K' || given === undefined)
    return arrayOf({ shape, dtype, fortran: order === 'F', data, making });
  const sides = itemsOf(shape) ?? [];
  const last = sides.length - 1;
  if (given.every((axis, i) => axis === i)) return arrayOf({ shape, dtype, fortran: false, data, making });
  if (given.length !== sides.length || given.some((axis, i) => axis !== last - i))
    throw making.fail('it holds an array whose axes lie in memory neither by rows nor by columns.');
  const turned = { kind: 'tuple', items: [...sides].reverse() } as const;
  return arrayOf({ shape: turned, dtype, fortran: true, data, making });
}

/** How protocols 0 to 2 write bytes: as text of their numbers. */
function encode({ args: [text, name], ...making }: Making): PyValue {
  if (typeof text !== 'string' || !/^(latin-?1|iso-8859-1)$/i.test(String(name)))
    throw making.fail(
      'it encodes text as something else than latin1, which a pickle of plain data never does.',
    );
  return latin(text, making);
}

function latin(text: string, { fail, spend }: Omit<Making, 'args'>): PyValue {
  spend(text.length);
  for (let i = 0; i < text.length; i++)
    if (text.charCodeAt(i) > 255) throw fail('bytes that are written as text hold a character above 255.');
  return bytesOf(Buffer.from(text, 'latin1'));
}

function plainBytes({ args: [given], fail }: Making): PyValue {
  if (given === undefined) return bytesOf(new Uint8Array(0));
  if (isKind(given, 'bytes')) return given;
  throw fail(`bytes are made of ${typeOf(given)}; bytes were expected.`);
}

function iterable({ args, fail, spend }: Making): readonly PyValue[] {
  const items = args.length === 0 ? [] : itemsOf(args[0]);
  spend(16 * (items?.length ?? 0));
  if (items === undefined) throw fail(`a set is made of ${typeOf(args[0])}; a list was expected.`);
  const odd = items.find((item) => !isHashable(item));
  if (odd !== undefined) throw fail(`a set holds ${typeOf(odd)}, which Python does not allow.`);
  return items;
}

/** Whether Python takes it as a key or as a member of a set. */
export function isHashable(value: PyValue): boolean {
  return typeof value !== 'object' || value === null || isKind(value, 'bytes') || isKind(value, 'tuple');
}
