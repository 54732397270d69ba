import { SignalboxError } from '../../core/errors.ts';
import { countLines, mostRowBytes } from './files.ts';

/** One element of a JSON array and the line on which it begins. */
export interface Element {
  readonly value: unknown;
  readonly line: number;
}

const [quote, backslash, comma, open, close, begin, end] = [0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The elements of a file that holds one JSON array, one by one: the text is cut at the array's own commas
 * and each piece parsed by itself, so that an error has a line and no file is too long for one string.
 * @throws SignalboxError for a file that is no array, is cut off, or holds malformed JSON
 */
export function* elements(bytes: Buffer, path: string): Generator<Element> {
  const fail = (line: number, message: string): SignalboxError =>
    new SignalboxError('row', message, { file: path, line });
  let at = 0;
  let line = 1;
  const skipSpace = (): number => {
    for (; at < bytes.length && isSpace(bytes[at]!); at++) if (bytes[at] === 0x0a) line++;
    return bytes[at] ?? -1;
  };
  if (skipSpace() !== open) {
    throw new SignalboxError('format', 'a JSON array was expected: the file does not begin with `[`.', {
      file: path,
      line,
    });
  }
  at++;
  for (let count = 0; skipSpace() !== close; count++) {
    if (count > 0) {
      if (at >= bytes.length) throw fail(line, cutOff(count));
      if (bytes[at] !== comma) throw fail(line, `a comma or \`]\` was expected after element ${count}.`);
      at++;
      skipSpace();
    }
    if (at >= bytes.length) throw fail(line, cutOff(count));
    const stop = endOfValue(bytes, at);
    if (stop === -1) {
      throw fail(
        line,
        `element ${count + 1} of the array begins here and the file ends inside it: it is cut off. Bring it again.`,
      );
    }
    yield { value: parsePiece({ bytes, start: at, stop, most: mostRowBytes }, line, fail), line };
    line += countLines(bytes, at, stop);
    at = stop;
  }
  at++;
  if (skipSpace() !== -1) throw fail(line, 'something follows the end of the JSON array.');
}

function cutOff(count: number): string {
  return `the file ends after element ${count} of the array, before the closing \`]\`: it is cut off. Bring it again.`;
}

/** Index behind the value that begins at `start`; -1 where the bytes end before it does. */
export function endOfValue(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === quote) {
      i = endOfString(bytes, i);
      if (i === -1) return -1;
      if (depth === 0) return i + 1;
    } else if (byte === open || byte === begin) depth++;
    else if (byte === close || byte === end) {
      if (depth === 0) return i;
      depth--;
      if (depth === 0) return i + 1;
    } else if (depth === 0 && (byte === comma || isSpace(byte))) return i;
  }
  return -1;
}

/** Index of the quote that closes the string opened at `start`. */
function endOfString(bytes: Buffer, start: number): number {
  for (let i = start + 1; i < bytes.length; i++) {
    if (bytes[i] === backslash) i++;
    else if (bytes[i] === quote) return i;
  }
  return -1;
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Where a value stands in a file, and how long it may be. */
interface Piece {
  readonly bytes: Buffer;
  readonly start: number;
  readonly stop: number;
  readonly most: number;
}

export function parsePiece(
  { bytes, start, stop, most }: Piece,
  line: number,
  fail: (line: number, message: string) => SignalboxError,
): unknown {
  if (stop - start > most)
    throw fail(
      line,
      `what begins here is ${stop - start} bytes long; at most ${most} are read as one value. Split it, or convert it to JSONL, a row on each line.`,
    );
  const text = bytes.toString('utf8', start, stop);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { message } = cause as SyntaxError;
    const position = Number(/at position (\d+)/.exec(message)?.[1] ?? 0);
    const before = text.slice(0, position).split('\n').length - 1;
    throw fail(line + before, `malformed JSON (${jsonReason(message)}).`);
  }
}

/** The parser's reason without its positions, which count from the piece that was parsed. */
export function jsonReason(message: string): string {
  return message
    .replace(/ \(line \d+ column \d+\)/, '')
    .replace(/ at position \d+/, '')
    .replace(/, "?\.{3}.*$|, ".*$/s, '');
}
