import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { weightedF1 } from '../math/f1.ts';
import { column } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { quietContext, world } from './contract.ts';
import { multiLabel } from './multi-label.ts';
import { separate } from './separate.ts';
import { bestThreshold, calibrate, withClassWeights } from './shared/labels.ts';
import type { LinearLabels } from './shared/linear-labels.ts';

test('balanced, each class counts half of all observed rows', () => {
  const { y, weights } = withClassWeights(Float64Array.of(1, 0, 0, 0, Number.NaN), 'balanced');
  assert.deepEqual([...weights!], [2, 2 / 3, 2 / 3, 2 / 3, 0]);
  assert.deepEqual([...y], [1, 0, 0, 0, Number.NaN]);
});

test('a fractional outcome is a positive by its fraction and a negative by the rest', () => {
  const given = Float64Array.of(0.25, 1, 0, 0);
  const { y, weights } = withClassWeights(given, 'balanced');
  const positive = y.reduce((sum, value, i) => sum + value * weights![i]!, 0);
  const all = weights!.reduce((sum, weight) => sum + weight, 0);
  assert.ok(Math.abs(positive - 2) < 1e-12);
  assert.ok(Math.abs(all - 4) < 1e-12);
});

test('one class alone is not weighted', () => {
  assert.equal(withClassWeights(Float64Array.of(1, 1), 'balanced').weights, undefined);
  assert.equal(withClassWeights(Float64Array.of(Number.NaN), 'balanced').weights, undefined);
});

test('the threshold has the greatest weighted F1 of all', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(rows, (cells) => {
      const p = Float64Array.from(cells, ([value]) => value / 9);
      const y = Float64Array.from(cells, ([, positive]) => Number(positive));
      const f1 = (threshold: number): number => {
        const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
        p.forEach((value, i) => {
          counts[value >= threshold ? (y[i] === 1 ? 'tp' : 'fp') : y[i] === 1 ? 'fn' : 'tn']++;
        });
        return weightedF1(counts);
      };
      const found = bestThreshold(p, y);
      if (new Set(y).size === 1) assert.equal(found, 0.5);
      else for (const threshold of p) assert.ok(f1(found) >= f1(threshold) - 1e-12);
    }),
  );
});

test('weights move no outcome across one half', () => {
  // Rarely right, so that balanced weights lift .4 above what plain rows call one half.
  const { y, half } = withClassWeights(Float64Array.of(0.4, 0.1, 0, 0, 0.6, 0), 'balanced');
  assert.ok(y[0]! > 0.5);
  assert.deepEqual(
    [...y].map((value) => value > half!),
    [false, false, false, false, true, false],
  );
});

test('held-out scores that run the wrong way are left as they are', () => {
  const found = calibrate([2, 1, -1, -2], { y: Float64Array.of(0, 0, 1, 1) });
  assert.deepEqual([found.slope, found.offset], [1, 0]);
});

/** Rows of which a share is right, told by the first feature. */
function skewed(rows: number, share: number): ReturnType<typeof world> {
  const train = world({ rows, models: 2 });
  const random = rng('skewed');
  for (let i = 0; i < rows; i++) {
    const right = random.next() < share;
    train.features.data[i * train.features.cols] = random.normal() + (right ? 1.5 : 0);
    train.table.quality.data[i * 2] = Number(right);
    train.table.quality.data[i * 2 + 1] = Number(!right);
  }
  return train;
}

const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;

for (const head of ['linear', 'mlp'] as const) {
  test(`multi-label, ${head}: balanced weights lift the rarely right model to the level of the other`, async () => {
    const train = skewed(400, 0.1);
    const context = quietContext(0);
    const predicted = async (weights: 'plain' | 'balanced'): Promise<Float64Array> => {
      const params = multiLabel.params.parse({ head, weights });
      const state = await multiLabel.fit(train, params, context);
      return column((await multiLabel.predict(train, state, params, context)).quality, 0);
    };
    const [plain, balanced] = [mean(await predicted('plain')), mean(await predicted('balanced'))];
    const share = mean(column(train.table.quality, 0));
    assert.ok(Math.abs(plain - share) < 0.05, `plain ${plain}, ${share} are right`);
    assert.ok(balanced > plain + 0.1, `balanced ${balanced}`);
  });

  test(`multi-label, ${head}: who is capable is known where the feature tells`, async () => {
    const train = skewed(400, 0.5);
    const context = quietContext(0);
    const params = multiLabel.params.parse({ head });
    const state = await multiLabel.fit(train, params, context);
    const { capable } = await multiLabel.predict(train, state, params, context);
    const right = [...train.table.quality.data].filter((y, cell) => y === capable!.data[cell]).length;
    assert.ok(right > 0.7 * capable!.data.length, `${right} of ${capable!.data.length}`);
  });
}

test('separate: a fraction above one half is right, and no other', async () => {
  const train = skewed(200, 0.5);
  const data = train.table.quality.data.map((y) => (y === 1 ? 0.6 : 0.5));
  const soft = { ...train, table: { ...train.table, quality: { ...train.table.quality, data } } };
  const params = separate.params.parse({});
  assert.deepEqual(
    await separate.fit(soft, params, quietContext(0)),
    await separate.fit(train, params, quietContext(0)),
  );
});

test('separate: each model keeps a penalty of its own; multi-label: all keep the same', async () => {
  const train = skewed(200, 0.5);
  // The first model is told by the features, the second by nothing.
  for (let i = 0; i < 200; i++) train.table.quality.data[i * 2 + 1] = Number(Math.sin(i * 78.233) > 0);
  const of = async (router: typeof separate | typeof multiLabel, penalties: number[]) => {
    const params = router.params.parse({ penalties });
    const state = (await router.fit(train, params as never, quietContext(0))) as LinearLabels;
    return [0, 1].map((m) => Math.hypot(...column(state.coefficients, m)));
  };
  const [weak, strong] = [await of(separate, [0.1]), await of(separate, [1000])];
  const own = await of(separate, [0.1, 1000]);
  assert.ok(Math.abs(own[0]! - weak[0]!) < 1e-3, `${own[0]}`);
  assert.ok(Math.abs(own[1]! - strong[1]!) < 1e-3, `${own[1]}`);
  const [light, heavy] = [await of(multiLabel, [0.1]), await of(multiLabel, [1000])];
  const shared = await of(multiLabel, [0.1, 1000]);
  const near = (a: number[], b: number[]): boolean => a.every((x, m) => Math.abs(x - b[m]!) < 1e-3);
  assert.ok(near(shared, light) !== near(shared, heavy), `${shared}`);
});
