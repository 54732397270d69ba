/**
 * The option of a multiple-choice question that an answer names: its only letter, with what punctuation surrounds
 * it (`B`, `(B)`, `B) 12`, `B.`), else the last letter in parentheses. Undefined where it names none: an article
 * (`A chart`) is no option.
 */
export function answerLetter(text: string): string | undefined {
  const alone = /^\s*\(?([A-J])(?:\s*$|[).:,]|\s*\()/.exec(text)?.[1];
  return alone ?? [...text.matchAll(/\(([A-J])\)/g)].at(-1)?.[1];
}
