import type { Matrix, Numbers } from '../../math/matrix.ts';

/** Beyond so many cells a complete table takes 32-bit floats too, where they hold it exactly. */
const large = 2 ** 20;

/** The cells of a matrix as they come, each set once, in the narrowest kind that holds all of them exactly. */
export interface NarrowCells {
  set(cell: number, value: number): void;
  /**
   * Bytes for whole numbers up to 255 without gaps; 32-bit floats for what they hold exactly, in a large table or one
   * with gaps (NaN); else 64-bit floats.
   */
  finish(): Numbers;
}

export function narrowCells(length: number): NarrowCells {
  let data: Numbers = new Uint8Array(length);
  return {
    set: (cell, value) => {
      if (!holds(data, value)) data = wider(data, value);
      data[cell] = value;
    },
    finish: () => {
      if (!(data instanceof Float32Array) || length > large) return data;
      return data.some(Number.isNaN) ? data : Float64Array.from(data);
    },
  };
}

/** The same numbers in the narrowest kind that holds them; the matrix itself where it is of that kind. */
export function narrowed(m: Matrix): Matrix {
  const { rows, cols, data } = m;
  if (data instanceof Uint8Array) return m;
  const cells = narrowCells(data.length);
  for (let cell = 0; cell < data.length; cell++) cells.set(cell, data[cell]!);
  const narrow = cells.finish();
  return narrow.BYTES_PER_ELEMENT === data.BYTES_PER_ELEMENT ? m : { rows, cols, data: narrow };
}

function holds(data: Numbers, value: number): boolean {
  if (data instanceof Uint8Array) return (value & 255) === value && !Object.is(value, -0);
  return data instanceof Float64Array || isSingle(value);
}

/** Whether 32-bit floats hold it exactly. */
function isSingle(value: number): boolean {
  return Math.fround(value) === value || Number.isNaN(value);
}

/** In a kind that holds the value as well. */
function wider(data: Numbers, value: number): Numbers {
  return isSingle(value) ? Float32Array.from(data) : Float64Array.from(data);
}
