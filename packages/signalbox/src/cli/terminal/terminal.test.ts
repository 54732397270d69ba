import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { faceContract, fakeResults, shapes } from '../words/contract.ts';
import { percent } from '../words/numbers.ts';
import { renderTerminal } from './terminal.ts';
import { width } from './width.ts';

const plain = { colour: false, unicode: true };

// A name longer than a line is broken or shortened, so the contract's search for it takes the short ones.
faceContract('the terminal', (results) => renderTerminal(results, plain));

for (const [name, results] of Object.entries(shapes)) {
  test(`no line is wider than asked for: ${name}`, () => {
    for (const most of [80, 60, 100]) {
      for (const line of renderTerminal(results, { ...plain, width: most }).split('\n')) {
        assert.ok(width(line) <= Math.min(most, 80), `${width(line)}: ${line}`);
        assert.equal(line, line.trimEnd());
      }
    }
  });
}

test('the answer stands in bold at the top, and colour changes no letter', () => {
  const results = fakeResults();
  const coloured = renderTerminal(results, { colour: true, unicode: true });
  assert.ok(coloured.split('\n')[2]!.startsWith('\u001b[1mRouting '));
  assert.equal(stripVTControlCharacters(coloured), renderTerminal(results, plain));
});

test('without Unicode every column stays where it was', () => {
  const results = fakeResults({ longNames: true });
  const lines = renderTerminal(results, { colour: false, unicode: false }).split('\n');
  assert.ok(lines.every((line) => /^[\x20-\x7e]*$/.test(line)));
  assert.deepEqual(lines.map(width), renderTerminal(results, plain).split('\n').map(width));
});

test('the table shows the values of the results, and points at the highest', () => {
  const results = fakeResults();
  const text = renderTerminal(results, plain);
  for (const system of results.sets[0]!.systems.filter((s) => s.kind === 'router')) {
    assert.match(text, new RegExp(`${system.name}.* ${percent(system.quality!.value, 2)}  \\[`));
  }
  assert.match(text, /^residual \(best\)/m);
  assert.match(text, /oracle .* no router can reach/s);
});

test('what is reproduced has the two decimals of published tables', () => {
  const set = { rows: 800, cost: null } as const;
  const value = fakeResults(set).sets[0]!.systems.find((s) => s.name === 'random')!.quality!.value;
  assert.ok(!renderTerminal(fakeResults(set), plain).includes(percent(value, 2)));
  const again = renderTerminal(fakeResults({ ...set, command: 'reproduce routerdc' }), plain);
  assert.ok(again.includes(percent(value, 2)));
});

test('published shares of strong calls stand beside ours, with their source', () => {
  const results = fakeResults({ cost: 'strong share' });
  const source = 'a paper; trained on its own data';
  const references = [
    { system: 'Theirs', measure: 'cpt50' as const, value: 0.35, source },
    { system: 'Theirs', measure: 'cpt80' as const, value: 0.702, source },
  ];
  const text = renderTerminal(
    { ...results, sets: results.sets.map((set) => ({ ...set, references })) },
    plain,
  );
  assert.match(text, /^Theirs \(published\) +35 +70$/m);
  assert.match(text, /note: Theirs \(published\): a paper; trained on its own data\./);
});

test('truth stands beside the estimates and the world is called simulated', () => {
  const results = fakeResults();
  const best = results.sets[0]!.systems.find((s) => s.name === 'best-single')!.quality!.value;
  const values = { 'best-single': best + 0.001, 'task-table': 0.1, 'best possible router': 0.8 };
  const text = renderTerminal(results, {
    ...plain,
    truth: { table: { values, story: 'Only cost can be saved.' } },
  });
  assert.match(text, /^table {2}simulated, /);
  assert.match(text, /Truth: Only cost can be saved\./);
  assert.match(text, /best single .* inside/);
  assert.match(text, /task table .* below the interval/);
  assert.match(text, /best possible router +80\.00 +not estimated/);
});

test('a name cannot give orders to the terminal', () => {
  const results = fakeResults();
  const text = renderTerminal(
    { ...results, sets: results.sets.map((set) => ({ ...set, dataset: 'a\u001b[2Jb\r\n\u202ec' })) },
    plain,
  );
  assert.ok(!text.includes('\u001b') && !text.includes('\r') && !text.includes('\u202e'));
});

test('several sets are shown one after another without the models of each', () => {
  const text = renderTerminal(shapes['several sets']!, plain);
  for (const name of ['pooled', 'arc', 'arc+winogrande'])
    assert.ok(text.includes(`\n${name}  `) || text.startsWith(name));
  assert.doesNotMatch(text, /^Models: /m);
  assert.equal(text.match(/This report states/g)!.length, 1);
});
