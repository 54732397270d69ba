import { SignalboxError } from '../../core/errors.ts';
import type { Bytes } from './bytes.ts';

/** What a pickle may hold: data of Python and arrays of NumPy. Numbers of NumPy are numbers. */
export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Bytes
  | PyValue[]
  | PyTuple
  | PyDict
  | PySet
  | NdArray
  | Dtype;
export interface PyTuple {
  readonly kind: 'tuple';
  readonly items: readonly PyValue[];
}
export type PyDict = Map<PyValue, PyValue>;
export type PySet = Set<PyValue>;

/** Type of an array's cells: a letter of NumPy (b i u f U S O) and its width, in characters for U. */
export interface Dtype {
  readonly kind: 'dtype';
  readonly letter: 'b' | 'i' | 'u' | 'f' | 'U' | 'S' | 'O';
  readonly width: number;
  readonly bigEndian: boolean;
}

/** An array whose cells are read when they are asked for; `data` of objects is a list, in row-major order. */
export interface NdArray {
  readonly kind: 'array';
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Column-major. */
  readonly fortran: boolean;
  readonly data: Bytes | readonly PyValue[];
}

/** Makes an error about the file that is read. */
export type Fail = (message: string) => SignalboxError;

export function failIn(file: string): Fail {
  return (message) => new SignalboxError('format', message, { file });
}

export function isDict(value: unknown): value is PyDict {
  return value instanceof Map;
}

export function isKind<K extends 'bytes' | 'tuple' | 'array' | 'dtype'>(
  value: unknown,
  kind: K,
): value is Extract<PyValue, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

/** Items of a list or a tuple; undefined of anything else. */
export function itemsOf(value: PyValue | undefined): readonly PyValue[] | undefined {
  if (Array.isArray(value)) return value;
  return isKind(value, 'tuple') ? value.items : undefined;
}

/** What a value is, in Python's words, for errors. */
export function typeOf(value: PyValue | undefined): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'None';
  if (typeof value === 'boolean') return 'a bool';
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
  if (typeof value === 'string') return 'a text';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a dict';
  if (value instanceof Set) return 'a set';
  if (value.kind === 'array') return `an array of shape (${value.shape.join(', ')})`;
  return { bytes: 'bytes', tuple: 'a tuple', dtype: 'a dtype' }[value.kind];
}
