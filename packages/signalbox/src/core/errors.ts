/** Every error that a user may meet: its code, what it means, and the HTTP status where the gateway answers with it. `docs/errors.md` is held against this table by a test. */
export const errorTable = {
  usage: { status: 400, meaning: 'The command or a parameter was called in a way it does not take.' },
  file: { status: 500, meaning: 'A file could not be read or written.' },
  format: {
    status: 400,
    meaning: 'A file is not in the format that was expected, or in none that is known.',
  },
  row: { status: 400, meaning: 'A row or field of a table is malformed.' },
  table: { status: 400, meaning: 'A table is well formed but cannot be used for what was asked.' },
  config: { status: 500, meaning: 'The configuration is malformed or names something unknown.' },
  artifact: { status: 500, meaning: 'A router artifact is damaged, incomplete or of another version.' },
  encoder: { status: 500, meaning: 'An encoder could not be loaded or did not answer.' },
  requires: { status: 400, meaning: 'A strategy needs what its model or table does not offer.' },
  request: { status: 400, meaning: 'A request to the gateway is malformed.' },
  unauthorized: { status: 401, meaning: 'A request to the gateway carries no key, or a wrong one.' },
  'unknown-model': { status: 404, meaning: 'A request names a model that is not in the pool.' },
  'unknown-request': { status: 404, meaning: 'Feedback names a request that is not in the log.' },
  'too-large': { status: 413, meaning: 'A request body is larger than the limit of the configuration.' },
  upstream: { status: 502, meaning: 'Every model that could be tried failed to answer.' },
  'upstream-timeout': { status: 504, meaning: 'An upstream did not answer in time.' },
  interrupted: { status: 499, meaning: 'The work was interrupted.' },
} as const;

export type ErrorCode = keyof typeof errorTable;

/** Where in an input the error stands. */
export interface Place {
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
}

/**
 * An error whose message is a sentence for the user: what was given, what was expected, what to do.
 * Anything else that is thrown is a defect of Signalbox.
 */
export class SignalboxError extends Error {
  readonly code: ErrorCode;
  readonly place: Place;
  constructor(code: ErrorCode, message: string, place: Place & { readonly cause?: unknown } = {}) {
    const { cause, ...where } = place;
    super(`${prefix(where)}${message}`, cause === undefined ? undefined : { cause });
    this.name = 'SignalboxError';
    this.code = code;
    this.place = where;
  }
}

function prefix(place: Place): string {
  if (place.file === undefined) return '';
  return place.line === undefined ? `${place.file}: ` : `${place.file}:${place.line}: `;
}

/** The nearest of the known words within a third of its length in edits, for "did you mean". */
export function nearest(given: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(given.length / 3)) + 1;
  for (const word of known) {
    const edits = editDistance(given.toLowerCase(), word.toLowerCase());
    if (edits < least) [best, least] = [word, edits];
  }
  return best;
}

/** Levenshtein's distance. */
export function editDistance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const now = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      now.push(Math.min(swap, before[j]! + 1, now[j - 1]! + 1));
    }
    before = now;
  }
  return before[b.length]!;
}
