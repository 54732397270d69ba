/** One place where a module names another. */
export interface Import {
  /** As it is written; undefined where it is computed. */
  readonly specifier: string | undefined;
  /** `file`: a module named by `new URL('./...', import.meta.url)`, as a worker is. */
  readonly kind: 'static' | 'dynamic' | 'file';
  /** Counted from 1. */
  readonly line: number;
}

const text = String.raw`(['"\x60])([^'"\x60]*)\1`;
const notMember = String.raw`(?<![.\w$])`;
const patterns: readonly { readonly kind: Import['kind']; readonly pattern: RegExp }[] = [
  {
    kind: 'static',
    pattern: new RegExp(`${notMember}(?:import|export)\\b[^;'"\\x60()]*?\\bfrom\\s*${text}`, 'g'),
  },
  { kind: 'static', pattern: new RegExp(`${notMember}import\\s*${text}`, 'g') },
  { kind: 'dynamic', pattern: new RegExp(`${notMember}import\\s*\\(\\s*(?:${text}\\s*[,)])?`, 'g') },
  { kind: 'dynamic', pattern: new RegExp(`\\b(?:require|import\\.meta\\.resolve)\\s*\\(\\s*${text}`, 'g') },
  { kind: 'file', pattern: new RegExp(`\\bnew URL\\(\\s*${text}`, 'g') },
];

/**
 * Every import of a TypeScript module: static (types too), re-exports, bare, `import()`, `require()` and modules
 * named by a URL. It reads the source without a parser: comments are blanked and strings are passed over.
 */
export function importsOf(source: string): Import[] {
  const masked = mask(source);
  const found = new Map<number, Import>();
  for (const { kind, pattern } of patterns) {
    for (const match of masked.matchAll(pattern)) {
      const specifier = match[2] === undefined ? undefined : literal(source, match);
      if (kind === 'file' && !/^\.{1,2}\//.test(specifier ?? '')) continue;
      const line = source.slice(0, match.index + match[0].length).split('\n').length;
      found.set(match.index, { specifier, kind, line });
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([, one]) => one);
}

/** The characters of the source behind the blanked string of a match; a `${...}` is left as it stands. */
function literal(source: string, match: RegExpExecArray): string {
  const start = match.index + match[0].lastIndexOf(match[1]!, match[0].lastIndexOf(match[1]!) - 1) + 1;
  return source.slice(start, start + match[2]!.length);
}

/** The same text with comments, and what stands in strings and regular expressions, as blanks. */
export function mask(source: string): string {
  const out = source.split('');
  const blank = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' ';
  };
  let i = 0;
  while (i < source.length) {
    const end = endOfToken(source, i);
    if (end === i + 1) i++;
    else {
      const quoted = /['"`]/.test(source[i]!);
      blank(quoted ? i + 1 : i, quoted ? end - 1 : end);
      i = end;
    }
  }
  return out.join('');
}

/** The end of the comment, string or regular expression that starts at `i`, or `i + 1` for any other character. */
function endOfToken(source: string, i: number): number {
  const character = source[i]!;
  if (source.startsWith('//', i)) return until(source, '\n', i);
  if (source.startsWith('/*', i)) return until(source, '*/', i + 2) + 2;
  if (character === "'" || character === '"' || character === '`') return endOfString(source, i);
  if (character === '/' && /(?:^|[(,=:[!&|?{};+]|=>|\breturn)\s*$/.test(source.slice(Math.max(0, i - 80), i)))
    return endOfRegExp(source, i);
  return i + 1;
}

function until(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from);
  return at === -1 ? source.length : at;
}

function endOfString(source: string, start: number): number {
  const quote = source[start];
  let i = start + 1;
  while (i < source.length && source[i] !== quote) {
    if (source[i] === '\\') i += 2;
    else if (quote === '`' && source.startsWith('${', i)) i = endOfBraces(source, i + 2);
    else i++;
  }
  return i + 1;
}

/** Past the brace that closes a `${`. */
function endOfBraces(source: string, from: number): number {
  let depth = 1;
  let i = from;
  while (i < source.length && depth > 0) {
    if (source[i] === '{') depth++;
    if (source[i] === '}') depth--;
    i = endOfToken(source, i);
  }
  return i;
}

function endOfRegExp(source: string, start: number): number {
  let inClass = false;
  let i = start + 1;
  while (i < source.length && source[i] !== '\n' && (inClass || source[i] !== '/')) {
    if (source[i] === '[') inClass = true;
    if (source[i] === ']') inClass = false;
    i += source[i] === '\\' ? 2 : 1;
  }
  return i + 1;
}
