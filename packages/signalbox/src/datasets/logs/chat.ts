import type { Status } from '../../core/dataset.ts';
import type { Place } from '../../core/errors.ts';
import { type Message, userMessage } from '../../core/query.ts';
import { type Fields, objectIn, textIn } from '../files/fields.ts';
import { numberIn } from '../files/numbers.ts';

/** Requests and answers in OpenAI's protocol, as logs keep them. */

/** Where a request keeps what was asked. */
const holders = ['messages', 'input', 'prompt'] as const;

/**
 * What was asked: text, a list of messages, a request that holds one of them, or any of these written as JSON.
 * @returns undefined where it is none of them
 */
export function messagesOf(value: unknown): readonly Message[] | undefined {
  if (typeof value === 'string') {
    if (value === '') return undefined;
    return (/^\s*(\[\s*)?\{/.test(value) && messagesOf(parsed(value))) || userMessage(value);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) {
    const holder = holders.find((name) => messagesOf((value as Fields)[name]) !== undefined);
    if (holder === undefined) return undefined;
    const { instructions, system } = value as Fields;
    const first = [instructions, system].find((each) => typeof each === 'string' && each !== '');
    const rest = messagesOf((value as Fields)[holder])!;
    return typeof first === 'string' ? [{ role: 'system', content: first }, ...rest] : rest;
  }
  if (value.length === 0 || !value.every(isMessage)) return undefined;
  return value.map(({ role, content }) => ({ role, content: contentOf(content) }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isMessage(value: unknown): value is { readonly role: string; readonly content: unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'role' in value &&
    typeof value.role === 'string' &&
    'content' in value
  );
}

/** The content of a message: text, or its parts with their texts. */
export function contentOf(content: unknown): Message['content'] {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  return content.flatMap((part: unknown) => {
    if (typeof part !== 'object' || part === null) return [];
    const { type, text } = part as Fields;
    return typeof type === 'string' ? [{ type, ...(typeof text === 'string' && { text }) }] : [];
  });
}

/** The text of a message's content, or of the parts of an answer. */
function textOf(content: unknown): string | undefined {
  const found = contentOf(content);
  if (found === null || typeof found === 'string') return found || undefined;
  return found.flatMap(({ text }) => text ?? []).join('\n') || undefined;
}

export interface Answered {
  readonly answer?: string | undefined;
  readonly status: Status;
  readonly tokensIn?: number | undefined;
  readonly tokensOut?: number | undefined;
}

/**
 * What came back: a chat completion, a completion, or a response of the Responses API.
 * @throws SignalboxError for a field of another kind
 */
export function answerOf(body: Fields, place: Place): Answered {
  const usage = objectIn(body['usage'], '`usage`', place);
  const count = (...names: string[]): number | undefined =>
    names
      .map((name) => numberIn(usage[name], { what: `\`${name}\``, low: 0, place }))
      .find((value) => value !== undefined);
  const tokens = {
    tokensIn: count('prompt_tokens', 'input_tokens'),
    tokensOut: count('completion_tokens', 'output_tokens'),
  };
  return { ...(Array.isArray(body['output']) ? response(body, place) : completion(body, place)), ...tokens };
}

function completion(body: Fields, place: Place): Answered {
  const choices = Array.isArray(body['choices']) ? (body['choices'] as unknown[]) : [];
  const choice = objectIn(choices[0], 'a choice', place);
  const message = objectIn(choice['message'], '`message`', place);
  const refusal = textIn(message, 'refusal', place);
  const reason = choice['finish_reason'];
  const refused = refusal !== undefined || reason === 'content_filter';
  return {
    answer: refusal ?? textOf(message['content']) ?? textIn(choice, 'text', place),
    status: refused ? 'refused' : reason === 'length' ? 'truncated' : 'ok',
  };
}

function response(body: Fields, place: Place): Answered {
  const parts = (body['output'] as unknown[]).flatMap((item) => {
    const { content } = objectIn(item, 'an item of `output`', place);
    return Array.isArray(content) ? (content as unknown[]) : [];
  });
  const refusal = parts.find((part) => objectIn(part, 'a part', place)['type'] === 'refusal');
  if (refusal !== undefined)
    return { answer: textIn(refusal as Fields, 'refusal', place), status: 'refused' };
  const { reason } = objectIn(body['incomplete_details'], '`incomplete_details`', place);
  const status = reason === 'content_filter' ? 'refused' : reason === undefined ? 'ok' : 'truncated';
  return { answer: textOf(parts), status };
}
