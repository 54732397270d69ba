import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix, selectRows } from './matrix.ts';
import { assignments, squaredLengths } from './nearest-centre.ts';
import { gaussian } from './reference.fixture.ts';
import { rng } from './rng.ts';

test('rows of 32 bits get the labels of the same rows in 64, near ties and all', () => {
  for (const [rows, cols] of [
    [300, 7],
    [130, 700],
    [3, 1],
  ] as const) {
    const random = rng(`centres ${rows}`);
    const wide = gaussian(rows, cols, random);
    const singles = { ...wide, data: Float32Array.from(wide.data) };
    const doubles = { ...singles, data: Float64Array.from(singles.data) };
    // Equal centres, centres that 32 bits cannot tell apart, and one far away.
    const some = selectRows(doubles, [0, 1, 0, 2, 1]);
    const nearly = { ...some, data: some.data.map((cell) => cell * (1 + 1e-9)) };
    const far = matrix(1, cols, 1e3);
    const sets = [gaussian(90, cols, random), some, nearly, far, matrix(0, cols)];
    const squares = squaredLengths(doubles);
    const [found, expected] = [singles, doubles].map((x) => assignments(x, sets, squares));
    for (const [s, { labels, distance }] of found!.entries()) {
      assert.deepEqual(labels, expected![s]!.labels);
      assert.deepEqual(distance, expected![s]!.distance);
      assert.equal(distance !== undefined, new Set(labels).size < sets[s]!.rows);
      if (sets[s]!.rows === 0) continue;
      for (let i = 0; i < rows; i++) {
        const to = (c: number): number =>
          doubles.data
            .subarray(i * cols, (i + 1) * cols)
            .reduce((sum, cell, t) => sum + (cell - sets[s]!.data[c * cols + t]!) ** 2, 0);
        const own = to(labels[i]!);
        if (distance) assert.ok(Math.abs(distance[i]! - own) <= 1e-9 * (1 + own));
        for (let c = 0; c < sets[s]!.rows; c++) assert.ok(own <= to(c) * (1 + 1e-8) + 1e-9);
      }
    }
  }
});
