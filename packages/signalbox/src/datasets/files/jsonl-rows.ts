import type { Context } from '../../core/context.ts';
import { type Place, SignalboxError } from '../../core/errors.ts';
import type { SourceFile } from '../../core/format.ts';
import { blocks } from './files.ts';
import { jsonReason } from './json-array.ts';

/** One line of a JSONL file. */
export interface JsonlRow {
  readonly value: Readonly<Record<string, unknown>>;
  readonly place: Place;
}

/**
 * Objects of a file that holds one on each line; empty lines are passed over.
 * @throws SignalboxError for a line that is no JSON object, naming it
 */
export async function* readJsonl(file: SourceFile, context: Context): AsyncGenerator<JsonlRow> {
  for await (const { bytes, line } of blocks(file, context)) {
    let at = 0;
    for (let number = line; at < bytes.length; number++) {
      const newline = bytes.indexOf(0x0a, at);
      const end = newline === -1 ? bytes.length : newline;
      const text = bytes.toString('utf8', at, end).trim();
      const last = newline === -1;
      at = end + 1;
      if (text !== '') yield parsedLine(text, { file: file.path, line: number }, last);
    }
  }
}

function parsedLine(text: string, place: Place, last: boolean): JsonlRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const cut = last ? ' This is the last line: the file may be cut off.' : '';
    throw new SignalboxError('row', `malformed JSON (${jsonReason((cause as SyntaxError).message)}).${cut}`, {
      ...place,
      cause,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SignalboxError('row', 'a JSON object was expected on this line.', place);
  }
  return { value: value as Record<string, unknown>, place };
}
