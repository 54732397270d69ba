import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEPTH, type Kernel, SIDE } from './kernel.ts';
import { scalarKernel } from './kernel-scalar.ts';
import { vectorKernel } from './kernel-vector.ts';
import { rng } from './rng.ts';

const kernels = { scalar: scalarKernel(), vector: vectorKernel() };

function fill(into: Float64Array | Float32Array, seed: string): void {
  const random = rng(seed);
  for (let i = 0; i < into.length; i++) into[i] = random.normal();
}

for (const [name, kernel] of Object.entries(kernels)) {
  const skip = kernel === undefined && 'WebAssembly or its vectors are missing here';

  test(`${name} kernel: tiles in the order of depth`, { skip }, () => {
    const { a, b, c, tiles } = kernel as Kernel;
    for (const [high, wide, run] of [
      [1, 1, 1],
      [3, 2, 5],
      [16, 16, DEPTH],
    ] as const) {
      fill(a, 'a');
      fill(b, 'b');
      tiles(high, wide, run);
      for (let i = 0; i < 4 * high; i++) {
        for (let j = 0; j < 4 * wide; j++) {
          let sum = 0;
          for (let t = 0; t < run; t++) {
            sum += a[(i - (i % 4)) * run + 4 * t + (i % 4)]! * b[(j - (j % 4)) * run + 4 * t + (j % 4)]!;
          }
          assert.equal(c[i * SIDE + j], sum);
        }
      }
    }
  });

  test(`${name} kernel: a scan in runs of depth`, { skip }, () => {
    const { query, rows, c, scan } = kernel as Kernel;
    for (const [groups, width] of [
      [1, 1],
      [2, 3],
      [3, 4],
      [2, 7],
      [2, DEPTH],
      [3, 2 * DEPTH + 6],
    ] as const) {
      fill(query, 'query');
      fill(rows, 'rows');
      scan(groups, width);
      for (let r = 0; r < 4 * groups; r++) {
        let total = 0;
        for (let t = 0; t < width; t += DEPTH) {
          let sum = 0;
          for (let s = t; s < Math.min(width, t + DEPTH); s++) sum += query[s]! * rows[r * width + s]!;
          total += sum;
        }
        assert.equal(c[r], total);
      }
    }
  });

  test(`${name} kernel: rows spread by their factors`, { skip }, () => {
    const { rows, c, gradient, spread } = kernel as Kernel;
    for (const [groups, width] of [
      [1, 1],
      [2, 3],
      [3, 4],
      [2, 9],
      [2, DEPTH + 2],
    ] as const) {
      fill(c, 'factors');
      fill(rows, 'rows');
      fill(gradient, 'gradient');
      const expected = gradient.slice(0, width);
      for (let r = 0; r < 4 * groups; r++) {
        for (let t = 0; t < width; t++) expected[t]! += c[r]! * rows[r * width + t]!;
      }
      spread(groups, width);
      assert.deepEqual(gradient.slice(0, width), expected);
    }
  });
}
