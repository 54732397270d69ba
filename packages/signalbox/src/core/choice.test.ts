import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Matrix, matrix, row } from '../math/matrix.ts';
import { expectedOf, expectedUnder, shares } from './choice.ts';

const cells = [0, 0.25, 0.5, 0.5 + 1e-14, 1, -1, Number.NaN, Number.NEGATIVE_INFINITY];

const filled = (rows: number, cols: number, values: readonly number[]): Matrix => {
  const out = matrix(rows, cols);
  out.data.set(values);
  return out;
};

test('what is to be expected under utilities is what their shares give, ties, gaps and rows without a number included', () => {
  const sized = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 4 }));
  const asked = sized.chain(([rows, cols]) =>
    fc.record({
      utility: fc
        .array(fc.constantFrom(...cells), { minLength: rows * cols, maxLength: rows * cols })
        .map((values) => filled(rows, cols, values)),
      values: fc
        .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: rows * cols, maxLength: rows * cols })
        .map((values) => filled(rows, cols, values)),
    }),
  );
  fc.assert(
    fc.property(asked, ({ utility, values }) => {
      const share = shares(utility);
      for (let i = 0; i < share.rows; i++) {
        const sum = Array.from(row(share, i)).reduce((total, x) => total + x, 0);
        assert.ok(Math.abs(sum - 1) < 1e-12);
      }
      const plain = expectedOf(share, values);
      assert.deepEqual(expectedUnder(utility, [values, share]), [plain, expectedOf(share, share)]);
    }),
  );
});

test('near ties are divided evenly, a model without a number gets nothing', () => {
  const utility = filled(2, 3, [0.5, 0.5 + 1e-14, 0.2, Number.NaN, 0.1, Number.NEGATIVE_INFINITY]);
  assert.deepEqual([...shares(utility).data], [0.5, 0.5, 0, 0, 1, 0]);
});
