import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstBytes, release } from './release.ts';

test('what is released is gone from under every view of it', () => {
  const array = Float32Array.of(1, 2, 3, 4);
  const view = array.subarray(1);
  release(array);
  assert.deepEqual([array.length, view.length], [0, 0]);
});

test('the first bytes stay as they were, and the array has none', () => {
  const array = Int32Array.of(7, -1, 9);
  assert.deepEqual(new Int32Array(firstBytes(array, 8)), Int32Array.of(7, -1));
  assert.equal(array.length, 0);
  assert.equal(firstBytes(new Float32Array(3), 0).byteLength, 0);
});
