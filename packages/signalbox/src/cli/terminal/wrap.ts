import { unbroken } from '../words/numbers.ts';
import { fit, width } from './width.ts';

/**
 * A paragraph in lines of at most so many columns, broken at ordinary spaces alone (a no-break space
 * keeps a number with its unit) or, where a word is longer than a line, within it.
 */
export function wrap(paragraph: string, most: number, indent = ''): string[] {
  const room = Math.max(8, most - width(indent));
  const lines: string[] = [];
  let line = '';
  for (const word of unbroken(paragraph)
    .split(' ')
    .filter(Boolean)
    .flatMap((w) => pieces(w, room))) {
    if (line !== '' && width(line) + 1 + width(word) > room) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines.map((text) => indent + text.replaceAll('\u00a0', ' '));
}

/** A paragraph of a list: a dash before it, its further lines under its first word. */
export function bulleted(paragraph: string, most: number): string[] {
  return wrap(paragraph, most - 2).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`);
}

function pieces(word: string, room: number): string[] {
  if (width(word) <= room) return [word];
  const parts: string[] = [];
  let part = '';
  for (const symbol of word) {
    if (width(part + symbol) > room) {
      parts.push(part);
      part = '';
    }
    part += symbol;
  }
  return part === '' ? parts : [...parts, fit(part, room)];
}
