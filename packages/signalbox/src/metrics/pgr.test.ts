import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { performanceGap } from './pgr.ts';

const ones = (n: number): Uint16Array => new Uint16Array(n).fill(1);

/** PGR over all n + 1 shares by its definition, ties at their expected value. */
function byDefinition(
  gain: readonly number[],
  difference: readonly number[],
): { apgr: number; cpt: (x: number) => number } {
  const n = gain.length;
  const total = difference.reduce((sum, d) => sum + d, 0);
  const order = [...gain.keys()].sort((a, b) => gain[b]! - gain[a]!);
  const expected = order.map((i) => {
    const block = order.filter((j) => gain[j] === gain[i]);
    return block.reduce((sum, j) => sum + difference[j]!, 0) / block.length;
  });
  const pgr = [0];
  for (const won of expected) pgr.push(pgr.at(-1)! + won / total);
  let area = 0;
  for (let j = 1; j <= n; j++) area += (pgr[j]! + pgr[j - 1]!) / 2 / n;
  return { apgr: area, cpt: (x) => pgr.findIndex((value) => value >= x - 1e-12) / n };
}

test('APGR and CPT follow their definition', () => {
  const row = fc.record({
    gain: fc.integer({ min: -2, max: 2 }),
    weak: fc.integer({ min: 0, max: 1 }),
    strong: fc.integer({ min: 0, max: 1 }),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), (rows) => {
      const difference = rows.map(({ weak, strong }) => strong - weak);
      fc.pre(difference.reduce((sum, d) => sum + d, 0) > 0);
      const statistic = performanceGap({
        gain: Float64Array.from(rows, ({ gain }) => gain),
        weak: Float64Array.from(rows, ({ weak }) => weak),
        strong: Float64Array.from(rows, ({ strong }) => strong),
      });
      const [apgr, cpt50, cpt80] = statistic(ones(rows.length), 0);
      const truth = byDefinition(
        rows.map(({ gain }) => gain),
        difference,
      );
      assert.ok(Math.abs(apgr! - truth.apgr) < 1e-9);
      assert.ok(Math.abs(cpt50! - truth.cpt(0.5)) < 1e-9, `CPT(50) ${cpt50} for ${truth.cpt(0.5)}`);
      assert.ok(Math.abs(cpt80! - truth.cpt(0.8)) < 1e-9, `CPT(80) ${cpt80} for ${truth.cpt(0.8)}`);
    }),
  );
});

test('a constant order is worth a half; a row drawn twice counts twice', () => {
  const weak = Float64Array.of(0, 0, 1);
  const strong = Float64Array.of(1, 1, 1);
  const constant = performanceGap({ gain: new Float64Array(3), weak, strong });
  assert.equal(constant(ones(3), 0)[0], 0.5);
  const ordered = performanceGap({ gain: Float64Array.of(3, 2, 1), weak, strong });
  const doubled = performanceGap({
    gain: Float64Array.of(3, 3, 2, 1),
    weak: Float64Array.of(0, 0, 0, 1),
    strong: Float64Array.of(1, 1, 1, 1),
  });
  assert.deepEqual(ordered(Uint16Array.of(2, 1, 1), 0), doubled(ones(4), 0));
});

test('without a gap between the two models nothing is defined', () => {
  const same = Float64Array.of(1, 0);
  assert.ok(performanceGap({ gain: same, weak: same, strong: same })(ones(2), 0).every(Number.isNaN));
});
