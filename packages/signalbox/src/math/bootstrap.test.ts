import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusteredStandardError, multiplicities, percentileInterval, twoSidedP } from './bootstrap.ts';
import { rng } from './rng.ts';

test('rows of a cluster are drawn together, and each stratum keeps its number of clusters', () => {
  const cell = fc.record({
    cluster: fc.integer({ min: -3, max: 8 }),
    stratum: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 30 }), fc.integer(), (rows, seed) => {
      const clusters = Int32Array.from(rows, (r) => r.cluster);
      const strata = Int32Array.from(rows, (r) => r.stratum);
      const first = new Map<number, number>();
      rows.forEach(({ cluster }, i) => {
        if (!first.has(cluster)) first.set(cluster, i);
      });
      for (const counts of multiplicities({ clusters, strata, draws: 5, rng: rng(seed) })) {
        rows.forEach(({ cluster }, i) => {
          assert.equal(counts[i], counts[first.get(cluster)!]);
        });
        for (const stratum of [0, 1, 2]) {
          const own = [...first.values()].filter((i) => strata[i] === stratum);
          assert.equal(
            own.reduce((sum, i) => sum + counts[i]!, 0),
            own.length,
          );
        }
      }
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('every resample of three rows comes as often as it should', () => {
  const seen = new Map<string, number>();
  const rows = Int32Array.of(0, 1, 2);
  for (const counts of multiplicities({
    clusters: rows,
    strata: new Int32Array(3),
    draws: 27_000,
    rng: rng(2),
  })) {
    seen.set(counts.join(), (seen.get(counts.join()) ?? 0) + 1);
  }
  assert.equal(seen.size, 10);
  for (const [key, times] of seen) {
    const ways = key.includes('3') ? 1 : key.includes('2') ? 3 : 6;
    assert.ok(Math.abs(times - ways * 1000) < 5 * Math.sqrt(ways * 1000), `${key}: ${times}`);
  }
});

test('the buffer is one object; no rows give empty draws', () => {
  const input = { clusters: Int32Array.of(0, 1), strata: Int32Array.of(0, 0), draws: 3, rng: rng(3) };
  assert.equal(new Set(multiplicities(input)).size, 1);
  const none = { clusters: new Int32Array(0), strata: new Int32Array(0), draws: 2, rng: rng(3) };
  assert.deepEqual(
    [...multiplicities(none)].map((draw) => draw.length),
    [0, 0],
  );
});

test('95 % intervals of a mean cover it about that often', () => {
  const random = rng(4);
  const n = 60;
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  let covered = 0;
  for (let trial = 0; trial < 300; trial++) {
    const values = Float64Array.from({ length: n }, () => random.normal());
    const draws: number[] = [];
    for (const counts of multiplicities({
      clusters: rows,
      strata: new Int32Array(n),
      draws: 300,
      rng: random,
    })) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += counts[i]! * values[i]!;
      draws.push(sum / n);
    }
    const { low, high } = percentileInterval(Float64Array.from(draws));
    if (low <= 0 && 0 <= high) covered++;
  }
  assert.ok(covered >= 270 && covered <= 295, `${covered} of 300`);
});

test('percentile interval and p of known draws', () => {
  const draws = Float64Array.from({ length: 101 }, (_, i) => i - 10);
  assert.deepEqual(percentileInterval(draws, 0.5), { low: 15, high: 65 });
  assert.equal(twoSidedP(draws), 22 / 101);
  assert.equal(twoSidedP(Float64Array.of(1, 2, 3)), 1 / 4);
  assert.equal(twoSidedP(Float64Array.of(0, 0)), 1);
  assert.equal(twoSidedP(new Float64Array(0)), 1);
  assert.ok(Number.isNaN(percentileInterval(new Float64Array(0)).low));
});

test('standard error of a mean: rows alone, rows doubled, too few clusters', () => {
  const values = [1, 2, 4, 9];
  const plain = Math.sqrt(38 / 3 / 4);
  const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-12, `${a}, expected ${b}`);
  near(clusteredStandardError(values, [0, 1, 2, 3]), plain);
  // Every row twice in one cluster says no more than once.
  near(clusteredStandardError([...values, ...values], [0, 1, 2, 3, 0, 1, 2, 3]), plain);
  near(clusteredStandardError([...values, Number.NaN], [0, 1, 2, 3, 4]), plain);
  assert.ok(Number.isNaN(clusteredStandardError(values, [1, 1, 1, 1])));
});
