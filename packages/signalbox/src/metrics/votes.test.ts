import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRows } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
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

test('a large pool grows its subset while the vote improves', () => {
  // Each of the first three LLMs leaves one row of its own unanswered; the rest never answer.
  const models = 14;
  const right = (row: number, m: number): boolean => m < 3 && m !== row;
  const rows = [0, 1, 2, 3];
  const ballots = {
    answers: Int32Array.from(
      rows.flatMap((row) => Array.from({ length: models }, (_, m) => (right(row, m) ? 0 : -1))),
    ),
    quality: fromRows(rows.map((row) => Array.from({ length: models }, (_, m) => (right(row, m) ? 1 : 0)))),
  };
  const accuracy = Float64Array.from({ length: models }, (_, m) => (m < 3 ? 0.75 : 0));
  assert.deepEqual(bestSubset(ballots, accuracy), [0, 1]);
});
