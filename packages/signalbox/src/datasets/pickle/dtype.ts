import type { Dtype, Fail, PyValue } from './values.ts';
import { typeOf } from './values.ts';

export function bytesPerCell({ letter, width }: Dtype): number {
  return letter === 'U' ? 4 * width : width;
}

export function nameOf({ letter, width }: Dtype): string {
  return letter === 'O' ? 'object' : `${letter}${width}`;
}

const widths: Readonly<Record<string, readonly number[]>> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8],
};

/** @param given as NumPy writes it: `f8`, `<f8`, `|b1`, `<U12`, `O` */
export function dtypeOf(given: PyValue | undefined, fail: Fail): Dtype {
  const text = typeof given === 'string' ? given : '';
  const [, order, letter, digits] = /^([<>|=]?)([biufUSO])(\d{0,9})$/.exec(text) ?? [];
  const width = Number(digits ?? 0);
  if (letter === undefined || (widths[letter] !== undefined && !widths[letter].includes(width))) {
    const what = text === '' ? typeOf(given) : `\`${text.slice(0, 40)}\``;
    throw fail(
      `it holds an array of the type ${what}; numbers up to 64 bits, booleans, text and objects are read.`,
    );
  }
  return { kind: 'dtype', letter: letter as Dtype['letter'], width, bigEndian: order === '>' };
}
