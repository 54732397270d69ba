import { pipeline, Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import type { Context } from '../../core/context.ts';
import { type Place, SignalboxError } from '../../core/errors.ts';
import type { SourceFile } from '../../core/format.ts';
import { described } from '../look.ts';
import { blocks, headText, mostRowBytes } from './files.ts';

/** One row of a CSV file, as long as the header, and where it begins. */
export interface CsvRow {
  readonly cells: readonly string[];
  readonly place: Place;
}

/** A CSV file: its header, and its rows as they are read. The rows must be read to their end, once. */
export interface CsvFile {
  readonly header: readonly string[];
  readonly rows: AsyncIterable<CsvRow>;
}

/**
 * Reads comma separated values in UTF-8, with or without a byte order mark, lines ending in LF or CRLF.
 * @throws SignalboxError for a file without rows, a row that is shorter or longer than the header, a column
 * that stands twice, and a quote that is not closed
 */
export async function readCsv(file: SourceFile, context: Context): Promise<CsvFile> {
  if (/^(PAR1|\s*[[{])/.test(headText(file))) {
    const message = `CSV was expected: ${described(file)}. Leave out --format to have the format detected.`;
    throw new SignalboxError('format', message, { file: file.path, line: 1 });
  }
  const records = parsed(file, context);
  const first = await records.next();
  const header = first.done ? [] : first.value.cells;
  const names = new Set<string>();
  const twice = header.find((name) => names.size === names.add(name).size);
  if (twice !== undefined) {
    throw new SignalboxError('format', `the column \`${twice}\` stands twice in the header.`, {
      file: file.path,
      line: 1,
    });
  }
  return { header, rows: checkedRows(records, header, file.path) };
}

/** The cells of the first line, as far as the beginning of the file shows them; for looking. */
export function csvHeader(file: SourceFile): readonly string[] {
  const line = headText(file).split(/\r?\n/, 1)[0] ?? '';
  return line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

async function* checkedRows(
  records: AsyncIterable<CsvRow>,
  header: readonly string[],
  file: string,
): AsyncGenerator<CsvRow> {
  let rows = 0;
  for await (const row of records) {
    const given = row.cells.length;
    if (given !== header.length) {
      const short = given < header.length;
      const advice = short
        ? 'The row is too short, or the file is cut off here'
        : 'Put quotes around a cell that holds commas';
      throw new SignalboxError(
        'row',
        `the row has ${given} cell${given === 1 ? '' : 's'}, the header has ${header.length}. ${advice}.`,
        row.place,
      );
    }
    rows++;
    yield row;
  }
  if (rows === 0) throw new SignalboxError('table', 'the file has a header but no rows.', { file });
}

async function* parsed(file: SourceFile, context: Context): AsyncGenerator<CsvRow> {
  // Lines on which the records begin that are parsed and not yet handed on.
  const starts: number[] = [];
  let lastLine = 0;
  const parser = parse({
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: mostRowBytes,
    // Called for each record in turn, before any later one is looked at: here the line is exact.
    on_record: (cells: string[], { lines }) => {
      lastLine = lines;
      starts.push(lines - cells.reduce((sum, cell) => sum + newlines(cell), 0));
      return cells;
    },
  });
  const bytes = async function* () {
    for await (const block of blocks(file, context)) yield block.bytes;
  };
  const stream = pipeline(Readable.from(bytes()), parser, () => {});
  try {
    for await (const cells of stream) {
      yield { cells: cells as string[], place: { file: file.path, line: starts.shift() ?? lastLine } };
    }
  } catch (cause) {
    throw cause instanceof SignalboxError ? cause : csvError(cause as CsvError, file.path, lastLine);
  }
}

function csvError(cause: CsvError, file: string, lastLine: number): SignalboxError {
  const line = lastLine + 1;
  if (cause.code === 'CSV_QUOTE_NOT_CLOSED') {
    const message =
      'the row that begins here opens a quote and the file ends before it is closed: the file is cut off, or a quote is missing.';
    return new SignalboxError('row', message, { file, line, cause });
  }
  if (cause.code === 'CSV_INVALID_CLOSING_QUOTE' || String(cause.code) === 'INVALID_OPENING_QUOTE') {
    const message =
      'a quote stands inside a cell of the row that begins here. Put the whole cell in quotes and double the quotes inside it.';
    return new SignalboxError('row', message, { file, line, cause });
  }
  if (cause.code === 'CSV_MAX_RECORD_SIZE') {
    const message = `the row that begins here is longer than ${mostRowBytes} characters, the most that a row may have. Is a closing quote missing?`;
    return new SignalboxError('row', message, { file, line, cause });
  }
  return new SignalboxError('row', `malformed CSV (${cause.message}).`, { file, line, cause });
}

function newlines(text: string): number {
  let count = 0;
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) count++;
  return count;
}
