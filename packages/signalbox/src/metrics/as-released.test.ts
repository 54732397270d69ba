import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../math/matrix.ts';
import { asReleased, isReleased, multiLabelBound, type Released, releasedDifference } from './as-released.ts';

const released: Released = {
  confidence: fromRows([
    [0.9, 0.2, 0.1, 0.3],
    [0.5, 0.4, 0.3, 0.1],
    [0.2, 0.7, 0.1, 0.6],
  ]),
  capable: fromRows([
    [0, 1, 0, 0],
    [1, 1, 0, 0],
    [0, 1, 0, 1],
  ]),
  quality: fromRows([
    [1, 1, 0, 0],
    [1, 0, 1, 1],
    [0, 0, 0, 1],
  ]),
  accuracy: Float64Array.of(0.9, 0.2, 0.5, 0.4),
};

test('argmax counts only what the classifier labels and the truth confirms', () => {
  assert.deepEqual([...asReleased('argmax', released)], [0, 1, 0]);
});

test('random draws among the three most confident where none exceeds .60, behind the same gate', () => {
  assert.deepEqual([...asReleased('random-capable', released)], [0, 1 / 3, 0]);
});

test('prediction is argmax without the gate', () => {
  assert.deepEqual([...asReleased('prediction', released)], [1, 1, 0]);
});

test('sorted prediction reads the index in another order', () => {
  // Ascending accuracy: 1, 3, 2, 0. The first LLM is read as LLM 1, the second as LLM 3.
  assert.deepEqual([...asReleased('sorted-prediction', released)], [1, 0, 1]);
});

test('the bound is 0 where no capable LLM is right', () => {
  assert.deepEqual([...multiLabelBound(released)], [1, 1, 1]);
  assert.deepEqual(
    [
      ...multiLabelBound({
        ...released,
        capable: fromRows([
          [0, 0, 0, 0],
          [0, 1, 0, 0],
          [0, 0, 1, 0],
        ]),
      }),
    ],
    [0, 0, 0],
  );
});

test('each released policy, and no other, has one sentence of its own', () => {
  const names = ['argmax', 'random-capable', 'prediction', 'sorted-prediction'];
  assert.deepEqual(Object.keys(releasedDifference), names);
  assert.ok(names.every(isReleased) && !isReleased('threshold'));
  const sentences = Object.values(releasedDifference);
  assert.equal(new Set(sentences).size, names.length);
  for (const sentence of sentences) assert.match(sentence, /^The released code [^\n]*[a-z]\.$/);
});

test('masked models of confidence -1 are drawn only where fewer than three others are left, and count for nothing', () => {
  const values = asReleased('random-capable', {
    confidence: fromRows([[0.5, -1, -1, 0.4]]),
    capable: fromRows([[1, 0, 0, 1]]),
    quality: fromRows([[1, 1, 1, 1]]),
    accuracy: Float64Array.of(0.1, 0.2, 0.3, 0.4),
  });
  assert.ok(Math.abs(values[0]! - 2 / 3) < 1e-12);
});
