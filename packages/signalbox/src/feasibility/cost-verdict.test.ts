import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Estimate } from '../core/results.ts';
import { type Candidate, type CostInput, type CostStep, costVerdict } from './cost-verdict.ts';
import { verdictParameters as limits } from './parameters.ts';
import { verdict } from './verdict.ts';

const e = (value: number, low: number, high: number): Estimate => ({ value, low, high, n: 2000 });
const certified = { parameter: 0.02, share: 0.4, bound: 0.008 };
const candidate = (ratio: Estimate | null, attainable = e(0.5, 0.45, 0.55)): Candidate => ({
  name: 'residual+threshold',
  certified: ratio === null ? null : certified,
  ratio,
  attainable: ratio ?? attainable,
});
const step = (epsilon: number, policy: Candidate | null, rest: Partial<CostStep> = {}): CostStep => ({
  epsilon,
  incumbent: 'large',
  settled: true,
  switching: null,
  policy,
  cascade: null,
  rowsNeeded: null,
  ...rest,
});
const input = (steps: readonly CostStep[], rest: Partial<CostInput> = {}): CostInput => ({
  rows: 2000,
  calibrationRows: 400,
  tableRows: 3000,
  models: 3,
  bestSingle: 'large',
  unknownCost: false,
  steps,
  ...rest,
});
const judge = (steps: readonly CostStep[], rest: Partial<CostInput> = {}) =>
  costVerdict(input(steps, rest), limits);
const saves = candidate(e(0.65, 0.6, 0.7));
const little = candidate(e(0.96, 0.93, 0.99));

test('yes at the smallest epsilon that passed; the order given does not matter', () => {
  const found = judge([
    step(0.02, saves),
    step(0.05, saves),
    step(0.01, candidate(null)),
    step(0.005, saves),
  ]);
  assert.deepEqual(
    [found.answer, found.by, found.epsilon, found.incumbent, found.delta],
    ['yes', 'residual+threshold', 0.02, 'large', 0.05],
  );
  assert.deepEqual(found.certified, certified);
  const { value, low, high } = found.saving!;
  assert.ok(Math.abs(value - 0.35) + Math.abs(low - 0.3) + Math.abs(high - 0.4) < 1e-12);
  assert.equal(
    found.why,
    'residual+threshold costs 35 % less than large (30 to 40 %, 2,000 queries) by sending 40 % of queries elsewhere, and with 95 % confidence loses at most 2 points of quality.',
  );
});

test('the sequence ends at the first epsilon without a certificate, whatever comes after', () => {
  const found = judge([step(0.05, candidate(null), { rowsNeeded: 1900 }), step(0.01, saves)]);
  assert.deepEqual([found.answer, found.epsilon, found.certified], ['insufficient', 0.05, null]);
  assert.equal(found.whatWouldChange, 'About 1,900 calibration queries, against 400 here.');
  const never = { ...saves, certified: { ...certified, share: 0 } };
  assert.equal(judge([step(0.05, never), step(0.01, saves)]).answer, 'insufficient', 'a share of 0 is none');
});

test('an epsilon at which nothing is cheaper than the incumbent is passed over', () => {
  const small = { incumbent: 'small', switching: e(0.8, 0.78, 0.82) };
  const found = judge([step(0.05, null, small), step(0.01, saves)]);
  assert.deepEqual([found.answer, found.epsilon], ['yes', 0.01]);
});

test('an incumbent that is not settled makes no yes', () => {
  const found = judge([step(0.05, saves, { settled: false })]);
  assert.equal(found.answer, 'insufficient');
  assert.match(found.why, /a single model cheaper than large may lose no more/);
  assert.equal(judge([step(0.05, saves, { settled: false }), step(0.02, saves)]).epsilon, 0.02);
});

test('the upper bound of the ratio must be below 1 - savingFloor', () => {
  assert.equal(judge([step(0.05, candidate(e(0.85, 0.8, 0.9)))]).answer, 'insufficient');
  assert.equal(judge([step(0.05, candidate(e(0.85, 0.8, 0.899)))]).answer, 'yes');
  assert.match(
    judge([step(0.05, candidate(e(0.85, 0.8, 0.93)))]).why,
    /its saving against large, 15 % \(7 to 20 %\), is not shown to exceed 10 %, while 20 % is not excluded/,
  );
});

