/** How many columns a text takes in a terminal, and making it take fewer. */

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Text from a file made safe to print: control characters (a terminal obeys them), line breaks and marks
 * that turn the direction of writing are shown as one replacement character each.
 */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** Columns of one grapheme: none for marks that stand alone, two for East Asian wide ones and pictographs. */
function columns(grapheme: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]+$/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2;
  const wide =
    /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
  return wide.test(grapheme) ? 2 : 1;
}

/** Columns of a text without control sequences. */
export function width(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let sum = 0;
  for (const { segment } of segmenter.segment(text)) sum += columns(segment);
  return sum;
}

/** The text in at most so many columns; what is too long loses its middle, for names differ at both ends. */
export function fit(text: string, most: number): string {
  if (width(text) <= most) return text;
  if (most < 1) return '';
  const graphemes = Array.from(segmenter.segment(text), ({ segment }) => segment);
  const head = Math.ceil((most - 1) / 2);
  const tail = most - 1 - head;
  return `${take(graphemes, head)}…${take(graphemes.reverse(), tail, true)}`;
}

/** The fewest columns, from `least` on, at which different names stay different when they are cut. */
export function tellingApart(names: readonly string[], least: number): number {
  const all = [...new Set(names)];
  const longest = Math.max(least, ...all.map(width));
  for (let most = least; most < longest; most++) {
    if (new Set(all.map((name) => fit(name, most))).size === all.length) return most;
  }
  return longest;
}

function take(graphemes: readonly string[], most: number, reversed = false): string {
  const taken: string[] = [];
  let left = most;
  for (const grapheme of graphemes) {
    left -= columns(grapheme);
    if (left < 0) break;
    taken.push(grapheme);
  }
  return (reversed ? taken.reverse() : taken).join('');
}

export const padEnd = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - width(text)));
export const padStart = (text: string, to: number): string =>
  ' '.repeat(Math.max(0, to - width(text))) + text;
