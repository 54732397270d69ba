import { SignalboxError } from '../core/errors.ts';
import { type ContentPart, type Message, type Query, sha256 } from '../core/query.ts';

/** A request to `/v1/chat/completions`, read as far as routing needs it; the bytes stay the client's own. */
export interface ChatRequest {
  readonly bytes: Buffer;
  readonly model: string;
  readonly stream: boolean;
  readonly query: Query;
  /** The messages as JSON, whole. */
  readonly messages: string;
}

/** @throws SignalboxError saying what is wrong with the body */
export function readChatRequest(bytes: unknown, group?: string): ChatRequest {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) throw malformed('the body is empty; send a JSON object');
  const body = parseObject(bytes);
  const { model, stream, messages } = body;
  if (typeof model !== 'string' || model === '') {
    throw malformed('"model" is missing; send "auto" or the name of a model');
  }
  if (!Array.isArray(messages) || messages.length === 0) {
    throw malformed('"messages" must be an array of at least one message');
  }
  const written = write(messages);
  const query = { id: sha256(written), messages: messages.map(readMessage), ...(group && { group }) };
  return { bytes, model, stream: stream === true, query, messages: written };
}

function write(messages: readonly unknown[]): string {
  try {
    return JSON.stringify(messages);
  } catch (cause) {
    // Parsing takes any depth, writing does not.
    throw new SignalboxError('request', '"messages" is nested too deeply', { cause });
  }
}

/** @throws SignalboxError where the bytes are no JSON object */
export function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new SignalboxError('request', 'the body is not JSON', { cause });
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw malformed('the body must be a JSON object');
  }
  return body as Record<string, unknown>;
}

function malformed(sentence: string): SignalboxError {
  return new SignalboxError('request', sentence);
}

/** A message as the router reads it; what it does not know still reaches the upstream, in the client's own bytes. */
function readMessage(message: unknown, i: number): Message {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw malformed(`messages[${i}] must be an object with "role" and "content"`);
  }
  const { role, content } = message as { role?: unknown; content?: unknown };
  return { role: typeof role === 'string' ? role : '', content: readContent(content) };
}

function readContent(content: unknown): Message['content'] {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  return content.flatMap((part: unknown): ContentPart[] => {
    if (typeof part !== 'object' || part === null) return [];
    const { type, text } = part as { type?: unknown; text?: unknown };
    return [{ type: typeof type === 'string' ? type : '', ...(typeof text === 'string' && { text }) }];
  });
}

const quote = 0x22;
const backslash = 0x5c;

/**
 * The body with another model's name in place of its own: the value of the outermost key "model" is
 * replaced (of each, where a hostile body has it twice), every other byte stays.
 * @param body valid JSON, an object
 */
export function withModel(body: Buffer, model: string): Buffer {
  const name = Buffer.from(JSON.stringify(model));
  const parts: Buffer[] = [];
  let from = 0;
  for (const [start, end] of modelValues(body)) {
    parts.push(body.subarray(from, start), name);
    from = end;
  }
  parts.push(body.subarray(from));
  return Buffer.concat(parts);
}

/** Where the values of outermost keys "model" stand, quotes included. */
function modelValues(body: Buffer): [number, number][] {
  const found: [number, number][] = [];
  let depth = 0;
  let expectsKey = false;
  let isModel = false;
  for (let i = 0; i < body.length; i++) {
    switch (body[i]) {
      case quote: {
        const end = closing(body, i) + 1;
        if (depth === 1 && expectsKey) {
          isModel = end - i < 64 && JSON.parse(body.toString('utf8', i, end)) === 'model';
          expectsKey = false;
        } else if (depth === 1 && isModel) found.push([i, end]);
        i = end - 1;
        break;
      }
      case 0x7b: // {
      case 0x5b: // [
        depth++;
        expectsKey = depth === 1;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth--;
        break;
      case 0x2c: // ,
        if (depth === 1) expectsKey = true;
        break;
    }
  }
  return found;
}

/** The quote that closes the string opened at `start`. */
function closing(body: Buffer, start: number): number {
  for (let at = body.indexOf(quote, start + 1); at !== -1; at = body.indexOf(quote, at + 1)) {
    let before = at - 1;
    while (body[before] === backslash) before--;
    if ((at - before) % 2 === 1) return at;
  }
  return body.length;
}
