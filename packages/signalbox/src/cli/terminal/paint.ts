import { width } from './width.ts';

/** Colours by meaning, and what stands for symbols where there is no Unicode. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  accent(text: string): string;
  bad(text: string): string;
}

const opening = '\u001b';
const code =
  (on: number, off: number) =>
  (text: string): string =>
    text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;
const plain = (text: string): string => text;

export function paint(colour: boolean): Paint {
  return colour
    ? { bold: code(1, 22), dim: code(2, 22), accent: code(34, 39), bad: code(31, 39) }
    : { bold: plain, dim: plain, accent: plain, bad: plain };
}

/** A look at what a stream and the environment allow. `NO_COLOR` is honoured as https://no-color.org says. */
export function abilities(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): { colour: boolean; unicode: boolean; width: number } {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '' && env['FORCE_COLOR'] !== '0';
  const allowed = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return {
    colour: allowed && (forced || stream.isTTY === true),
    // Every current system writes UTF-8; only a console that says otherwise does not.
    unicode: env['TERM'] !== 'dumb' && env['TERM'] !== 'linux' && (locale === '' || /utf-?8/i.test(locale)),
    width: Math.min(Math.max(stream.columns ?? 80, 40), 80),
  };
}

const symbols: Readonly<Record<string, string>> = {
  '−': '-',
  '–': '-',
  '─': '-',
  '…': '~',
  '’': "'",
  '“': '"',
  '”': '"',
  '█': '#',
  '▉': '#',
  '▊': '#',
  '▋': '#',
  '▌': '#',
  '▍': '-',
  '▎': '-',
  '▏': '-',
};

/** The text in ASCII, column by column: what has no counterpart becomes a question mark. */
export function ascii(text: string): string {
  return text.replace(/[^\n\x20-\x7e]/gu, (symbol) =>
    symbol === opening ? symbol : (symbols[symbol] ?? '?'.repeat(width(symbol))),
  );
}
