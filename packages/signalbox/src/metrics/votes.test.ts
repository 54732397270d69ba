import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRows } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { expectedOfRandom } from './vote-subsets.ts';
import { bestSubset, vote } from './votes.ts';

const accuracy = Float64Array.of(0.5, 0.9, 0.7);
const all = [0, 1, 2];

test('most votes win; a tie goes to the most accurate voter; nobody votes, nothing is won', () => {
  const ballots = {
    answers: Int32Array.from([7, 3, 7, 7, 3, 5, -1, -1, -1, 2, -1, 2]),
    quality: fromRows([
      [1, 0, 1],
      [1, 0, 0],
      [1, 1, 1],
      [0.5, 1, 0.25],
    ]),
    cost: fromRows([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]),
  };
  const { quality, cost } = vote(ballots, { members: all, accuracy });
  // Third voter stands for the answer of the last row: it is the more accurate of the two.
  assert.deepEqual([...quality], [1, 0, 0, 0.25]);
  assert.deepEqual([...cost!], [6, 6, 6, 6]);
  assert.deepEqual([...vote(ballots, { members: [0], accuracy }).quality], [1, 1, 0, 0.5]);
});

test('the best subset is the best of all, and the smallest of equals', () => {
  const random = rng('votes');
  const rows = 60;
  const answers = Int32Array.from({ length: rows * 4 }, (_, i) =>
    random.next() < [0.7, 0.6, 0.6, 0.3][i % 4]! ? 0 : 1 + random.int(3),
  );
  const quality = fromRows(
    Array.from({ length: rows }, (_, row) => [0, 1, 2, 3].map((m) => (answers[row * 4 + m] === 0 ? 1 : 0))),
  );
  const own = Float64Array.of(0.7, 0.61, 0.6, 0.3);
  const found = bestSubset({ answers, quality }, own);
  const worth = (members: number[]): number =>
    vote({ answers, quality }, { members, accuracy: own }).quality.reduce((sum, y) => sum + y, 0);
  for (let set = 1; set < 16; set++) {
    const members = [0, 1, 2, 3].filter((m) => (set >> m) & 1);
    assert.ok(worth(members) <= worth(found));
    if (worth(members) === worth(found)) assert.ok(members.length >= found.length);
  }
});

test('the search over all subsets agrees with voting them one by one', () => {
  const pool = fc.integer({ min: 1, max: 5 }).chain((models) => {
    const each = <T>(cell: fc.Arbitrary<T>, length = models) =>
      fc.array(cell, { minLength: length, maxLength: length });
    return fc.record({
      rows: fc.array(
        fc.record({
          answers: each(fc.integer({ min: -1, max: 2 })),
          quality: each(fc.constantFrom(0, 0.25, 0.5, 1)),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      accuracy: each(fc.constantFrom(0.2, 0.5, 0.9)),
    });
  });
  fc.assert(
    fc.property(pool, ({ rows, accuracy: own }) => {
      const ballots = {
        answers: Int32Array.from(rows.flatMap(({ answers }) => answers)),
        quality: fromRows(rows.map(({ quality }) => quality)),
      };
      const accuracy = Float64Array.from(own);
      const worth = (members: readonly number[]): number =>
        vote(ballots, { members, accuracy }).quality.reduce((sum, y) => sum + y, 0);
      const found = bestSubset(ballots, accuracy);
      assert.ok(found.length > 0);
      for (let set = 1; set < 2 ** own.length; set++) {
        const members = [...own.keys()].filter((m) => (set >> m) & 1);
        assert.ok(worth(members) <= worth(found));
        if (worth(members) === worth(found)) assert.ok(members.length >= found.length);
      }
    }),
  );
});

/** Answers as letters, a row a string: `R` is right, `.` is none. */
function ballotsOf(rows: readonly string[]): { answers: Int32Array; quality: ReturnType<typeof fromRows> } {
  return {
    answers: Int32Array.from(rows.join(''), (letter) => (letter === '.' ? -1 : letter.charCodeAt(0))),
    quality: fromRows(rows.map((row) => Array.from(row, (letter) => (letter === 'R' ? 1 : 0)))),
  };
}

test('a majority outvotes a more accurate voter, whoever else gave its answer', () => {
  // Together 1, 2 and 3 are right on all rows, and no other set is; 0 is never right but on the first row.
  const rows = ['RxRR', 'xRyR', 'xRRy', 'xRR.', 'xyRR'];
  assert.deepEqual(bestSubset(ballotsOf(rows), Float64Array.of(0.9, 0.8, 0.7, 0.6)), [1, 2, 3]);
});

test('one voter is taken before two that are worth as much', () => {
  assert.deepEqual(bestSubset(ballotsOf(['R.R', '.RR']), Float64Array.of(0.9, 0.8, 0.7)), [2]);
});

test('more than fourteen are grown past a second voter who only ties', () => {
  const silent = '.'.repeat(13);
  const rows = ['xRR', 'RxR', 'RRx', 'RRR'].map((row) => row + silent);
  const accuracy = Float64Array.from({ length: 16 }, (_, m) => 0.75 - m / 100);
  assert.deepEqual(bestSubset(ballotsOf(rows), accuracy), [0, 1, 2]);
});

test('weights and a limit bind the search over all sets and the growing of one', () => {
  const rows = ['xRR', 'RxR', 'RRx', 'Rxx', 'xRR'];
  const accuracy = Float64Array.of(0.9, 0.8, 0.7);
  assert.deepEqual(bestSubset(ballotsOf(rows), accuracy), [0, 1, 2]);
  assert.deepEqual(bestSubset(ballotsOf(rows), accuracy, { most: 1 }), [0]);
  // Where the first outweighs the other two together, more members change nothing.
  assert.deepEqual(bestSubset(ballotsOf(rows), accuracy, { weights: [3, 1, 1] }), [0]);
  const silent = '.'.repeat(13);
  const many = Float64Array.from({ length: 16 }, (_, m) => 0.9 - m / 100);
  const wide = ballotsOf(rows.map((row) => row + silent));
  assert.deepEqual(bestSubset(wide, many, { most: 1 }), [0]);
  assert.deepEqual(bestSubset(wide, many), [0, 1, 2]);
});

test('a random set of k is its expectation over all sets of k', () => {
  const random = rng('sets');
  const answers = Int32Array.from({ length: 30 * 5 }, () => random.int(4) - 1);
  const quality = fromRows(
    Array.from({ length: 30 }, (_, row) => [0, 1, 2, 3, 4].map((m) => (answers[row * 5 + m] === 0 ? 1 : 0))),
  );
  const own = Float64Array.of(0.5, 0.3, 0.9, 0.2, 0.6);
  for (let size = 1; size <= 5; size++) {
    const sets = Array.from({ length: 32 }, (_, set) => [0, 1, 2, 3, 4].filter((m) => (set >> m) & 1)).filter(
      (members) => members.length === size,
    );
    const votes = sets.map((members) => vote({ answers, quality }, { members, accuracy: own }).quality);
    const expected = expectedOfRandom({ answers, quality }, [2, 4, 0, 1, 3], size);
    expected.forEach((value, row) => {
      const mean = votes.reduce((sum, one) => sum + one[row]!, 0) / sets.length;
      assert.ok(Math.abs(value - mean) < 1e-12);
    });
  }
});
