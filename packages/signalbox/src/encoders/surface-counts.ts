/** Code points by kind, looked up for each UTF-16 unit. */
const kinds = {
  other: 0,
  latin: 1,
  upper: 2,
  han: 3,
  cyrillic: 4,
  arabic: 5,
  digit: 6,
  space: 7,
  mark: 8,
} as const;

const kindOf = makeKinds();

function makeKinds(): Uint8Array {
  const table = new Uint8Array(0x10000);
  const fill = (kind: number, from: number, to: number): void => {
    table.fill(kind, from, to + 1);
  };
  fill(kinds.space, 0, 0x20);
  fill(kinds.mark, 0x21, 0x7e);
  fill(kinds.digit, 0x30, 0x39);
  fill(kinds.upper, 0x41, 0x5a);
  fill(kinds.latin, 0x61, 0x7a);
  fill(kinds.mark, 0x7f, 0xbf);
  fill(kinds.space, 0xa0, 0xa0);
  fill(kinds.latin, 0xc0, 0x24f);
  fill(kinds.cyrillic, 0x400, 0x52f);
  fill(kinds.arabic, 0x600, 0x6ff);
  fill(kinds.arabic, 0x750, 0x77f);
  fill(kinds.latin, 0x1e00, 0x1eff);
  fill(kinds.space, 0x2000, 0x200a);
  fill(kinds.mark, 0x2010, 0x206f);
  fill(kinds.mark, 0x2190, 0x23ff);
  fill(kinds.space, 0x3000, 0x3000);
  fill(kinds.mark, 0x3001, 0x303f);
  // Kana stand with Han: both are written without spaces.
  fill(kinds.han, 0x3040, 0x30ff);
  fill(kinds.han, 0x3400, 0x4dbf);
  fill(kinds.han, 0x4e00, 0x9fff);
  fill(kinds.han, 0xf900, 0xfaff);
  fill(kinds.mark, 0xff01, 0xff0f);
  fill(kinds.digit, 0xff10, 0xff19);
  fill(kinds.upper, 0xff21, 0xff3a);
  fill(kinds.latin, 0xff41, 0xff5a);
  // High halves of the planes beyond: Han extensions; the rest (emoji, rare scripts) stays "other".
  fill(kinds.han, 0xd840, 0xd888);
  return table;
}

/** What is matched and counted. Every pattern is linear in the text: no repetition within a repetition. */
const patterns = {
  numbers: /\d+(?:[.,]\d+)?/g,
  decimals: /\d[.]\d/g,
  longNumbers: /\d{4,}/g,
  braces: /[{}[\]]/g,
  parentheses: /[()（）]/g,
  semicolons: /;/g,
  backticks: /`/g,
  codeWords:
    /\b(?:def|function|return|import|class|const|public|void|select|print|lambda|null|self|assert)\b/gi,
  codeMarks: /=>|->|==|!=|&&|\|\||::|\+=|<\/|\/\/|>>>|#include|"""/g,
  underscores: /\w_\w/g,
  blanks: /_{2,}|﹍+|（\s*）/g,
  operators: /[-+*/=<>^×÷±≤≥]/g,
  commands: /\\[a-z]+/gi,
  dollars: /\$/g,
  percent: /[%％]/g,
  questions: /[?？]/g,
  commas: /[,，、]/g,
  stops: /[.!。！]/g,
  colons: /[:：]/g,
  quotes: /["“”«»「」『』]/g,
  apostrophes: /\w'\w/g,
  lines: /\n/g,
  paragraphs: /\n\s?\n/g,
  indents: /\n(?: {2}|\t)/g,
  bullets: /(?:^|\n)\s{0,3}[-*•]\s/g,
  options: /(?:^|[\s(])\(?[A-J][).:．、]\s?/g,
  negations: /\b(?:not|no|never|except|without|false)\b|[不非]/gi,
  links: /https?:/gi,
  asksWhat: /\bwhat\b|什么|哪/gi,
  asksWhich: /\bwhich\b|下列|以下/gi,
  asksHow: /\bhow (?:many|much|long|far|old)\b|多少|几/gi,
  asksWay: /\bhow\b|如何|怎/gi,
  asksWhy: /\bwhy\b|\bexplain\b|\bbecause\b|为什么/gi,
  asksWho: /\b(?:who|whose|whom|when|where)\b|谁/gi,
  asksWork:
    /\b(?:write|create|implement|complete|generate|summarize|translate|rewrite|list|describe)\b|写|翻译/gi,
  follows: /\b(?:following|below|passage|statement|paragraph|context)\b/gi,
  person: /\b(?:i|you|your|my|we|he|she|his|her)\b/gi,
} as const;

type Pattern = keyof typeof patterns;

const counted = Object.keys(patterns) as Pattern[];

/** Of which logarithms are taken, so that twice as many is one step wherever it starts. */
const shares = ['latin', 'upper', 'han', 'cyrillic', 'arabic', 'other', 'digit', 'space', 'mark'] as const;

/** What each column holds, in order. */
export const surfaceNames: readonly string[] = [
  'log characters',
  'log words',
  'word length',
  'distinct words',
  ...shares.map((kind) => `share ${kind}`),
  ...counted.map((name) => `log ${name}`),
  'ends with question',
  'ends with colon',
];

/** What is looked at, in UTF-16 units: the beginning and the end of a longer text. */
const looked = 20_000;

/** The counts of one text, in the order of `surfaceNames`; all finite. The length is the whole text's. */
export function surfaceCounts(text: string): Float64Array {
  const read = text.length > looked ? text.slice(0, looked / 2) + text.slice(text.length - looked / 2) : text;
  const whole = read.length === 0 ? 1 : text.length / read.length;
  const words = read.match(/[\p{L}\p{N}_]+/gu) ?? [];
  const byKind = countKinds(read);
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const per = 1 / Math.max(1, read.length);
  const trimmed = read.trimEnd();
  return Float64Array.of(
    Math.log1p(text.length),
    Math.log1p(words.length * whole),
    words.length === 0 ? 0 : Math.log1p(letters / words.length),
    words.length === 0 ? 0 : new Set(words).size / words.length,
    ...shares.map((kind) => byKind[kinds[kind]]! * per),
    ...counted.map((name) => Math.log1p(read.match(patterns[name])?.length ?? 0)),
    /[?？]["')\]]?$/.test(trimmed.slice(-3)) ? 1 : 0,
    /[:：]$/.test(trimmed.slice(-1)) ? 1 : 0,
  );
}

function countKinds(text: string): Int32Array {
  const counts = new Int32Array(9);
  for (let i = 0; i < text.length; i++) counts[kindOf[text.charCodeAt(i)]!]!++;
  return counts;
}
