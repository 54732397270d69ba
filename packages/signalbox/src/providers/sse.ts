/**
 * Server-sent events (WHATWG HTML, "Server-sent events"), cut out of a byte stream without changing a byte.
 * Line ends are LF, CRLF or CR. Both are ASCII and never occur inside a UTF-8 character, so that bytes can
 * be scanned as they are, however the reads split them.
 */
export interface EventCutter {
  /**
   * Takes what was read; gives the whole events that are now complete, as one run of bytes (empty where none
   * is), and the place in it where each event ends.
   */
  push(read: Buffer): { readonly bytes: Buffer; readonly ends: readonly number[] };
  /** Bytes of an event that is not complete. */
  rest(): Buffer;
}

const LF = 10;
const CR = 13;
const none = Buffer.alloc(0);

export function eventCutter(): EventCutter {
  let pending: Buffer = none;
  let scanned = 0;
  let lineStart = 0;
  let afterCr = false;
  let crlf = false;
  let deferred = false;
  return {
    push(read) {
      const bytes = pending.length === 0 ? read : Buffer.concat([pending, read]);
      const ends: number[] = [];
      if (deferred && bytes[scanned] !== LF) ends.push(scanned);
      for (let i = scanned; i < bytes.length; i++) {
        const byte = bytes[i]!;
        if (byte !== LF && byte !== CR) {
          afterCr = false;
          continue;
        }
        if (byte === LF && afterCr) {
          // The second half of CRLF: belongs to the line, and to the event, that the CR has ended.
          afterCr = false;
          crlf = true;
          lineStart = i + 1;
          if (ends.at(-1) === i) ends[ends.length - 1] = i + 1;
          else if (deferred && i === scanned) ends.push(i + 1);
          continue;
        }
        if (i === lineStart) ends.push(i + 1);
        afterCr = byte === CR;
        lineStart = i + 1;
      }
      // Where lines have ended with CRLF, the other half of this CR is still to come, and belongs to its event.
      deferred = crlf && afterCr && ends.at(-1) === bytes.length;
      if (deferred) ends.pop();
      const end = ends.at(-1) ?? 0;
      pending = end === bytes.length ? none : bytes.subarray(end);
      scanned = pending.length;
      lineStart -= end;
      return { bytes: bytes.subarray(0, end), ends };
    },
    rest: () => pending,
  };
}

/** The fields of one event; `data` absent where it has none (a comment, a keepalive). */
export function parseEvent(event: Buffer): { readonly data?: string; readonly type?: string } {
  const text = event.toString('utf8');
  // What nearly every event looks like: one line of data.
  if (text.startsWith('data: ') && text.indexOf('\n') === text.length - 2 && text.endsWith('\n\n')) {
    return { data: text.slice(6, -2) };
  }
  const data: string[] = [];
  let type: string | undefined;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data') data.push(value);
    else if (field === 'event') type = value;
  }
  return { ...(data.length > 0 && { data: data.join('\n') }), ...(type !== undefined && { type }) };
}
