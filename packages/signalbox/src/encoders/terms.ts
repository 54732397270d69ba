/** What an encoder reads of a text at most, in UTF-16 units; more does not change what the text is about. */
export const readAtMost = 40_000;

/** Characters of a word that count; what is longer is no word (base64, hashes). */
const longestWord = 40;

const wordPattern = /[\p{L}\p{M}\p{N}_]+/gu;
const notAscii = /[^\0-\x7f]/;
/** Scripts written without spaces: a run of them is no word. */
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;

/** The words of a text, and runs of scripts that have none, in order; lower case, NFKC. */
export function wordsOf(text: string): string[] {
  const read = text.length > readAtMost ? text.slice(0, readAtMost) : text;
  const folded = (notAscii.test(read) ? read.normalize('NFKC') : read).toLowerCase();
  return folded.match(wordPattern) ?? [];
}

/**
 * The terms that a word counts for: `=word` itself and its character n-grams of 3 to 5 with the bounds as
 * spaces (` wo`, `ord `). A run without spaces counts for its single characters and pairs as words, and for
 * its triples as n-grams. A term may come twice.
 */
export function termsOf(word: string): string[] {
  const terms: string[] = [];
  if (!notAscii.test(word)) {
    addWord(word, terms);
    return terms;
  }
  let from = 0;
  for (const run of word.matchAll(spaceless)) {
    if (run.index > from) addWord(word.slice(from, run.index), terms);
    addRun(run[0], terms);
    from = run.index + run[0].length;
  }
  if (from < word.length) addWord(word.slice(from), terms);
  return terms;
}

function addWord(word: string, terms: string[]): void {
  const cut = word.slice(0, longestWord);
  terms.push(`=${cut}`);
  const padded = ` ${cut} `;
  for (let n = 3; n <= 5 && n < padded.length; n++) {
    for (let i = 0; i + n <= padded.length; i++) terms.push(padded.slice(i, i + n));
  }
}

function addRun(run: string, terms: string[]): void {
  const characters = [...run];
  characters.forEach((one, i) => {
    terms.push(`=${one}`);
    const [two, three] = [characters[i + 1], characters[i + 2]];
    if (two !== undefined) terms.push(`=${one}${two}`);
    if (two !== undefined && three !== undefined) terms.push(`${one}${two}${three}`);
  });
}
