import assert from 'node:assert/strict';
import { test } from 'node:test';
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
