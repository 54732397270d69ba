import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEPTH } from './kernel.ts';
import { fewKernel } from './kernel-few.ts';
import { matrix } from './matrix.ts';
import { addProduct } from './product.ts';
import { rng } from './rng.ts';

const kernel = fewKernel();

test('products with a few vectors, and back, have the bits of packed products', {
  skip: kernel === undefined && 'WebAssembly or its vectors are missing here',
}, () => {
  const { rows, vectors, c, sums, products, spread } = kernel!;
  for (const [count, width, few] of [
    [1, 1, 1],
    [5, 3, 4],
    [DEPTH, 600, 7],
    [DEPTH - 2, DEPTH, 8],
    [70, 2 * DEPTH + 5, 13],
  ] as const) {
    const random = rng(`few ${count}`);
    const [wide, padded] = [Math.ceil(few / 4), 4 * Math.ceil(width / 4)];
    const x = Float32Array.from({ length: count * width }, () => random.normal());
    const v = Float64Array.from({ length: few * width }, () => random.normal());
    rows.fill(Number.NaN);
    rows.set(x);
    rows.fill(0, x.length, 4 * Math.ceil(count / 4) * width);
    vectors.fill(0);
    for (let i = 0; i < few; i++)
      for (let t = 0; t < width; t++) vectors[(i - (i % 4)) * width + 4 * t + (i % 4)] = v[i * width + t]!;
    products(Math.ceil(count / 4), wide, width);
    const scores = matrix(count, few);
    const across = (data: Float32Array | Float64Array, rows: number) => ({
      data,
      stride: width,
      rows,
      transposed: false,
    });
    addProduct(across(x, count), across(v, few), { data: scores.data, depth: width });
    for (let i = 0; i < count; i++)
      assert.deepEqual(
        c.subarray(i * 4 * wide, i * 4 * wide + few),
        scores.data.subarray(i * few, (i + 1) * few),
      );
    sums.fill(1, 0, 4 * wide * padded);
    spread(count, wide, width);
    const back = matrix(few, width, 1);
    addProduct(
      { data: scores.data, stride: few, rows: few, transposed: true },
      { data: x, stride: width, rows: width, transposed: true },
      { data: back.data, depth: count },
    );
    for (let i = 0; i < few; i++)
      assert.deepEqual(
        sums.subarray(i * padded, i * padded + width),
        back.data.subarray(i * width, (i + 1) * width),
      );
  }
});
