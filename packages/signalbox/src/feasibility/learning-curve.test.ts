import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rng } from '../math/rng.ts';
import {
  fitLearningCurve,
  type LearningPoint,
  rowsPerGroup,
  rowsToReach,
  valueAt,
} from './learning-curve.ts';
import { near } from './outcomes.fixture.ts';

const sizes = [50, 100, 200, 500, 1000, 2000];
const law = { limit: 0.03, scale: 0.4, power: 0.6 };

function points(noise: number, seed: number, from = law): LearningPoint[] {
  const random = rng(`points/${seed}`);
  return sizes.map((n) => ({
    n,
    values: Array.from({ length: 20 }, () => valueAt(from, n) + (noise * random.normal()) / Math.sqrt(n)),
  }));
}

test('a curve without noise gives its law, and the rows at which it reaches a target', () => {
  const found = fitLearningCurve(points(0, 0), { seed: 0 })!;
  near(found.fit.limit, law.limit, 1e-4);
  near(found.fit.power, law.power, 1e-3);
  near(found.fit.scale, law.scale, 2e-3);
  const [low, high] = rowsToReach(found, 0.02)!;
  near(low, (law.scale / 0.01) ** (1 / law.power), 5);
  near(high, low, 1);
  assert.equal(rowsToReach(found, 0.031), null, 'the limit stays below');
});

test('noise: the band covers the law at each size in about 95 % of curves, the target is reached by then in 80 %', () => {
  const truth = (law.scale / 0.02) ** (1 / law.power);
  let [covered, late] = [0, 0];
  for (let seed = 0; seed < 60; seed++) {
    const found = fitLearningCurve(points(0.3, seed), { seed, draws: 100 })!;
    covered += found.band.filter(
      ({ n, low, high }) => low <= valueAt(law, n) && valueAt(law, n) <= high,
    ).length;
    const range = rowsToReach(found, 0.01);
    if (range === null || range[1] >= truth) late++;
  }
  assert.ok(covered / (60 * sizes.length) > 0.88, `${covered / (60 * sizes.length)}`);
  assert.ok(late / 60 > 0.6, `${late / 60}`);
});

test('the power stays within its limits; a falling curve reaches nothing that it has not', () => {
  const steep = fitLearningCurve(points(0, 0, { limit: 0.5, scale: 50, power: 2.5 }), { seed: 0, draws: 5 })!;
  near(steep.fit.power, 1.5, 1e-3);
  const falling = fitLearningCurve(points(0, 0, { limit: -0.02, scale: -0.2, power: 0.5 }), { seed: 0 })!;
  assert.ok(falling.fit.scale < 0);
  assert.equal(rowsToReach(falling, 0.005), null);
  assert.deepEqual(rowsToReach(falling, -0.03), [1, 1]);
});

test('what lies far beyond the sizes seen is no forecast; fewer than three sizes fit nothing', () => {
  const slow = fitLearningCurve(points(0, 0, { limit: 0.03, scale: 0.2, power: 0.2 }), {
    seed: 0,
    draws: 20,
  })!;
  assert.equal(rowsToReach(slow, 0.029), null);
  assert.equal(fitLearningCurve(points(0, 0).slice(0, 2), { seed: 0 }), null);
  assert.equal(fitLearningCurve([], { seed: 0 }), null);
});

test('one repeat a size gives a fit and no width; the same seed gives the same refits', () => {
  const single = points(0.3, 1).map(({ n, values }) => ({ n, values: values.slice(0, 1) }));
  const found = fitLearningCurve(single, { seed: 2, draws: 10 })!;
  assert.ok(found.band.every(({ low, high }) => low === high));
  assert.deepEqual(
    fitLearningCurve(points(0.3, 1), { seed: 2, draws: 10 }),
    fitLearningCurve(points(0.3, 1), { seed: 2, draws: 10 }),
  );
});

test('rows per group: 80 at the usual discordance, and who has fewer', () => {
  assert.deepEqual(rowsPerGroup(0.2, { law: 79, code: 80, art: 12 }), {
    minimum: 80,
    short: { law: 79, art: 12 },
  });
});
