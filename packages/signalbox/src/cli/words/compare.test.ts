import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResultSet, Results } from '../../core/results.ts';
import { compareRuns, judged } from './compare.ts';
import { fakeResults, fakeSet } from './contract.ts';

const run = (...sets: ResultSet[]): Results => ({ ...fakeResults(), sets });
const named = (dataset: string): ResultSet => fakeSet({ dataset });

test('a run beside itself is equal everywhere, on the same rows', () => {
  const { sets, only } = compareRuns(run(fakeSet()), run(fakeSet()));
  const [pair] = sets;
  assert.equal(pair!.pairs.length, fakeSet().systems.length - 1);
  assert.ok(pair!.pairs.every((one) => judged(one) === 'equal' && one.difference === 0));
  assert.ok(pair!.rows.same);
  assert.deepEqual([only, pair!.only, pair!.models], Array(3).fill({ a: [], b: [] }));
});

test('rows are the same only where files and counts are', () => {
  const rowsOf = (changes: Partial<ResultSet>): boolean =>
    compareRuns(run(fakeSet()), run({ ...fakeSet(), ...changes })).sets[0]!.rows.same;
  assert.ok(!rowsOf({ digests: { 'table.jsonl': 'cd'.repeat(32) } }));
  assert.ok(!rowsOf({ digests: {} }));
  assert.ok(!rowsOf({ protocol: { ...fakeSet().protocol, testRows: 9 } }));
  assert.ok(rowsOf({ digests: { 'renamed.jsonl': 'ab'.repeat(32) } }));
});

test('sets are matched by name, two single ones always; other averages are not compared', () => {
  const both = compareRuns(run(named('x'), named('y')), run(named('y'), named('z')));
  assert.deepEqual(
    both.sets.map(({ dataset }) => dataset),
    ['y'],
  );
  assert.deepEqual(both.only, { a: ['x'], b: ['z'] });
  assert.equal(compareRuns(run(named('x')), run(named('y'))).sets[0]!.dataset, 'x and y');
  const macro = compareRuns(run(fakeSet()), run(fakeSet({ primary: 'macro' }))).sets[0]!;
  assert.deepEqual([macro.pairs.length, macro.rows.same], [0, false]);
});
