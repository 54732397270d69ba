import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import type { Design } from '../metrics/design.ts';
import { interval, type Sampled } from '../metrics/interval.ts';
import { averages } from '../metrics/means.ts';
import { designOf, near } from './outcomes.fixture.ts';
import { simultaneous } from './simultaneous.ts';

const rows = 150;
const columns = 8;

/** Means of noise about 0, the columns correlated by half, with a further common error of each fold. */
function noise(seed: number, design: Design, foldError: number): Sampled[] {
  const random = rng(`noise/${seed}`);
  const values = matrix(rows, columns);
  const ofFold = Array.from({ length: 5 * columns }, () => foldError * random.normal());
  for (let i = 0; i < rows; i++) {
    const shared = random.normal();
    for (let c = 0; c < columns; c++)
      values.data[i * columns + c] =
        shared + random.normal() + (design.folds ? ofFold[design.folds[i]! * columns + c]! : 0);
  }
  return averages(design, values).map(({ weighted }) => weighted);
}

const split = designOf(
  Array.from({ length: rows }, () => ''),
  600,
);
const folded: Design = {
  ...split,
  folds: Int32Array.from({ length: rows }, (_, i) => i % 5),
  testOverTrain: 0.25,
};

function coverage(design: Design, foldError: number): { joint: number; alone: number } {
  const runs = 200;
  let [joint, alone] = [0, 0];
  for (let seed = 0; seed < runs; seed++) {
    const found = noise(seed, design, foldError);
    const holds = ({ low, high }: { low: number; high: number }): boolean => low <= 0 && high >= 0;
    if (simultaneous(found, design).every(holds)) joint++;
    if (found.every((one) => holds(interval(one, design)))) alone++;
  }
  return { joint: joint / runs, alone: alone / runs };
}

test('a split: all intervals hold at once in 95 % of draws, where single ones do not', () => {
  const { joint, alone } = coverage(split, 0);
  assert.ok(joint >= 0.915 && joint <= 0.985, `${joint}`);
  assert.ok(alone < 0.86, `${alone}`);
});

test('cross-validation: they hold at once, the training sets adding an error of their own', () => {
  const { joint } = coverage(folded, 0.15);
  assert.ok(joint >= 0.93, `${joint}`);
});

test('no interval is narrower than it is alone, and one alone is as in metrics', () => {
  for (const design of [split, folded]) {
    const some = noise(7, design, 0.1);
    simultaneous(some, design).forEach(({ value, low, high, n }, k) => {
      const alone = interval(some[k]!, design);
      assert.ok(low <= alone.low && high >= alone.high);
      assert.deepEqual([value, n], [alone.value, rows]);
    });
    const [one] = simultaneous(some.slice(0, 1), design);
    const alone = interval(some[0]!, design);
    near(one!.high - one!.low, alone.high - alone.low, 0.15 * (alone.high - alone.low));
  }
});

test('where no row differs what may have gone unseen is the interval, and widens no other; of nothing comes nothing', () => {
  const some = noise(1, split, 0);
  const still: Sampled = { value: 0, draws: new Float64Array(split.draws), folds: [], n: rows };
  const found = simultaneous([...some, still], split);
  const { value, low, high } = found.at(-1)!;
  // With n rows of one cluster each, a share p goes unseen with probability (1 - p)^n = .025.
  assert.equal(value, 0);
  near((1 - high) ** rows, 0.025, 1e-9);
  assert.equal(low, -high);
  assert.deepEqual(found.slice(0, -1), simultaneous(some, split));
  assert.deepEqual(simultaneous([], split), []);
});
