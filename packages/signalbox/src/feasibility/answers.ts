import type { Dataset } from '../core/dataset.ts';

/** Longest text that may be an option of a multiple choice: `false`, `(A)`, `12`. */
const longestOption = 5;

/** An answer without case, markup of options, line breaks or surrounding punctuation, so that `(A)`, `A\n` and `a.` are one. */
export function plainAnswer(answer: string): string {
  const boxed = /\\boxed\{([^{}]*)\}/.exec(answer)?.[1] ?? answer;
  const plain = boxed
    .trim()
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  return plain === '' ? boxed.trim() : plain;
}

export const isShort = (plain: string): boolean => plain !== '' && plain.length <= longestOption;

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
