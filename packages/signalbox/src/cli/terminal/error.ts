import { SignalboxError } from '../../core/errors.ts';
import { ascii, paint } from './paint.ts';

export interface ErrorOptions {
  readonly colour: boolean;
  readonly unicode?: boolean;
  /** Print the stack of a defect; set by `SIGNALBOX_DEBUG=1`. */
  readonly debug?: boolean;
}

/**
 * An error as standard error shows it, and the exit status: 2 wrong usage, 130 interrupted, 1 otherwise.
 * What is not a SignalboxError is a defect: one line, with a hint how to see more.
 */
export function renderError(error: unknown, options: ErrorOptions): { text: string; exit: number } {
  const { bad, dim } = paint(options.colour);
  const known = error instanceof SignalboxError;
  const aborted = !known && error instanceof Error && error.name === 'AbortError';
  if (aborted || (known && error.code === 'interrupted')) {
    return { text: safe(known ? error.message : 'Interrupted.', options), exit: 130 };
  }
  const lines = [`${bad('error:')} ${safe(sentence(error), options)}`];
  if (options.debug && error instanceof Error && error.stack !== undefined) {
    lines.push(dim(safe(error.stack, options)));
  } else if (!known) {
    lines.push(dim('This is a defect of Signalbox. SIGNALBOX_DEBUG=1 shows where it happened.'));
  }
  return { text: lines.join('\n'), exit: known && error.code === 'usage' ? 2 : 1 };
}

function sentence(error: unknown): string {
  if (error instanceof SignalboxError) return error.message;
  if (error instanceof Error) {
    const text = firstLine(error.message) || 'no message';
    return error.name === 'Error' ? text : `${error.name}: ${text}`;
  }
  return `something that is no error was thrown: ${firstLine(String(error))}`;
}

const firstLine = (text: string): string => text.trim().split(/\r?\n/, 1)[0]!;

/** Names of files and values stand in messages: control characters must not reach the terminal. */
function safe(text: string, options: ErrorOptions): string {
  const shown = text.replace(/[^\P{Cc}\n]/gu, '\ufffd');
  return options.unicode === false ? ascii(shown) : shown;
}
