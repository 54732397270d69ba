import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows, matrix, row } from '../math/matrix.ts';
import { argmax, mean } from '../math/order.ts';
import { quietContext, world } from './contract.ts';
import { growTree, leafProbabilities, lowerBound, suitability } from './shared/label-tree.ts';
import { taxonomy as router } from './taxonomy.ts';

const belief = { kappa: 10, trusted: 5, confidence: 0.8 };

test('label tree: every leaf lies below one group, and a text finds its own', () => {
  const train = world({ rows: 200, models: 2 });
  const { tree, labels, outOfFold } = growTree(train, { leaves: 6, smallest: 20 }, quietContext(0));
  assert.deepEqual(tree.groups, ['g0', 'g1']);
  assert.equal(tree.parent.length, 6);
  labels.forEach((leaf, i) => {
    assert.equal(tree.parent[leaf], i % 2);
  });
  const groupOf = (i: number, of = outOfFold): number => tree.parent[argmax(row(of, i))]!;
  const hits = [...labels.keys()].filter((i) => groupOf(i) === i % 2).length;
  assert.ok(hits > 195, `${hits} of 200`);
  const again = leafProbabilities(fromRows([[1, 0, 1, 0, 1, 0]]), tree);
  assert.ok(Math.abs(mean(row(again, 0)) * again.cols - 1) < 1e-12);
  assert.equal(groupOf(0, again), 0);
});

test('label tree: fewer rows, fewer leaves, never none', () => {
  const train = world({ rows: 40, models: 2 });
  assert.equal(growTree(train, { leaves: 40, smallest: 50 }, quietContext(0)).tree.parent.length, 2);
  assert.equal(growTree(train, { leaves: 1, smallest: 1 }, quietContext(0)).tree.parent.length, 2);
});

test('suitability: smoothed success, its lower bound, and the label above where there are few answers', () => {
  // Leaves 0 and 1 below group 0, leaf 2 below group 1; the second model never met leaf 1.
  const labels = Int32Array.from({ length: 50 }, (_, i) => (i < 20 ? 0 : i < 30 ? 1 : 2));
  const quality = matrix(50, 2, 1);
  for (let i = 0; i < 50; i++) if (i % 2 === 0) quality.data[i * 2] = 0;
  for (let i = 20; i < 30; i++) quality.data[i * 2 + 1] = Number.NaN;
  const { means, bounds } = suitability(quality, { labels, parent: Int32Array.of(0, 0, 1) }, belief);
  const close = (value: number, wanted: number): void =>
    assert.ok(Math.abs(value - wanted) < 1e-12, `${value} instead of ${wanted}`);
  close(means.data[0]!, 0.5);
  close(bounds.data[0]!, lowerBound(0.5, 20, belief));
  assert.ok(bounds.data[2]! < bounds.data[0]!, 'fewer answers, a lower bound');
  const [whole, group] = [41 / 42, (20 + 10 * (41 / 42)) / 30];
  close(means.data[3]!, group);
  close(bounds.data[3]!, lowerBound(group, 20, belief));
  close(means.data[5]!, (20 + 10 * ((20 + 10 * whole) / 30)) / 30);
  // The 80 % quantile of the normal; Beta(a, b) has variance mean (1 - mean) / (a + b + 1).
  close(lowerBound(0.5, 20, belief), 0.5 - 0.8416212335729142 * Math.sqrt(0.25 / 31));
});

test('taxonomy: its two parts by themselves, and a mix that is chosen by inner folds', async () => {
  const context = quietContext(0);
  const train = world({ rows: 400, models: 2 });
  const fit = (shares: number[]) => router.fit(train, router.params.parse({ shares }), context);
  const [table, learned, both] = [await fit([0]), await fit([1]), await fit([0, 0.5, 1])];
  assert.deepEqual([table.mix.clear, table.mix.unclear], [0, 0]);
  assert.deepEqual([learned.mix.clear, learned.mix.unclear], [1, 1]);
  assert.ok([0, 0.5, 1].includes(both.mix.clear) && [0, 0.5, 1].includes(both.mix.unclear));
  for (const state of [table, learned, both]) {
    const { quality } = await router.predict(train, state, router.params.parse({}), context);
    const gain = (group: number): number =>
      mean(
        Float64Array.from({ length: 200 }, (_, i) => {
          const own = row(quality, 2 * i + group);
          return own[0]! - own[1]!;
        }),
      );
    assert.ok(gain(0) > 0.3 && gain(1) < -0.3, `${gain(0)} ${gain(1)}`);
  }
});

test('taxonomy: what only the text tells is left to the learned head, what only the label tells to the table', async () => {
  const train = world({ rows: 600, models: 2, width: 40, groups: 1 });
  // Which model is right turns on the sign of one feature among forty, which no cluster shows.
  for (let i = 0; i < 600; i++) {
    const first = train.features.data[i * 40 + 5]! > 1;
    train.table.quality.data.set(first ? [1, 0] : [0, 1], i * 2);
  }
  const state = await router.fit(train, router.params.parse({ leaves: 1 }), quietContext(0));
  assert.ok(state.mix.clear >= 0.5, `${state.mix.clear}`);
});
