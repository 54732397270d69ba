import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, matrix } from '../../math/matrix.ts';
import { rng } from '../../math/rng.ts';
import { groupLevels, pairedMeans } from './empirical-bayes.ts';

const groups = { of: Int32Array.from({ length: 400 }, (_, i) => i % 4), count: 4 };

test('groups that scatter no more than noise does share one level', () => {
  // 1, 0, 1, 0, ... in each group: the means are equal to the last bit.
  const values = Float64Array.from({ length: 400 }, (_, i) => Math.floor(i / 4) % 2);
  assert.deepEqual(Array.from(groupLevels(values, groups)!.levels), [0.5, 0.5, 0.5, 0.5]);
});

test('the spread is that of Paule and Mandel: the level of a group by hand', () => {
  const random = rng('levels');
  const centres = [0.2, 0.4, 0.6, 0.8];
  const values = Float64Array.from({ length: 400 }, (_, i) => centres[i % 4]! + 0.3 * random.normal());
  const { levels, errors } = groupLevels(values, groups)!;
  const means = centres.map((_, g) => values.filter((_, i) => i % 4 === g).reduce((sum, x) => sum + x) / 100);
  const within = values.reduce((sum, x, i) => sum + (x - means[i % 4]!) ** 2, 0) / 396 / 100;
  const mu = means.reduce((sum, x) => sum + x) / 4;
  // Equal groups: the weighted squares reach 3 at the plain variance of the means less the noise.
  const spread = means.reduce((sum, x) => sum + (x - mu) ** 2, 0) / 3 - within;
  means.forEach((mean, g) => {
    assert.ok(Math.abs(levels[g]! - (mu + (spread / (spread + within)) * (mean - mu))) < 1e-9);
    assert.ok(Math.abs(errors[g]! - Math.sqrt(within)) < 1e-12);
  });
});

test('a group without rows has the common level, values never observed none', () => {
  const values = Float64Array.from({ length: 400 }, (_, i) => (i % 4 === 3 ? Number.NaN : (i % 4) / 4));
  const { levels } = groupLevels(values, groups)!;
  assert.ok(Math.abs(levels[3]! - 0.25) < 1e-6);
  assert.equal(groupLevels(new Float64Array(400).fill(Number.NaN), groups), undefined);
});

test('a near tie is drawn together in every group while a specialist keeps its own', () => {
  const random = rng('pairs');
  const quality = matrix(400, 3);
  for (let i = 0; i < 400; i++) {
    quality.data[i * 3] = random.next() < 0.7 ? 1 : 0;
    // The second differs from the first by chance alone; the third is right in group 3 and wrong elsewhere.
    quality.data[i * 3 + 1] = random.next() < 0.7 ? 1 : 0;
    quality.data[i * 3 + 2] = i % 4 === 3 ? 1 : 0;
  }
  const { means } = pairedMeans(quality, groups, { reference: 0 });
  const gaps = [0, 1, 2, 3].map((g) => at(means, g, 1) - at(means, g, 0));
  assert.ok(Math.max(...gaps) - Math.min(...gaps) < 1e-9);
  assert.ok(at(means, 3, 2) > 0.9 && at(means, 0, 2) < 0.1);
});

test('a model never seen beside the reference is known by itself, one never seen not at all', () => {
  const quality = matrix(400, 3, Number.NaN);
  for (let i = 0; i < 400; i++) quality.data[i * 3 + (i % 8 < 4 ? 0 : 1)] = i % 8 < 4 ? 0 : 1;
  const { means } = pairedMeans(quality, groups, { reference: 0 });
  assert.deepEqual([at(means, 0, 0), at(means, 0, 1), at(means, 0, 2)], [0, 1, Number.NaN]);
});
