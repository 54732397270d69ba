/** What a Python literal can hold. */
export type PythonValue = string | number | boolean | null | readonly PythonValue[];

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\u000b',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};
const words: Readonly<Record<string, PythonValue>> = { None: null, True: true, False: false };
/** Deeper nesting is no literal that anyone wrote. */
const deepest = 100;

/**
 * Reads what Python's `repr` writes of strings, numbers, None, booleans, and lists and tuples of them.
 * @returns undefined where the text is no such literal
 */
export function pythonLiteral(text: string): PythonValue | undefined {
  const reader: Reader = { text, at: 0 };
  try {
    const value = readValue(reader, 0);
    skipSpace(reader);
    return reader.at === text.length ? value : undefined;
  } catch (cause) {
    if (cause === malformed) return undefined;
    throw cause;
  }
}

/** All strings of a literal, in their order; the text itself where it is none. */
export function pythonText(text: string): string {
  const value = text.startsWith('[') || text.startsWith('(') ? pythonLiteral(text) : undefined;
  return value === undefined ? text : strings(value).join('\n');
}

interface Reader {
  readonly text: string;
  at: number;
}

const malformed = new Error('not a Python literal');

function strings(value: PythonValue): string[] {
  if (Array.isArray(value)) return value.flatMap(strings);
  return value === null ? [] : [String(value)];
}

function readValue(reader: Reader, depth: number): PythonValue {
  skipSpace(reader);
  const { text } = reader;
  const char = text[reader.at];
  if (depth > deepest) throw malformed;
  if (char === '[') return readList(reader, ']', depth);
  if (char === '(') return readList(reader, ')', depth);
  if (char === "'" || char === '"') {
    let joined = readString(reader);
    // Literals side by side are one.
    for (skipSpace(reader); text[reader.at] === "'" || text[reader.at] === '"'; skipSpace(reader))
      joined += readString(reader);
    return joined;
  }
  const token = /[-+\w.]+/y;
  token.lastIndex = reader.at;
  const word = token.exec(text)?.[0] ?? '';
  reader.at += word.length;
  if (Object.hasOwn(words, word)) return words[word]!;
  if (word === 'nan') return Number.NaN;
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(word)) throw malformed;
  return Number(word);
}

function readList(reader: Reader, close: string, depth: number): PythonValue {
  const values: PythonValue[] = [];
  reader.at++;
  for (;;) {
    skipSpace(reader);
    if (reader.text[reader.at] === close) {
      reader.at++;
      return values;
    }
    values.push(readValue(reader, depth + 1));
    skipSpace(reader);
    if (reader.text[reader.at] === ',') reader.at++;
    else if (reader.text[reader.at] !== close) throw malformed;
  }
}

function readString(reader: Reader): string {
  const { text } = reader;
  const quote = text[reader.at]!;
  const parts: string[] = [];
  let start = ++reader.at;
  for (; reader.at < text.length; reader.at++) {
    const char = text[reader.at];
    if (char === quote) {
      parts.push(text.slice(start, reader.at++));
      return parts.join('');
    }
    if (char !== '\\') continue;
    parts.push(text.slice(start, reader.at), readEscape(reader));
    start = reader.at + 1;
  }
  throw malformed;
}

/** Reads from the backslash on and stops at the last character of the escape. */
function readEscape(reader: Reader): string {
  const { text, at } = reader;
  const kind = text[at + 1] ?? '';
  const simple = escapes[kind];
  if (simple !== undefined) {
    reader.at++;
    return simple;
  }
  const code = /x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})/y;
  code.lastIndex = at + 1;
  const found = code.exec(text);
  if (found === null) {
    // Python keeps the backslash of an escape that it does not know.
    return '\\';
  }
  const [whole, x, u, long, octal] = found;
  const point = octal === undefined ? Number.parseInt(x ?? u ?? long ?? '', 16) : Number.parseInt(octal, 8);
  if (point > 0x10ffff) throw malformed;
  reader.at += whole.length;
  return String.fromCodePoint(point);
}

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.text[reader.at] ?? '')) reader.at++;
}
