import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normaliseRows } from './linear.ts';
import { type Matrix, selectRows } from './matrix.ts';
import { nearest } from './nearest.ts';
import { gaussian } from './reference.fixture.ts';
import { rng } from './rng.ts';

/** By sorting everything. */
function byHand(queries: Matrix, base: Matrix, k: number, skip: (q: number, b: number) => boolean): number[] {
  const out: number[] = [];
  for (let q = 0; q < queries.rows; q++) {
    const all: { b: number; s: number }[] = [];
    for (let b = 0; b < base.rows; b++) {
      if (skip(q, b)) continue;
      let sum = 0;
      for (let t = 0; t < base.cols; t++)
        sum += queries.data[q * base.cols + t]! * base.data[b * base.cols + t]!;
      all.push({ b, s: Math.fround(sum) });
    }
    all.sort((x, y) => y.s - x.s || x.b - y.b);
    for (let i = 0; i < k; i++) out.push(all[i]?.b ?? -1);
  }
  return out;
}

test('agrees with sorting everything, with and without folds, alone and in a batch', () => {
  const n = fc.constantFrom(0, 1, 3, 5, 66);
  fc.assert(
    fc.property(
      n,
      fc.constantFrom(0, 1, 6, 1030),
      fc.constantFrom(0, 1, 5),
      fc.boolean(),
      (rows, size, k, folded) => {
        const random = rng(`${rows} ${size} ${k}`);
        const queries = normaliseRows(gaussian(rows, 7, random));
        // Rows repeat, so there are ties.
        const some = normaliseRows(gaussian(Math.ceil(size / 2), 7, random));
        const base = selectRows(
          some,
          Int32Array.from({ length: size }, (_, i) => i % Math.max(1, some.rows)),
        );
        const queryFolds = Int32Array.from({ length: rows }, (_, i) => i % 3);
        const baseFolds = Int32Array.from({ length: size }, (_, i) => i % 3);
        const found = nearest(folded ? { queries, base, k, queryFolds, baseFolds } : { queries, base, k });
        const skip = (q: number, b: number): boolean => folded && queryFolds[q] === baseFolds[b];
        assert.deepEqual([...found.indices], byHand(queries, base, k, skip));
        for (let q = 0; q < rows; q++) {
          const alone = nearest({
            queries: selectRows(queries, [q]),
            base,
            k,
            ...(folded ? { queryFolds: queryFolds.subarray(q, q + 1), baseFolds } : {}),
          });
          assert.deepEqual(alone.similarity, found.similarity.slice(q * k, (q + 1) * k));
        }
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

test('similarities of a row with itself and its opposite', () => {
  const x = normaliseRows(gaussian(1, 5, rng(1)));
  const base = { rows: 2, cols: 5, data: Float32Array.of(...x.data.map((v) => -v), ...x.data) };
  const found = nearest({ queries: x, base, k: 3 });
  assert.deepEqual([...found.indices], [1, 0, -1]);
  assert.ok(Math.abs(found.similarity[0]! - 1) < 1e-6 && Math.abs(found.similarity[1]! + 1) < 1e-6);
  assert.equal(found.similarity[2], 0);
});

test('it stops when it is aborted, and refuses rows of other widths', () => {
  const x = gaussian(8, 5, rng(2));
  assert.throws(() => nearest({ queries: x, base: x, k: 1, signal: AbortSignal.abort() }), /abort/i);
  assert.throws(() => nearest({ queries: x, base: gaussian(2, 4, rng(3)), k: 1 }), /5 cells, base rows 4/);
});
