import { SignalboxError } from '../../core/errors.ts';
import { countLines, mostValueBytes } from './files.ts';
import { endOfValue, isSpace, parsePiece } from './json-array.ts';

/** One member of a JSON object and the line on which its name stands. */
export interface Member {
  readonly name: string;
  readonly value: unknown;
  readonly line: number;
}

const [quote, comma, colon, begin, end] = [0x22, 0x2c, 0x3a, 0x7b, 0x7d];

/**
 * The members of a file that holds one JSON object, in its order; a name that stands twice comes twice.
 * @throws SignalboxError for a file that is no object, is cut off, or holds malformed JSON
 */
export function* members(bytes: Buffer, path: string): Generator<Member> {
  let at = 0;
  let line = 1;
  const fail = (place: number, message: string): SignalboxError =>
    new SignalboxError('row', message, { file: path, line: place });
  const skipSpace = (): number => {
    for (; at < bytes.length && isSpace(bytes[at]!); at++) if (bytes[at] === 0x0a) line++;
    return bytes[at] ?? -1;
  };
  const expect = (byte: number, what: string): void => {
    const found = skipSpace();
    if (found === -1) throw fail(line, 'the file ends inside the JSON object: it is cut off.');
    if (found !== byte) throw fail(line, `${what} was expected here.`);
  };
  const piece = (): unknown => {
    if (skipSpace() === -1) throw fail(line, 'the file ends inside the JSON object: it is cut off.');
    const stop = endOfValue(bytes, at);
    if (stop === -1) throw fail(line, 'the file ends inside what begins here: it is cut off.');
    const value = parsePiece({ bytes, start: at, stop, most: mostValueBytes }, line, fail);
    line += countLines(bytes, at, stop);
    at = stop;
    return value;
  };
  expect(begin, 'a JSON object');
  at++;
  for (let count = 0; skipSpace() !== end; count++) {
    if (count > 0) {
      expect(comma, 'a comma or `}`');
      at++;
    }
    expect(quote, 'a name in quotes');
    const start = line;
    const name = String(piece());
    expect(colon, 'a colon');
    at++;
    yield { name, value: piece(), line: start };
  }
  at++;
  if (skipSpace() !== -1) throw fail(line, 'something follows the end of the JSON object.');
}
