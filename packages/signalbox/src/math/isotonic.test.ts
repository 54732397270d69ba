import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fitIsotonic, isotonicAt } from './isotonic.ts';

test('pools of adjacent violators: a worked example', () => {
  const curve = fitIsotonic([1, 2, 3, 4, 5], [1, 3, 2, 4, 3.5])!;
  assert.deepEqual([...curve.x], [1, 2.5, 4.5]);
  assert.deepEqual([...curve.y], [1, 2.5, 3.75]);
  assert.deepEqual(
    [0, 1, 1.75, 2.5, 4.5, 9].map((x) => isotonicAt(curve, x)),
    [1, 1, 1.75, 2.5, 3.75, 3.75],
  );
});

test('it agrees with the formula of max and min, whatever the data', () => {
  const points: fc.Arbitrary<number[]> = fc.array(fc.constantFrom(0, 0.25, 0.5, 1), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(points, (y) => {
      const curve = fitIsotonic(
        y.map((_, i) => i),
        y,
      )!;
      // At row i the least-squares value is the max over starts of the min over ends of the mean between them.
      const mean = (from: number, to: number): number =>
        y.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
      const places = [...y.keys()];
      const fitted = places.map((i) => {
        const least = (from: number): number =>
          Math.min(...places.slice(i).map((later) => mean(from, later + 1)));
        return Math.max(...places.slice(0, i + 1).map(least));
      });
      const heights = [...new Set(fitted.map((value) => value.toFixed(9)))];
      assert.deepEqual(
        [...curve.y].map((value) => value.toFixed(9)),
        heights,
      );
    }),
  );
});

test('equal scores share a value, gaps are left out, and nothing gives nothing', () => {
  const curve = fitIsotonic([1, 1, 2, Number.NaN], [0, 1, Number.NaN, 1])!;
  assert.deepEqual([...curve.y], [0.5]);
  assert.equal(isotonicAt(curve, -3), 0.5);
  assert.equal(fitIsotonic([1], [Number.NaN]), undefined);
});
