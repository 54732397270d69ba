import assert from 'node:assert/strict';
import { test } from 'node:test';
import { column, matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import type { Design } from '../metrics/design.ts';
import { costRatio, incumbents, oneSided } from './non-inferiority.ts';
import { designOf, near } from './outcomes.fixture.ts';

const epsilons = [0.05, 0.02, 0.01, 0.005];
const plain = (rows: number, draws = 400): Design => designOf(new Array<string>(rows).fill(''), draws);

/** Models of these accuracies and prices; `follow`: the share of rows on which a model answers as the last one. */
function singles(args: {
  readonly accuracy: readonly number[];
  readonly price: readonly number[];
  readonly rows: number;
  readonly follow?: number;
  readonly seed?: number;
}) {
  const { accuracy, price, rows, follow = 0.9, seed = 0 } = args;
  const models = accuracy.length;
  const random = rng(`singles/${seed}`);
  const [quality, cost] = [matrix(rows, models), matrix(rows, models)];
  const top = accuracy.at(-1)!;
  for (let i = 0; i < rows; i++) {
    const right = random.next() < top ? 1 : 0;
    for (let m = 0; m < models; m++) {
      const rest = (accuracy[m]! - follow * top) / (1 - follow);
      const same = m === models - 1 || random.next() < follow;
      quality.data[i * models + m] = same ? right : random.next() < rest ? 1 : 0;
      cost.data[i * models + m] = price[m]! * (0.5 + random.next());
    }
  }
  return {
    quality,
    cost,
    best: { quality: column(quality, models - 1), cost: column(cost, models - 1) },
    primary: 'quality' as const,
    epsilons,
    design: plain(rows),
  };
}

test('the incumbent is the cheapest model that is non-inferior; it changes with epsilon', () => {
  const found = incumbents(singles({ accuracy: [0.72, 0.79, 0.8], price: [1, 3, 10], rows: 12_000 }));
  assert.deepEqual(
    found.map(({ epsilon, model }) => [epsilon, model]),
    [
      [0.05, 1],
      [0.02, 1],
      [0.01, null],
      [0.005, null],
    ],
  );
  const [first] = found;
  near(first!.switching!.value, 0.7, 0.01);
  assert.ok(first!.switching!.low > 0.68 && first!.switching!.high < 0.72);
  assert.ok(first!.settled, 'the cheapest is shown to lose more');
  assert.deepEqual(first!.nonInferior, [1, 2]);
  assert.equal(found[3]!.switching, null);
  assert.ok(!found[2]!.settled, 'one point less is not told from 1 point');
});

test('few rows show nothing: best single stays, and is not settled', () => {
  const found = incumbents(singles({ accuracy: [0.8, 0.8], price: [1, 10], rows: 60, follow: 0.5 }));
  assert.deepEqual(
    found.slice(1).map(({ model, settled }) => [model, settled]),
    [
      [null, false],
      [null, false],
      [null, false],
    ],
  );
});

test('a model exactly epsilon worse passes in about 5 % of draws', () => {
  let passed = 0;
  for (let seed = 0; seed < 200; seed++) {
    const input = singles({ accuracy: [0.75, 0.8], price: [1, 10], rows: 500, seed });
    if (incumbents({ ...input, epsilons: [0.05] })[0]!.model === 0) passed++;
  }
  assert.ok(passed / 200 <= 0.05 + 2 * 0.0154, `${passed}`);
  assert.ok(passed > 0);
});

test('macro: groups count alike', () => {
  const groups = Array.from({ length: 1000 }, (_, i) => (i < 900 ? 'large' : 'small'));
  const quality = matrix(1000, 2, 1);
  for (let i = 900; i < 1000; i++) quality.data[2 * i] = i % 5 === 0 ? 0 : 1;
  const cost = matrix(1000, 2);
  for (let i = 0; i < 1000; i++) cost.data.set([1, 10], 2 * i);
  const best = { quality: column(quality, 1), cost: column(cost, 1) };
  const input = { quality, cost, best, epsilons: [0.05], design: designOf(groups, 200) };
  assert.equal(incumbents({ ...input, primary: 'quality' })[0]!.model, 0, 'two points lost of all rows');
  assert.equal(incumbents({ ...input, primary: 'macro' })[0]!.model, null, 'ten points of groups');
});

test('cost ratio: sum over sum, with an interval by paired draws', () => {
  const random = rng('ratio');
  const other = Float64Array.from({ length: 800 }, () => 1 + 9 * random.next());
  const policy = other.map((cost) => (random.next() < 0.4 ? 0.1 * cost : cost));
  const found = costRatio(policy, other, plain(800))!;
  near(found.value, policy.reduce((a, b) => a + b) / other.reduce((a, b) => a + b), 1e-12);
  assert.ok(found.low > 0.58 && found.low < found.value && found.high < 0.72 && found.high > found.value);
  assert.equal(costRatio(policy, new Float64Array(800), plain(800)), null);
  assert.deepEqual(costRatio(other, other, plain(800)), { value: 1, low: 1, high: 1, n: 800 });
});

test('one-sided: the 5th and 95th of the draws, or wider by the folds', () => {
  const draws = Float64Array.from({ length: 101 }, (_, i) => i / 100);
  const row = oneSided({ value: 0.5, draws, folds: [], n: 9 }, plain(9));
  near(row.lower, 0.05, 1e-12);
  near(row.upper, 0.95, 1e-12);
  const folds = [0, 0.2, 0.5, 0.8, 1];
  const wide = oneSided({ value: 0.5, draws, folds, n: 9 }, { ...plain(9), testOverTrain: 0.25 });
  // t of 4 degrees, times the root of .45 times the variance .17.
  near(wide.lower, 0.5 - 2.1318 * Math.sqrt(0.45 * 0.17), 1e-4);
  near(wide.upper - 0.5, 0.5 - wide.lower, 1e-12);
});
