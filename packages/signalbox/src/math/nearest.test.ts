import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { singleScalarKernel, singleVectorKernel } from './kernel-single.ts';
import { normaliseRows } from './linear.ts';
import { type Matrix, selectRows } from './matrix.ts';
import { innerProducts, nearest } from './nearest.ts';
import { gaussian } from './reference.fixture.ts';
import { rng } from './rng.ts';

/** In 32-bit floats, in runs of 512. */
function inner(queries: Matrix, q: number, base: Matrix, b: number): number {
  let total = 0;
  for (let t = 0; t < base.cols; t += 512) {
    let sum = 0;
    for (let s = t; s < Math.min(base.cols, t + 512); s++) {
      const term = Math.fround(queries.data[q * base.cols + s]! * base.data[b * base.cols + s]!);
      sum = Math.fround(sum + term);
    }
    total = Math.fround(total + sum);
  }
  return total;
}

/** By sorting everything. */
function byHand(queries: Matrix, base: Matrix, k: number, skip: (q: number, b: number) => boolean): number[] {
  const out: number[] = [];
  for (let q = 0; q < queries.rows; q++) {
    const all: { b: number; s: number }[] = [];
    for (let b = 0; b < base.rows; b++) {
      if (skip(q, b)) continue;
      all.push({ b, s: inner(queries, q, base, b) });
    }
    all.sort((x, y) => y.s - x.s || x.b - y.b);
    for (let i = 0; i < k; i++) out.push(all[i]?.b ?? -1);
  }
  return out;
}

