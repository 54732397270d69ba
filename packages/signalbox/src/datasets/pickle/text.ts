import type { Fail } from './values.ts';

/** A whole number in digits, as protocol 0 has it. */
export function integerOf(digits: string, fail: Fail): number | bigint {
  if (!/^[+-]?\d{1,150}$/.test(digits)) throw fail('a whole number is malformed.');
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

/** A number as protocol 0 has it: Python's own way of writing it. */
export function floatOf(text: string, fail: Fail): number {
  const special: Readonly<Record<string, number>> = {
    inf: Number.POSITIVE_INFINITY,
    '-inf': Number.NEGATIVE_INFINITY,
    nan: Number.NaN,
  };
  const value = special[text] ?? (/^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN);
  if (Number.isNaN(value) && text !== 'nan') throw fail('a number is malformed.');
  return value;
}

const letters: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** A text of Python 2, in quotes: its bytes as characters of latin1. */
export function quotedText(line: string, fail: Fail): string {
  const inner = /^(['"])(.*)\1$/s.exec(line.trim())?.[2];
  if (inner === undefined) throw fail('a text is not in quotes.');
  return inner.replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.)/gs, (whole, code: string) => {
    if (code.length === 3 && code.startsWith('x'))
      return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
    return letters[code] ?? whole;
  });
}

/** A text of protocol 0: latin1 with \uXXXX for the rest. */
export function unescaped(line: string, fail: Fail): string {
  return line.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/g, (_, code: string) => {
    const point = Number.parseInt(code.slice(1), 16);
    if (point > 0x10ffff) throw fail('a text holds something that is no character.');
    return String.fromCodePoint(point);
  });
}

const longest = 64;

/** A whole number of two's complement, the least byte first. */
export function longOf(bytes: Uint8Array, fail: Fail): number | bigint {
  if (bytes.length > longest)
    throw fail(`it holds a whole number of ${bytes.length} bytes; at most ${longest} are read.`);
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  if ((bytes.at(-1) ?? 0) > 127) value -= 1n << BigInt(8 * bytes.length);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
