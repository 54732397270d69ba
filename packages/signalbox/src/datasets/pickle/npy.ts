import { openZip } from '../files/zip.ts';
import { memorySource, type Source } from './bytes.ts';
import { dtypeOf } from './dtype.ts';
import { arrayOf } from './globals.ts';
import { readPickle } from './read.ts';
import { type Fail, failIn, isKind, type NdArray, type PyDict, type PyValue } from './values.ts';

const magic = '\x93NUMPY';
const longestHeader = 1 << 16;

/** Whether a file begins as `.npy` does. */
export function isNpy(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, magic.length)).toString('latin1') === magic;
}

/**
 * Reads `.npy`, versions 1 to 3. An array of objects holds a pickle, which is read as one; a single object, such as a
 * dict that was given to `np.save`, is given as it is.
 * @throws SignalboxError `format` for a file that is none, is cut off, or holds what a pickle may not
 */
export function readNpy(source: Source): PyValue {
  const fail = failIn(source.path);
  if (source.size < 12 || !isNpy(source.at(0, magic.length)))
    throw fail('it does not begin as an array of NumPy does.');
  const version = source.at(6, 7)[0]!;
  const long = version > 1;
  const head = Buffer.from(source.at(8, 12));
  const length = long ? head.readUInt32LE(0) : head.readUInt16LE(0);
  const start = (long ? 12 : 10) + length;
  if (version < 1 || version > 3 || length > longestHeader || start > source.size)
    throw fail('the header of its array is of an unknown version, too long or cut off.');
  const header = Buffer.from(source.at(start - length, start)).toString(version === 3 ? 'utf8' : 'latin1');
  const { descr, fortran, shape } = headerOf(header, fail);
  const dtype = dtypeOf(descr, fail);
  const making = { fail, spend: () => {} };
  if (dtype.letter !== 'O') {
    const data = source.later(start, source.size);
    return arrayOf({ shape, dtype, fortran, data, making });
  }
  const rest = source.later(start, source.size);
  const value = readPickle(memorySource(rest.read(0, rest.length), source.path));
  const only = isKind(value, 'array') && value.shape.length === 0 && value.dtype.letter === 'O';
  return only ? ((value as NdArray).data as readonly PyValue[])[0]! : value;
}

/** The dict of Python's literals that stands at the beginning. */
function headerOf(text: string, fail: Fail) {
  const descr = /'descr':\s*'([^']{1,20})'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\sL]{0,200})\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || shape === undefined)
    throw fail(
      'the header of its array is malformed, or the array has fields; plain numbers, text and objects are read.',
    );
  const sides = shape.split(',').flatMap((side) => (side.trim() === '' ? [] : [Number.parseInt(side, 10)]));
  return { descr, fortran: order === 'True', shape: sides };
}

/**
 * Arrays of an `.npz` file by name, as a dict; nothing of it is written to disk.
 * @throws SignalboxError for an archive that exceeds the limits of `openZip`, and what `readNpy` throws for
 */
export async function readNpz(path: string): Promise<PyDict> {
  await using archive = await openZip(path);
  const arrays: PyDict = new Map();
  for (const { name } of archive.entries) {
    if (!name.endsWith('.npy'))
      throw failIn(path)(`its member \`${name.slice(0, 80)}\` is no array; an .npz holds .npy files only.`);
    const bytes = await archive.read(name);
    arrays.set(name.slice(0, -4), readNpy(memorySource(bytes, `${path} (${name})`)));
  }
  return arrays;
}
