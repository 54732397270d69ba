import type { Context } from '../../core/context.ts';
import { type Place, SignalboxError } from '../../core/errors.ts';
import type { SourceFile } from '../../core/format.ts';
import { readCsv } from './csv-rows.ts';
import { type Fields, objectIn } from './fields.ts';
import { headText, mostValueBytes, readBytes } from './files.ts';
import { elements, endOfValue, parsePiece } from './json-array.ts';
import { members } from './json-object.ts';
import { readJsonl } from './jsonl-rows.ts';

/** One object of a file and where it stands. */
export interface Stored {
  readonly fields: Fields;
  readonly place: Place;
}

const page = /^\s*\{\s*"data"\s*:\s*\[/;
/** An object over several lines: the file is one record. */
const spread = /^\s*\{\s*[\r\n]/;

/**
 * The objects of a file: one on each line, the elements of a JSON array or of the `data` of a page of an API, or the
 * one object that the file is.
 * @throws SignalboxError for malformed JSON and for what is no object, with its line
 */
export async function* recordsOf(file: SourceFile, context: Context): AsyncGenerator<Stored> {
  const head = headText(file);
  if (/^\s*\[/.test(head)) {
    for (const { value, line } of elements(await readBytes(file), file.path)) {
      const place = { file: file.path, line };
      yield { fields: objectIn(value, 'an element', place), place };
    }
  } else if (page.test(head)) {
    for (const { name, value, line } of members(await readBytes(file), file.path)) {
      const place = { file: file.path, line };
      if (name !== 'data') continue;
      if (!Array.isArray(value)) throw new SignalboxError('row', '`data` is no list.', place);
      for (const each of value) yield { fields: objectIn(each, 'an element of `data`', place), place };
    }
  } else if (spread.test(head)) {
    const bytes = await readBytes(file);
    const whole = { bytes, start: 0, stop: bytes.length, most: mostValueBytes };
    const value = parsePiece(whole, 1, (line, message) => {
      return new SignalboxError('row', message, { file: file.path, line });
    });
    const place = { file: file.path, line: 1 };
    yield { fields: objectIn(value, 'the file', place), place };
  } else for await (const { value, place } of readJsonl(file, context)) yield { fields: value, place };
}

/** The first of those objects, for looking; undefined where the beginning of the file does not show it whole. */
export function firstRecord(file: SourceFile): Fields | undefined {
  const text = headText(file).replace(/^\s*(\{\s*"data"\s*:\s*\[|\[)?\s*/, '');
  if (!text.startsWith('{')) return undefined;
  const bytes = Buffer.from(text);
  const end = endOfValue(bytes, 0);
  if (end === -1) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', 0, end));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The rows of a log as JSON or JSON lines, or as CSV. */
export async function* rowsOf(
  file: SourceFile,
  context: Context,
): AsyncGenerator<{ fields: Fields; place: Place }> {
  if (firstRecord(file) !== undefined) {
    yield* recordsOf(file, context);
    return;
  }
  const { header, rows } = await readCsv(file, context);
  for await (const { cells, place } of rows)
    yield { fields: Object.fromEntries(header.map((name, i) => [name, cells[i]])), place };
}
