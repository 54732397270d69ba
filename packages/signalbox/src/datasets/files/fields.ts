import { type ScoreKind, type Status, scoreKinds, statuses } from '../../core/dataset.ts';
import { nearest, type Place, SignalboxError } from '../../core/errors.ts';
import type { Example, Message } from '../../core/query.ts';
import { userMessage } from '../../core/query.ts';
import { shown } from './numbers.ts';

/** The fields of one row by name: text in CSV, values in JSONL and Parquet. */
export type Fields = Readonly<Record<string, unknown>>;

/** What an example may hold besides its id. */
export type Details = { -readonly [K in Exclude<keyof Example, 'id'>]?: Example[K] };

/** The text of a field; undefined where it is empty or null. Numbers and times are taken as they are written. */
export function textIn(fields: Fields, name: string, place: Place): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw new SignalboxError('row', `\`${name}\` is ${shown(value)} where text was expected.`, place);
}

/** @throws SignalboxError where the field is empty */
export function requiredText(fields: Fields, name: string, place: Place): string {
  const text = textIn(fields, name, place);
  if (text === undefined)
    throw new SignalboxError('row', `\`${name}\` is empty; every row needs one.`, place);
  return text;
}

export function statusIn(fields: Fields, name: string, place: Place): Status | undefined {
  return wordIn(fields, { name, words: statuses, place });
}

export function scoreKindIn(fields: Fields, name: string, place: Place): ScoreKind | undefined {
  return wordIn(fields, { name, words: scoreKinds, place });
}

/** What a row says of its query. */
export function detailsIn(fields: Fields, place: Place): Details {
  const details: Details = {};
  const messages = messagesIn(fields, place);
  if (messages !== undefined) details.messages = messages;
  const split = wordIn(fields, { name: 'split', words: ['train', 'test'] as const, place });
  if (split !== undefined) details.split = split;
  for (const name of ['group', 'reference', 'cluster', 'time', 'dataset', 'source'] as const) {
    const text = textIn(fields, name, place);
    if (text !== undefined) details[name] = text;
  }
  return details;
}

function wordIn<W extends string>(
  fields: Fields,
  { name, words, place }: { readonly name: string; readonly words: readonly W[]; readonly place: Place },
): W | undefined {
  const text = textIn(fields, name, place);
  if (text === undefined) return undefined;
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  const near = nearest(text, words);
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`;
  throw new SignalboxError(
    'row',
    `\`${name}\` is ${shown(text)}; ${words.join(', ')} or nothing was expected.${hint}`,
    place,
  );
}

function messagesIn(fields: Fields, place: Place): readonly Message[] | undefined {
  const given = fields['messages'];
  if (given === undefined || given === null || given === '') {
    const text = textIn(fields, 'text', place);
    return text === undefined ? undefined : userMessage(text);
  }
  const value = typeof given === 'string' ? jsonIn(given, place) : given;
  if (!Array.isArray(value)) throw notMessages(value, place);
  return value.map((message: unknown) => {
    if (typeof message !== 'object' || message === null) throw notMessages(message, place);
    const { role, content = null } = message as Record<string, unknown>;
    const known = content === null || typeof content === 'string' || Array.isArray(content);
    if (typeof role !== 'string' || !known) throw notMessages(message, place);
    return { ...message, role, content } as Message;
  });
}

function jsonIn(text: string, place: Place): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notMessages(text, place);
  }
}

function notMessages(value: unknown, place: Place): SignalboxError {
  return new SignalboxError(
    'row',
    `\`messages\` holds ${shown(value)}; a list of {"role": "user", "content": "..."} was expected.`,
    place,
  );
}

/** The fields of an object; none where it is null or absent. */
export function objectIn(value: unknown, name: string, place: Place): Fields {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new SignalboxError('row', `${name} is ${shown(value)} where an object was expected.`, place);
  }
  return value as Fields;
}
