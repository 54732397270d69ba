import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResultSet, Results } from '../../core/results.ts';
import { fakeResults, fakeSet, shapes } from '../words/contract.ts';
import { evidenceFields, withEvidence } from '../words/evidence.fixture.ts';
import { percent } from '../words/numbers.ts';
import { renderTerminal } from './terminal.ts';
import { width } from './width.ts';

const plain = { colour: false, unicode: true };
const of = (set: ResultSet): Results => ({ ...fakeResults(), sets: [set] });
const render = (set: ResultSet): string => renderTerminal(of(set), plain).replaceAll('\u00a0', ' ');

for (const [name, { sets }] of Object.entries(shapes)) {
  test(`a verdict fits one screen of 80 columns: ${name}`, () => {
    const text = render(withEvidence(sets[0]!));
    const lines = text.split('\n');
    const tables = lines.findIndex((line) => /^Flags: /.test(line));
    assert.ok(tables > 10 && tables < 24, `${tables} lines`);
    for (const line of lines) assert.ok(width(line) <= 80, line);
  });
}

test('the verdicts come first, then the ladder and what is certified', () => {
  const set = withEvidence(fakeSet());
  const text = render(set);
  const lines = text.split('\n');
  assert.match(lines[2]!, /^Does routing raise quality\? Not enough evidence\. /);
  assert.match(text, /^Does routing save cost\? Yes\. Routing saves 31 %/m);
  assert.match(text, /What would change this: Prices by which/);
  assert.match(text, new RegExp(`^task table +${percent(0.706, 2)} +\\+0\\.50 +\\[−0\\.50, 1\\.50\\]`, 'm'));
  assert.match(text, /^Ceiling: between 77\.5 and 84\.3 %; one-sample oracle 87\.5 %/m);
  assert.match(text, /at 5 points of loss: 52 % \[47, 57\] saved; at 2 points/);
  assert.match(text, /^Labels: 668 to 3,370 more queries/m);
  assert.match(text, /The verdicts follow a rule that was fixed beforehand/);
});

for (const field of evidenceFields) {
  test(`nothing breaks without ${field}, nor with it alone`, () => {
    const whole = withEvidence(fakeSet());
    const { [field]: value, ...rest } = whole;
    for (const set of [rest, { ...fakeSet(), [field]: value }]) {
      assert.doesNotMatch(render(set).replaceAll('Rasch null', ''), /undefined|NaN|null/);
    }
  });
}

test('without a verdict the report looks as it did', () => {
  const { verdict: _, ...set } = withEvidence(fakeSet());
  assert.equal(render(set), render(fakeSet()));
});
