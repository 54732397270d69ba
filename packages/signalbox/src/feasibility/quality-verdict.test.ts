import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Estimate } from '../core/results.ts';
import { verdictParameters as limits } from './parameters.ts';
import { qualityVerdict, type Rung } from './quality-verdict.ts';

const e = (value: number, low: number, high: number): Estimate => ({ value, low, high, n: 1500 });
const table = (overBest: Estimate): Rung => ({
  name: 'task-table',
  kind: 'table',
  overBest,
  overTable: null,
  leftOut: null,
});
const router = (name: string, overBest: Estimate, rest: Partial<Rung> = {}): Rung => ({
  name,
  kind: 'router',
  overBest,
  overTable: e(0.01, 0.001, 0.02),
  leftOut: e(0, -0.01, 0.01),
  ...rest,
});
const needs = { labels: [2000, 5000], repeats: null } as const;
const judge = (rungs: readonly Rung[], groups = 5) =>
  qualityVerdict({ rungs, groups, rows: 1500, tableRows: 1500, needs }, limits);
const flat = table(e(0, -0.02, 0.02));

test('yes: over best single, over the table and on groups left out', () => {
  const found = judge([flat, router('knn', e(0.021, 0.012, 0.03)), router('linear', e(0.01, 0, 0.02))]);
  assert.deepEqual([found.answer, found.by, found.lift.value], ['yes', 'knn', 0.021]);
  assert.deepEqual(found.needs, { labels: null, repeats: null });
  assert.equal(
    found.why,
    'knn raises quality over the best single model by 2.1 points (1.2 to 3, 1,500 queries), which is beyond the minimum of 0.5 points, and it beats the task table (1 point, 0.1 to 2).',
  );
});

test('yes needs a lower bound above the minimum effect, not at it', () => {
  assert.equal(judge([flat, router('knn', e(0.02, 0.005, 0.03))]).answer, 'insufficient');
  assert.equal(judge([flat, router('knn', e(0.02, 0.00501, 0.03))]).answer, 'yes');
});

test('a router that loses on unseen groups beyond noise is no yes, unless there are fewer than three', () => {
  const losing = router('knn', e(0.02, 0.01, 0.03), { leftOut: e(-0.04, -0.06, -0.02) });
  const found = judge([flat, losing]);
  assert.deepEqual([found.answer, found.by], ['insufficient', 'knn']);
  assert.match(found.why, /groups it never saw it changes quality by -4 points \(-6 to -2\)/);
  assert.equal(judge([flat, losing], 2).answer, 'yes');
  const noisy = router('knn', e(0.02, 0.01, 0.03), { leftOut: e(-0.04, -0.09, 0.01) });
  assert.equal(judge([flat, noisy]).answer, 'yes', 'not below beyond noise');
  assert.equal(
    judge([flat, router('knn', e(0.02, 0.01, 0.03), { leftOut: null })]).answer,
    'insufficient',
    'never tried on unseen groups',
  );
});

test('another router that holds makes the yes where the greatest does not', () => {
  const found = judge([
    router('knn', e(0.04, 0.03, 0.05), { leftOut: e(-0.04, -0.06, -0.02) }),
    router('linear', e(0.02, 0.01, 0.03)),
  ]);
  assert.deepEqual([found.answer, found.by], ['yes', 'linear']);
});

test('task-table: only the table passes, or a router not shown to beat it', () => {
  const same = router('knn', e(0.03, 0.02, 0.04), { overTable: e(0.001, -0.004, 0.006) });
  const found = judge([table(e(0.03, 0.02, 0.04)), same]);
  assert.deepEqual([found.answer, found.by], ['task-table', 'task-table']);
  assert.equal(
    found.why,
    'The task table raises quality over the best single model by 3 points (2 to 4, 1,500 queries), and no router is shown to beat it (the best, knn: 0.1 points, -0.4 to 0.6).',
  );
  assert.deepEqual([judge([flat, same]).answer, judge([flat, same]).by], ['task-table', 'knn']);
  const alone = judge([table(e(0.03, 0.02, 0.04))]);
  assert.equal(alone.answer, 'task-table');
  assert.match(alone.why, /none was tried/);
  const losing = router('knn', e(0.05, 0.04, 0.06), { leftOut: e(-0.04, -0.06, -0.02) });
  assert.match(judge([table(e(0.03, 0.02, 0.04)), losing]).why, /no router that beats it also holds/);
});

