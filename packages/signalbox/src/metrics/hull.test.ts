import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { costToReach, heightAt, hull, meanHeight } from './hull.ts';

const points = [
  { cost: 1, quality: 0.5 },
  { cost: 2, quality: 0.7 },
  { cost: 3, quality: 0.72 },
  { cost: 2.5, quality: 0.6 },
  { cost: 4, quality: 0.65 },
];

test('hull: concave and non-decreasing from the cheapest to the best', () => {
  assert.deepEqual(
    hull(points).map(({ cost }) => cost),
    [1, 2, 3],
  );
});

test('hull: of points of one cost only the best stays', () => {
  assert.deepEqual(
    hull([
      { cost: 1, quality: 0.2 },
      { cost: 1, quality: 0.4 },
    ]),
    [{ cost: 1, quality: 0.4 }],
  );
});

test('hull: no point lies above it', () => {
  const point = fc.record({
    cost: fc.double({ min: 0, max: 10, noNaN: true }),
    quality: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 20 }), (list) => {
      const corners = hull(list);
      return list.every(({ cost, quality }) => heightAt(corners, cost) >= quality - 1e-9);
    }),
  );
});

test('height: linear between corners, flat right of the last', () => {
  const corners = hull(points);
  assert.ok(Math.abs(heightAt(corners, 1.5) - 0.6) < 1e-12);
  assert.equal(heightAt(corners, 9), 0.72);
  assert.equal(heightAt(corners, 0), 0.5);
});

test('mean height: trapezoids over the range', () => {
  const corners = hull(points);
  const area = (0.5 + 0.7) / 2 + (0.7 + 0.72) / 2 + 0.72;
  assert.ok(Math.abs(meanHeight(corners, 1, 4) - area / 3) < 1e-12);
  assert.equal(meanHeight(corners, 2, 2), 0.7);
});

test('cost to reach: on the hull, and NaN above it', () => {
  const corners = hull(points);
  assert.ok(Math.abs(costToReach(corners, 0.6) - 1.5) < 1e-12);
  assert.equal(costToReach(corners, 0.4), 1);
  assert.ok(Number.isNaN(costToReach(corners, 0.8)));
});
