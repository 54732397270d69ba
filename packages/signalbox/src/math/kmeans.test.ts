import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assign, kmeans, lloyd } from './kmeans.ts';
import { fromRows, matrix } from './matrix.ts';
import { close, fixture, gaussian, table } from './reference.fixture.ts';
import { rng } from './rng.ts';

const given = fixture<{ x: number[][]; start: number[][]; labels: number[]; inertia: number; best: number }>(
  'kmeans',
);

test('from the same start it ends where scikit-learn ends', () => {
  const found = lloyd(table(given.x), table(given.start));
  assert.deepEqual([...found.labels], given.labels);
  close([found.inertia], [given.inertia], 1e-9);
});

test('restarts find the best of fifty of scikit-learn', () => {
  const found = kmeans(table(given.x), { k: 4, rng: rng(0) });
  close([found.inertia], [given.best], 1e-9);
  assert.deepEqual(assign(table(given.x), found.centres), found.labels);
});

test('the same seed gives the same clusters', () => {
  const x = gaussian(100, 5, rng(1));
  assert.deepEqual(kmeans(x, { k: 7, rng: rng(2) }), kmeans(x, { k: 7, rng: rng(2) }));
});

test('more clusters than distinct rows: one for each', () => {
  const found = kmeans(fromRows([[1], [1], [5], [5], [5]]), { k: 4, rng: rng(3) });
  assert.deepEqual([...found.centres.data].sort(), [1, 5]);
  assert.equal(found.inertia, 0);
});

test('a cluster that empties is seeded at the farthest row', () => {
  const x = fromRows([[0], [1], [10], [11], [50]]);
  // The third centre is nearest to no row.
  const found = lloyd(x, fromRows([[0], [10], [1000]]));
  assert.deepEqual(
    [...found.centres.data].sort((a, b) => a - b),
    [0.5, 10.5, 50],
  );
});

test('one row; no rows', () => {
  const one = kmeans(fromRows([[2, 3]]), { k: 3, rng: rng(4) });
  assert.deepEqual([...one.centres.data], [2, 3]);
  const none = kmeans(matrix(0, 2), { k: 3, rng: rng(4) });
  assert.deepEqual([none.centres.rows, none.labels.length, none.inertia], [0, 0, 0]);
});

test('it stops when it is aborted', () => {
  const options = { k: 2, rng: rng(5), signal: AbortSignal.abort() };
  assert.throws(() => kmeans(gaussian(10, 2, rng(6)), options), /abort/i);
});