test('cascade only where no policy passes', () => {
  const steps = [step(0.05, little, { cascade: { ...saves, name: 'cascade:small' } })];
  const found = judge(steps);
  assert.deepEqual([found.answer, found.by], ['cascade', 'cascade:small']);
  assert.equal(judge([{ ...steps[0]!, policy: saves }]).answer, 'yes');
});

test('no: the upper bound of the saving is below the floor at every epsilon', () => {
  const found = judge([step(0.05, little), step(0.01, candidate(null, e(0.97, 0.95, 0.99)))]);
  assert.deepEqual([found.answer, found.by, found.incumbent], ['no', 'best-single', 'large']);
  assert.match(
    found.why,
    /^Stay with large, do not route: at losses of up to 5 points routing saves at most 7 %/,
  );
  assert.equal(judge([step(0.05, little), step(0.01, candidate(null))]).answer, 'insufficient');
});

test('no, with the cheaper single model at the smallest epsilon where there is one', () => {
  const found = judge([
    step(0.05, null, { incumbent: 'small', switching: e(0.9, 0.88, 0.92) }),
    step(0.02, little, { incumbent: 'medium', switching: e(0.5, 0.48, 0.52) }),
    step(0.01, little),
  ]);
  assert.deepEqual([found.answer, found.by, found.epsilon], ['no', 'single:medium', 0.02]);
  assert.match(found.why, /switch to medium, do not route; it costs 50 % less than large/);
});

test('what might still be certified keeps a small certified saving from being a no', () => {
  const more = { ...little, attainable: e(0.5, 0.45, 0.55) };
  assert.equal(judge([step(0.05, more)]).answer, 'insufficient');
});

test('two bounds that would read alike are told with a decimal more, or not', () => {
  const changes = (ratio: number): string =>
    judge([step(0.05, candidate(e(0.85, 0.8, ratio)))]).whatWouldChange;
  assert.match(changes(0.74), /^Prices or traffic by which .* falls from 26 % to 10 %;/);
  assert.match(changes(0.896), /falls from 10.4 % to 10 %;/);
  assert.match(changes(0.8999), /^Prices or traffic but a little less .* hardly above the floor of 10 %;/);
  const stays = (most: number): string => judge([step(0.05, candidate(e(0.96, 1 - most, 0.99)))]).why;
  assert.match(stays(0.096), /saves at most 9.6 % \(2,000 queries\), below the floor of 10 %\.$/);
  assert.match(stays(0.0999), /saves at most 10 % \(2,000 queries\), hardly below the floor\.$/);
});

test('calibration queries that no one will bring are told as such, with what helps instead', () => {
  const asked = (rowsNeeded: number, rest: Partial<CostStep> = {}): string =>
    judge([step(0.05, candidate(null), { rowsNeeded, ...rest })]).whatWouldChange;
  assert.equal(asked(60_000), 'About 60,000 calibration queries, against 400 here.');
  assert.equal(
    asked(397_390),
    'About 397,390 calibration queries, against 400 here, which is beyond reach with this table (132 times its 3,000 rows): a larger tolerated loss (epsilon) is more useful.',
  );
  const unsettled = judge([step(0.05, saves, { settled: false, rowsNeeded: 397_390 })]).whatWouldChange;
  assert.match(unsettled, /: about 397,390, which is beyond reach with this table/);
  const certifiedOnly = judge([step(0.05, candidate(e(0.85, 0.8, 0.93)), { rowsNeeded: 397_390 })]);
  assert.match(certifiedOnly.whatWouldChange, /beyond reach .* is more useful\.$/);
});

test('unknown cost', () => {
  const found = judge([], { unknownCost: true });
  assert.deepEqual([found.answer, found.by, found.saving, found.epsilon], ['unknown-cost', null, null, null]);
});

test('a verdict carries its parameters', () => {
  const none = { rungs: [], groups: 0, rows: 5, tableRows: 5, needs: { labels: null, repeats: null } };
  const found = verdict(none, input([step(0.05, saves)]));
  assert.deepEqual(found.parameters, {
    minimumEffect: 0.005,
    epsilons: [0.05, 0.02, 0.01, 0.005],
    delta: 0.05,
    qualityEpsilon: 0.01,
    savingFloor: 0.1,
  });
  assert.deepEqual([found.quality.answer, found.cost.answer], ['insufficient', 'yes']);
});
