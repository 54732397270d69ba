import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRows } from '../math/matrix.ts';
import { rankBy } from './ballots.ts';
import { logOdds, type Panel, replay, ruling } from './panel-vote.ts';
import { vote } from './votes.ts';

/** The winning answer by counting once more from the beginning; -1 where nobody voted. */
function winningAnswer(
  given: readonly number[],
  weights: readonly number[],
  ranks: readonly number[],
): number {
  const weightOf = (answer: number): number =>
    given.reduce((sum, a, i) => (a === answer ? sum + weights[i]! : sum), 0);
  const bestOf = (answer: number): number => Math.min(...ranks.filter((_, i) => given[i] === answer));
  const answers = [...new Set(given)].filter((answer) => answer !== -1);
  return answers.sort((a, b) => weightOf(b) - weightOf(a) || bestOf(a) - bestOf(b))[0] ?? -1;
}

/** Every way in which the LLMs from `from` on may answer: nothing, an answer of the first three, or one unheard of. */
function* completions(given: readonly number[], from: number): Generator<number[]> {
  if (from === given.length) {
    yield [...given];
    return;
  }
  for (const answer of [-1, 0, 1, 2, 9])
    yield* completions([...given.slice(0, from), answer, ...given.slice(from + 1)], from + 1);
}

const panels = fc.integer({ min: 1, max: 5 }).chain((size) =>
  fc.record({
    given: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: size, maxLength: size }),
    weights: fc.array(fc.constantFrom(0, 0.5, 1, 1, 1.5, 2), { minLength: size, maxLength: size }),
    accuracy: fc.array(fc.constantFrom(0.2, 0.5, 0.9), { minLength: size, maxLength: size }),
    order: fc.shuffledSubarray(
      Array.from({ length: size }, (_, m) => m),
      { minLength: size, maxLength: size },
    ),
  }),
);

test('it stops at the first call after which no completion changes the winner, by trying them all', () => {
  fc.assert(
    fc.property(panels, ({ given, weights, accuracy, order }) => {
      const rank = rankBy(accuracy);
      const panel: Panel = { members: order, weights: order.map((m) => weights[m]!) };
      const answers = Int32Array.from(given);
      const { winner, calls } = ruling(answers, panel, rank);
      const asked = order.map((m) => given[m]!);
      const ranks = order.map((m) => rank[m]!);
      const truth = winningAnswer(asked, panel.weights, ranks);
      assert.equal(winner === -1 ? -1 : answers[winner], truth);
      const sure = (first: number): boolean =>
        [...completions(asked, first)].every(
          (completed) => winningAnswer(completed, panel.weights, ranks) === truth,
        );
      assert.ok(sure(calls), 'the outcome stands where it stops');
      assert.ok(calls === 1 || !sure(calls - 1), 'it could not have stopped a call earlier');
    }),
    { numRuns: 150 },
  );
});

test('with equal weights it is the plain vote, whatever the order of the calls', () => {
  const rows = fc.array(
    fc.record({
      answers: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 4, maxLength: 4 }),
      quality: fc.array(fc.constantFrom(0, 0.5, 1), { minLength: 4, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 10 },
  );
  fc.assert(
    fc.property(rows, fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1 }), (given, members) => {
      const ballots = {
        answers: Int32Array.from(given.flatMap(({ answers }) => answers)),
        quality: fromRows(given.map(({ quality }) => quality)),
      };
      const accuracy = Float64Array.of(0.4, 0.8, 0.6, 0.6);
      const panel = { members, weights: members.map(() => 1) };
      assert.deepEqual(
        replay(ballots, { panel: () => panel, rank: rankBy(accuracy) }).quality,
        vote(ballots, { members, accuracy }).quality,
      );
    }),
  );
});

test('calls, dollars and milliseconds with and without early stop, one after the other and all at once', () => {
  const ballots = {
    // Two that agree settle the first row; in the second all three are needed.
    answers: Int32Array.of(5, 5, 7, 5, 7, 7),
    quality: fromRows([
      [1, 1, 0],
      [0, 1, 1],
    ]),
    cost: fromRows([
      [1, 2, 4],
      [1, 2, 4],
    ]),
    latency: fromRows([
      [10, 30, 20],
      [10, 30, 20],
    ]),
  };
  const panel = { members: [0, 1, 2], weights: [1, 1, 1] };
  const got = replay(ballots, { panel: () => panel, rank: [0, 1, 2] });
  assert.deepEqual([...got.quality], [1, 1]);
  assert.deepEqual([...got.asked], [3, 3]);
  assert.deepEqual([...got.needed], [2, 3]);
  assert.deepEqual([...got.cost!.asked], [7, 7]);
  assert.deepEqual([...got.cost!.needed], [3, 7]);
  assert.deepEqual([...got.latency!.sequential], [60, 60]);
  assert.deepEqual([...got.latency!.sequentialStopped], [40, 60]);
  assert.deepEqual([...got.latency!.parallel], [30, 30]);
  // Answers come in as 5, 7, 5 and as 5, 7, 7: only the last settles either row.
  assert.deepEqual([...got.latency!.parallelStopped], [30, 30]);
});

test('a heavy voter needs no second opinion; a silent one settles nothing; ties go to the more accurate', () => {
  const rank = [0, 1, 2];
  const of = (answers: number[], weights: number[]) =>
    ruling(Int32Array.from(answers), { members: [0, 1, 2], weights }, rank);
  assert.deepEqual(of([3, 4, 4], [3, 1, 1]), { winner: 0, calls: 1 });
  // 1 + 1 would only tie with 2, and the tie would be the first one's.
  assert.deepEqual(of([3, 4, 4], [2, 1, 1]), { winner: 0, calls: 1 });
  assert.deepEqual(of([-1, 4, 4], [3, 1, 2]), { winner: 1, calls: 3 });
  assert.deepEqual(of([-1, 4, 4], [3, 1, 1]), { winner: 1, calls: 2 });
  assert.deepEqual(of([-1, -1, -1], [1, 1, 1]), { winner: -1, calls: 3 });
});

test('log-odds weights: at guessing and below there is no say', () => {
  assert.ok(Math.abs(logOdds(0.5, 10) - Math.log(9)) < 1e-12);
  assert.equal(logOdds(0.05, 10), 0);
  assert.ok(Math.abs(logOdds(0.1, 10)) < 1e-12);
  assert.ok(Number.isFinite(logOdds(1, 4)));
  assert.deepEqual([...rankBy([0.2, 0.9, 0.9])], [2, 0, 1]);
});