test('agrees with sorting everything, with and without folds, alone and in a batch', () => {
  const n = fc.constantFrom(0, 1, 3, 5, 66);
  const width = fc.constantFrom(1, 7, 8, 515);
  fc.assert(
    fc.property(
      n,
      fc.constantFrom(0, 1, 6, 130),
      fc.constantFrom(0, 1, 5),
      width,
      fc.boolean(),
      (rows, size, k, cols, folded) => {
        const random = rng(`${rows} ${size} ${k}`);
        const queries = normaliseRows(gaussian(rows, cols, random));
        // Rows repeat, so there are ties.
        const some = normaliseRows(gaussian(Math.ceil(size / 2), cols, random));
        const base = selectRows(
          some,
          Int32Array.from({ length: size }, (_, i) => i % Math.max(1, some.rows)),
        );
        const queryFolds = Int32Array.from({ length: rows }, (_, i) => i % 3);
        const baseFolds = Int32Array.from({ length: size }, (_, i) => i % 3);
        const asked = { queries, base, k, similarity: true };
        const found = nearest(folded ? { ...asked, queryFolds, baseFolds } : asked);
        const skip = (q: number, b: number): boolean => folded && queryFolds[q] === baseFolds[b];
        assert.deepEqual([...found.indices], byHand(queries, base, k, skip));
        for (let q = 0; q < rows; q++) {
          const alone = nearest({
            queries: selectRows(queries, [q]),
            base,
            k,
            similarity: true,
            ...(folded ? { queryFolds: queryFolds.subarray(q, q + 1), baseFolds } : {}),
          });
          assert.deepEqual(alone.similarity, found.similarity.slice(q * k, (q + 1) * k));
        }
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

test('a row wider than a scan takes goes by blocks', () => {
  const x = normaliseRows(gaussian(9, 5000, rng(4)));
  const found = nearest({ queries: selectRows(x, [3]), base: x, k: 2 });
  assert.deepEqual(
    [...found.indices],
    byHand(selectRows(x, [3]), x, 2, () => false),
  );
});

test('32-bit kernels of both kinds give the same bits', () => {
  const vector = singleVectorKernel();
  if (vector === undefined) return;
  const scalar = singleScalarKernel();
  const random = rng(5);
  for (const name of ['a', 'b', 'room'] as const) {
    for (let c = 0; c < Math.min(scalar[name].length, 4096); c++) scalar[name][c] = random.normal();
    vector[name].set(scalar[name]);
  }
  for (const run of [1, 3, 64, 77]) {
    for (const place of ['scratch', 'room'] as const) {
      for (const more of [0, 1] as const) {
        const before = scalar.c[0]!;
        for (const kernel of [scalar, vector]) {
          const [a, b] = place === 'room' ? [kernel.room.subarray(16), kernel.room] : [kernel.a, kernel.b];
          kernel.tiles(3, 2, run, more, a.byteOffset, b.byteOffset);
        }
        if (more === 1) assert.equal(scalar.c[0], Math.fround(2 * before));
        for (let i = 0; i < 12; i++) {
          assert.deepEqual(vector.c.slice(i * 64, i * 64 + 16), scalar.c.slice(i * 64, i * 64 + 16));
        }
      }
    }
  }
  for (const width of [1, 3, 4, 7, 512, 1029]) {
    for (const name of ['query', 'rows'] as const) {
      for (let c = 0; c < scalar[name].length; c++) scalar[name][c] = random.normal();
      vector[name].set(scalar[name]);
    }
    for (const kernel of [scalar, vector]) kernel.scan(5, width);
    assert.deepEqual(vector.c.slice(0, 20), scalar.c.slice(0, 20));
  }
});

test('similarities of a row with itself and its opposite', () => {
  const x = normaliseRows(gaussian(1, 5, rng(1)));
  const base = { rows: 2, cols: 5, data: Float32Array.of(...x.data.map((v) => -v), ...x.data) };
  const found = nearest({ queries: x, base, k: 3, similarity: true });
  assert.deepEqual([...found.indices], [1, 0, -1]);
  assert.ok(Math.abs(found.similarity[0]! - 1) < 1e-6 && Math.abs(found.similarity[1]! + 1) < 1e-6);
  assert.equal(found.similarity[2], 0);
});

test('it stops when it is aborted, and refuses rows of other widths', () => {
  const x = gaussian(8, 5, rng(2));
  assert.throws(() => nearest({ queries: x, base: x, k: 1, signal: AbortSignal.abort() }), /abort/i);
  assert.throws(() => nearest({ queries: x, base: gaussian(2, 4, rng(3)), k: 1 }), /5 cells, base rows 4/);
});

test('rows among themselves: a product serves both sides, and more are taken than there is room for', () => {
  for (const [rows, cols, k] of [
    [300, 20, 40],
    [200, 515, 7],
    [64, 3, 64],
  ] as const) {
    // Rows repeat, so there are ties; later ones are nearer to the first, so that the room runs over again and again.
    const some = normaliseRows(gaussian(Math.ceil(rows / 3), cols, rng(`among ${rows}`)));
    const base = selectRows(
      some,
      Int32Array.from({ length: rows }, (_, i) => (i * 7) % some.rows),
    );
    const folds = Int32Array.from({ length: rows }, (_, i) => i % 5);
    const found = nearest({ queries: base, base, k, queryFolds: folds, baseFolds: folds });
    assert.deepEqual(
      [...found.indices],
      byHand(base, base, k, (q, b) => folds[q] === folds[b]),
    );
    assert.deepEqual(nearest({ queries: { ...base }, base, k, queryFolds: folds, baseFolds: folds }), found);
  }
});

test('inner products of some rows with all, narrow, wide and without columns', () => {
  for (const [rows, cols] of [
    [1, 5],
    [3, 700],
    [2, 4200],
    [2, 0],
  ] as const) {
    const base = normaliseRows(gaussian(70, cols, rng(`products ${cols}`)));
    const queries = selectRows(
      base,
      Int32Array.from({ length: rows }, (_, i) => 7 * i),
    );
    const found = innerProducts(queries, base);
    assert.deepEqual([found.rows, found.cols], [rows, 70]);
    found.data.forEach((product, c) => {
      assert.ok(Math.abs(product - inner(queries, Math.floor(c / 70), base, c % 70)) < 1e-5);
    });
  }
});

test('cells that reach the bar of their row or of their column are found, and no others', () => {
  const kernels = [singleVectorKernel(), singleScalarKernel()].filter((one) => one !== undefined);
  for (const [high, down] of [
    [64, 1],
    [64, 0],
    [7, 1],
    [1, 0],
  ] as const) {
    const found = kernels.map(({ c, bars, hits, counts, sift }) => {
      const random = rng(`sift ${high}`);
      for (let i = 0; i < c.length; i++) c[i] = random.next() < 0.1 ? Number.NaN : random.normal();
      for (let i = 0; i < bars.length; i++)
        bars[i] = [1, -2, 3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][i % 5]!;
      c[5] = bars[0]!;
      sift(high, down);
      const [across, along] = counts;
      const reached = (bar: (cell: number) => number): number[] =>
        Array.from({ length: 64 * high }, (_, cell) => cell).filter((cell) => c[cell]! >= bars[bar(cell)]!);
      const sorted = (places: Int32Array): number[] => [...places].sort((a, b) => a - b);
      assert.deepEqual(
        sorted(hits.slice(0, across)),
        reached((cell) => Math.floor(cell / 64)),
      );
      const columns = hits.slice(across, across! + along!);
      assert.deepEqual(sorted(columns), down === 1 ? reached((cell) => 64 + (cell % 64)) : []);
      return hits.slice(0, across! + along!);
    });
    for (const one of found) assert.deepEqual(one, found[0]);
  }
});
