import { createHash } from 'node:crypto';

/** One message in the shape of OpenAI's chat API; what we do not know of it passes through. */
export interface Message {
  readonly role: string;
  readonly content: string | readonly ContentPart[] | null;
}
export interface ContentPart {
  readonly type: string;
  readonly text?: string;
}

/** One request. */
export interface Query {
  readonly id: string;
  /** Empty where a table holds outcomes without text. */
  readonly messages: readonly Message[];
  /** Task, domain or customer. */
  readonly group?: string;
}

/** A query of a table, with what is known only afterwards. */
export interface Example extends Query {
  readonly reference?: string;
  readonly split?: 'train' | 'test';
  /** What rows share (template, conversation); rows of one cluster are resampled together. */
  readonly cluster?: string;
  /** ISO 8601. */
  readonly time?: string;
  readonly dataset?: string;
  readonly source?: string;
}

/** The query without what only an example knows: the one door through which examples reach an encoder or `predict`. */
export function asQuery(example: Query): Query {
  const { id, messages, group } = example;
  return group === undefined ? { id, messages } : { id, messages, group };
}

/** All text of a query: the contents of its messages, a line break between them. */
export function textOf(query: Query): string {
  const only = query.messages[0];
  if (query.messages.length === 1 && typeof only?.content === 'string') return only.content;
  return query.messages
    .flatMap(({ content }) =>
      typeof content === 'string' ? [content] : (content ?? []).flatMap((part) => part.text ?? []),
    )
    .join('\n');
}

/** A query of one user message. */
export function userMessage(text: string): readonly Message[] {
  return [{ role: 'user', content: text }];
}

/** SHA-256 (hex) of the NFC-normalised text, or of the id where there is no text: rows that share it share a fold (OUTPUT, Measures). */
export function keyOf(query: Query): string {
  const text = textOf(query);
  return sha256(text === '' ? query.id : text.normalize('NFC'));
}

export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}