test('no: every upper bound is below the minimum effect', () => {
  const found = judge([table(e(0, -0.004, 0.004)), router('knn', e(-0.01, -0.02, 0.001))]);
  assert.deepEqual([found.answer, found.by], ['no', 'task-table']);
  assert.match(found.whatWouldChange, /highest upper bound is 0.4 points/);
  assert.equal(judge([table(e(0, -0.004, 0.004)), router('knn', e(0, -0.02, 0.005))]).answer, 'insufficient');
});

test('insufficient says what would settle it', () => {
  const rungs = [router('knn', e(0.006, -0.004, 0.016))];
  assert.deepEqual(judge(rungs).needs, needs);
  assert.equal(
    judge(rungs).whatWouldChange,
    'It would be settled by about 2,000 to 5,000 more labelled queries.',
  );
  const open = qualityVerdict(
    { rungs, groups: 1, rows: 9, tableRows: 9000, needs: { labels: null, repeats: 4 } },
    limits,
  );
  assert.equal(open.whatWouldChange, 'It would be settled by 4 samples of each query and model.');
  const changes = (labels: readonly [number, number]): string =>
    qualityVerdict({ rungs, groups: 1, rows: 9, tableRows: 9000, needs: { labels, repeats: null } }, limits)
      .whatWouldChange;
  assert.equal(changes([700, 700]), 'It would be settled by about 700 more labelled queries.');
  assert.match(changes([0, 0]), /^The labels here are enough to tell a gain of 0.5 points from none/);
});

test('nothing tried, or intervals that are not known, settle nothing', () => {
  assert.deepEqual([judge([]).answer, judge([]).by], ['insufficient', 'best-single']);
  assert.equal(judge([router('knn', e(Number.NaN, Number.NaN, Number.NaN))]).answer, 'insufficient');
});

test('the answer follows the rule on any numbers, in any order of rungs', () => {
  const estimate = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -9, max: 9 }))).map((three) => {
    const [low, value, high] = three.sort((a, b) => a - b);
    return e(value! / 300, low! / 300, high! / 300);
  });
  const any = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom('table' as const, 'router' as const),
    overBest: estimate,
    overTable: fc.option(estimate),
    leftOut: fc.option(estimate),
  });
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 4 }), fc.nat(5), (rungs, groups) => {
      const pass = rungs.filter((r) => r.overBest.low > 0.005);
      const over = pass.filter((r) => r.kind === 'router' && (r.overTable === null || r.overTable.low > 0));
      const yes = over.some((r) => groups < 3 || (r.leftOut !== null && r.leftOut.high >= -0.01));
      const only = pass.some((r) => !over.includes(r));
      const none = rungs.every((r) => r.overBest.high < 0.005);
      const expected = yes ? 'yes' : only ? 'task-table' : none ? 'no' : 'insufficient';
      assert.equal(judge(rungs, groups).answer, expected);
      assert.equal(judge([...rungs].reverse(), groups).answer, expected);
    }),
  );
});

test('bounds that would read alike are told with a decimal more, or not', () => {
  const yes = (low: number): string => judge([flat, router('knn', e(0.02, low, 0.03))]).whatWouldChange;
  assert.match(yes(0.012), /from 1.2 points to 0.5 points or less\.$/);
  assert.match(yes(0.00504), /from 0.504 points to 0.5 points or less\.$/);
  assert.match(
    yes(0.005001),
    /if ever so little: the lower bound of the lift lies hardly above 0.5 points\.$/,
  );
  const no = (high: number): string => judge([router('knn', e(0.001, -0.002, high))]).whatWouldChange;
  assert.match(no(0.00496), /as the highest upper bound is 0.496 points\.$/);
  assert.match(no(0.004999), /more labels of this kind would not\.$/);
});

test('labels that no one will bring are told as such', () => {
  const asked = (labels: readonly [number, number]): string =>
    qualityVerdict(
      { rungs: [flat], groups: 1, rows: 9, tableRows: 100, needs: { labels, repeats: null } },
      limits,
    ).whatWouldChange;
  assert.equal(asked([1000, 5000]), 'It would be settled by about 1,000 to 5,000 more labelled queries.');
  assert.equal(
    asked([4000, 5000]),
    'It would be settled by about 4,000 to 5,000 more labelled queries, which is beyond reach with this table (40 times its 100 rows): a larger minimum effect is more useful.',
  );
});
