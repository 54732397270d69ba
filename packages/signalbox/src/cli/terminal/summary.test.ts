import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResultSet, Results } from '../../core/results.ts';
import { faceContract, fakeResults, fakeSet } from '../words/contract.ts';
import { evidenceShapes, fakeEvidence } from '../words/evidence.fixture.ts';
import { percent } from '../words/numbers.ts';
import { renderTerminal } from './terminal.ts';
import { width } from './width.ts';

const plain = { colour: false, unicode: true };
const of = (set: ResultSet): Results => ({ ...fakeResults(), sets: [set] });
const render = (set: ResultSet): string => renderTerminal(of(set), plain).replaceAll('\u00a0', ' ');
const withoutTerm = (text: string): string => text.replaceAll('Rasch null', '');

faceContract('a verdict', (results) => withoutTerm(renderTerminal(results, plain)), evidenceShapes());

for (const [name, results] of Object.entries(evidenceShapes())) {
  test(`a verdict fits one screen of 80 columns: ${name}`, () => {
    const lines = renderTerminal(results, plain).split('\n');
    for (const line of lines) assert.ok(width(line) <= 80, line);
    if (results.sets[0]!.verdict === undefined) return;
    const last = lines.findIndex((line) => line.startsWith('Flags: '));
    assert.ok(last > 5 && last < 24, `${last} lines`);
  });
}

test('the verdicts come first, then the ladder, the ceiling, what is certified and what is missing', () => {
  const set = fakeEvidence();
  const text = render(set);
  const lines = text.split('\n');
  assert.match(lines[2]!, /^Does routing raise quality\? Yes, but a task table is enough\. /);
  assert.match(text, /^Does routing save cost\? Yes\. residual costs 31 % less/m);
  assert.match(text.replaceAll(/\s+/g, ' '), /What would change this: Prices or traffic/);
  const rung = set.ladder!.find((one) => one.rung === 'task-table')!;
  const value = percent(rung.value.value, 2);
  assert.match(text, new RegExp(`^task table +${value} +\\+2\\.10 +\\[0\\.90, 3\\.30\\]`, 'm'));
  const { low, high } = set.ceilings!.band!;
  assert.ok(
    text.includes(`Ceiling: between ${percent(low, 1)} and ${percent(high, 1)} %; one-sample oracle`),
  );
  assert.match(text, /at 5 points of loss: 43 % \[38, 48\] saved; at 2 points/);
  assert.match(text, /^Labels: 1,900 to 3,400 more queries/m);
  assert.match(text, /The verdicts follow a rule that was fixed beforehand/);
  assert.doesNotMatch(text, /does not rule on whether/);
});

test('with one sample a cell the ceiling is unknown', () => {
  assert.match(render(fakeEvidence({}, false)), /^Ceiling: unknown without repeats; one-sample oracle/m);
});

test('without a verdict the report looks as it did', () => {
  const { verdict: _, ...set } = fakeEvidence();
  assert.equal(render(set), render(fakeSet()));
});

test('training is advised where the verdict says that routing pays, and nowhere else', () => {
  const set = fakeEvidence();
  const { quality, cost, parameters } = set.verdict!;
  const said = (q: typeof quality.answer, c: typeof cost.answer): boolean =>
    render({
      ...set,
      verdict: { quality: { ...quality, answer: q }, cost: { ...cost, answer: c }, parameters },
    }).includes('To train this router');
  assert.ok(
    said('task-table', 'no') && said('no', 'yes') && said('yes', 'unknown-cost') && said('no', 'cascade'),
  );
  assert.ok(!said('no', 'no') && !said('insufficient', 'insufficient'));
});
