import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerLetter } from './letter.ts';

test('the letter that an answer names', () => {
  const cases: Record<string, string | undefined> = {
    B: 'B',
    'B\n': 'B',
    ' (C)': 'C',
    'A)': 'A',
    'D (': 'D',
    'C. because': 'C',
    'It is (A) or rather (B).': 'B',
    'A chart': undefined,
    'I do': undefined,
    Based: undefined,
    '': undefined,
    '13': undefined,
  };
  for (const [text, letter] of Object.entries(cases)) assert.equal(answerLetter(text), letter, text);
});
