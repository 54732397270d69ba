import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeVotes } from '../words/votes.fixture.ts';
import { renderTerminal } from './terminal.ts';
import { width } from './width.ts';

const plain = { colour: false, unicode: true };
const block = (text: string): string => text.slice(text.indexOf('\nVotes:') + 1, text.indexOf('\nModels:'));

test('votes show their calls with and without early stop, within 80 columns and within 60', () => {
  const text = renderTerminal(fakeVotes(), plain);
  const votes = block(text);
  assert.match(votes.replaceAll(/\s+/g, ' '), /for 3 calls a query and 900 ms/);
  assert.match(votes, /^vote +LLMs +asked +needed +ms +lift +95 %$/m);
  assert.match(votes, /^vote-all +5 +5\.00 +3\.71 +733 +−7\.00 +\[−7\.80, −6\.20\]$/m);
  assert.match(votes, /^vote-random:k=3 +3 +3\.00 +−13\.00/m);
  assert.match(votes, /^subset\+labelled-max-conf +2–3 +1\.87 +1\.41 +736 +\+0\.50/m);
  for (const most of [80, 60])
    for (const line of renderTerminal(fakeVotes(), { ...plain, width: most }).split('\n'))
      assert.ok(width(line) <= most, line);
});

test('the sentence names the best vote that beats best single beyond noise, or says that none does', () => {
  const sure = block(renderTerminal(fakeVotes({ latency: false }), plain)).replaceAll(/\s+/g, ' ');
  assert.match(
    sure,
    /subset\+weighted-max-conf by \+1\.2 points \[0\.4, 2\.0\], with 2\.2 calls a query \(3\.0/,
  );
  assert.match(sure, /\(1 other vote does too\)/);
  assert.doesNotMatch(sure, / ms /);
  const none = block(renderTerminal(fakeVotes({ half: 0.02 }), plain)).replaceAll(/\s+/g, ' ');
  const says =
    /No vote beats the best single model beyond noise, with 5 compared; the highest, subset\+weighted-max-conf, comes to \+1\.2/;
  assert.match(none, says);
  // By itself its interval leaves zero out; picked from five it does not count.
  const picked = block(renderTerminal(fakeVotes({ adjusted: 0.2 }), plain)).replaceAll(/\s+/g, ' ');
  assert.match(picked, says);
});
