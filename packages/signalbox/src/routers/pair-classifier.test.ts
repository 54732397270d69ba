import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { at, fromRows, type Matrix, matrix } from '../math/matrix.ts';
import { quietContext, world } from './contract.ts';
import { pairClassifier as router } from './pair-classifier.ts';
import { meanDistance, pairLabels } from './pair-labels.ts';

const close = (a: number, b: number, within = 1e-9): void =>
  assert.ok(Math.abs(a - b) < within, `${a}, not ${b}`);
const pair = { small: 0, large: 1 };

function table(quality: Matrix, more: Partial<Dataset> = {}): Dataset {
  const { table } = world({ rows: quality.rows, models: 2 });
  return { ...table, quality, k: matrix(quality.rows, 2, 1), ...more };
}

test('pair-classifier: the deterministic label asks whether the small model is no worse', () => {
  const { y, t } = pairLabels(
    table(
      fromRows([
        [1, 1],
        [0, 1],
        [0.3, 0.2],
        [Number.NaN, 1],
      ]),
    ),
    pair,
    'deterministic',
  );
  assert.deepEqual([...y], [1, 0, 1, Number.NaN]);
  assert.equal(t, 0);
});

test('pair-classifier: the probabilistic label holds recorded samples against each other', () => {
  const samples = [fromRows([[0.2, 0.1]]), fromRows([[0.8, 0.5]]), fromRows([[Number.NaN, 0.9]])];
  const { y } = pairLabels(table(fromRows([[0.5, 0.5]]), { samples }), pair, 'probabilistic');
  // 0.2 is at least 0.1; 0.8 is at least 0.1 and 0.5: three of six.
  close(y[0]!, 0.5);
});

test('pair-classifier: without samples, means of right and wrong say the same in closed form', () => {
  const { y } = pairLabels(
    table(
      fromRows([
        [0.6, 0.7],
        [1, 1],
        [0, 1],
      ]),
      { k: matrix(3, 2, 10) },
    ),
    pair,
    'probabilistic',
  );
  close(y[0]!, 1 - 0.4 * 0.7);
  assert.deepEqual([y[1], y[2]], [1, 0]);
  const graded = pairLabels(
    table(fromRows([[0.6, 0.7]]), { scoreKind: 'graded', k: matrix(1, 2, 10) }),
    pair,
    'probabilistic',
  );
  assert.equal(graded.y[0], 0);
});

test('pair-classifier: t spreads the transformed labels farthest apart', () => {
  // The large model always wins: by 0.1 on half of the rows, by 0.4 on the others.
  const quality = fromRows(Array.from({ length: 20 }, (_, i) => [i % 2 === 0 ? 0.5 : 0.2, 0.6]));
  const at0 = pairLabels(table(quality, { scoreKind: 'graded' }), pair, 'probabilistic');
  close(meanDistance(at0.y), 0);
  const { y, t } = pairLabels(table(quality, { scoreKind: 'graded' }), pair, 'transformed');
  assert.ok(t >= 0.1 - 1e-9 && t < 0.4, `${t}`);
  close(meanDistance(y), 0.5);
});

test('pair-classifier: mean distance of all pairs', () => {
  const y = Float64Array.of(0.1, 0.9, 0.4, Number.NaN);
  close(meanDistance(y), (2 * (0.8 + 0.3 + 0.5)) / 9);
});

test('pair-classifier: says where the small model does, in gaps that are about right', async () => {
  const train = world({ rows: 600, models: 2 });
  const named = { ...train, table: { ...train.table, weak: 'model-1', strong: 'model-0' } };
  for (const label of ['deterministic', 'probabilistic', 'transformed'] as const) {
    const params = router.params.parse({ label });
    const state = await router.fit(named, params, quietContext(0));
    const { quality } = await router.predict(named, state, params, quietContext(0));
    const gain = (group: number): number => {
      let sum = 0;
      for (let i = group; i < 600; i += 2) sum += at(quality, i, 1) - at(quality, i, 0);
      return sum / 300;
    };
    assert.ok(
      Math.abs(gain(0) + 0.5) < 0.15 && Math.abs(gain(1) - 0.5) < 0.15,
      `${label} ${gain(0)} ${gain(1)}`,
    );
  }
});
