import type { Dataset } from '../core/dataset.ts';

/** Longest text that may be an option of a multiple choice: `false`, `(A)`, `12`. */
const longestOption = 5;
/** Of longer texts only the beginning and the length are kept: enough to tell whether two are the same. */
const longestKept = 200;

/** An answer without case, markup of options, line breaks or surrounding punctuation, so that `(A)`, `A\n` and `\boxed{a}` are one. */
export function plainAnswer(answer: string): string {
  const text = boxed(answer) ?? answer;
  if (text.length > longestKept) return `${text.slice(0, longestKept)} (${text.length})`;
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  return plain === '' ? text.trim() : plain;
}

/** What the last `\boxed{...}` of a text holds. */
function boxed(text: string): string | undefined {
  const from = text.lastIndexOf('\\boxed{');
  const to = from === -1 ? -1 : text.indexOf('}', from);
  return to === -1 ? undefined : text.slice(from + '\\boxed{'.length, to);
}

/** True for one short word: what an option of a multiple choice looks like. */
export const isShort = (plain: string): boolean =>
  plain !== '' && plain.length <= longestOption && !plain.includes(' ');

/** Plain answers of one model, row by row; undefined where none is recorded. */
export function answersOf(
  { completion, examples }: Pick<Dataset, 'completion' | 'examples'>,
  model: number,
): (string | undefined)[] {
  return examples.map((_, i) => {
    const answer = completion?.(i, model)?.answer;
    return answer === undefined ? undefined : plainAnswer(answer);
  });
}
