import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, fromRows, matrix, row } from '../math/matrix.ts';
import { argmax } from '../math/order.ts';
import { rng } from '../math/rng.ts';
import { quietContext, world } from './contract.ts';
import { partsOf, type SoftHead, softGradients, softLogits } from './soft-label/head.ts';
import { answerLikeness, gradedScores, softCrossEntropy, softLabels } from './soft-label/labels.ts';
import { softLabel as router } from './soft-label.ts';

const random = rng('soft-label');
const normal = (rows: number, cols: number): ReturnType<typeof matrix> => {
  const out = matrix(rows, cols);
  for (let c = 0; c < out.data.length; c++) out.data[c] = random.normal();
  return out;
};

const heads: Record<string, SoftHead> = {
  linear: { hidden: null, weights: normal(5, 4), bias: normal(1, 4).data },
  'hidden layer': {
    hidden: { weights: normal(5, 3), bias: normal(1, 3).data },
    weights: normal(3, 4),
    bias: normal(1, 4).data,
  },
};

for (const [name, head] of Object.entries(heads)) {
  test(`soft-label: gradients of the ${name} head are those of finite differences`, () => {
    const x = normal(6, 5);
    const scores = normal(6, 4);
    scores.data[5] = Number.NaN;
    scores.data.fill(Number.NaN, 8, 12);
    const labels = softLabels(scores, 2);
    const found = softGradients(head, x, labels);
    partsOf(head).forEach((data, part) => {
      assert.equal(found.parts[part]!.length, data.length);
      data.forEach((value, c) => {
        const [up, down] = [1e-5, -1e-5].map((step) => {
          data[c] = value + step;
          return softGradients(head, x, labels).loss;
        });
        data[c] = value;
        const slope = (up! - down!) / 2e-5;
        assert.ok(
          Math.abs(slope - found.parts[part]![c]!) < 1e-7 * (1 + Math.abs(slope)),
          `part ${part}, ${c}: ${slope}, not ${found.parts[part]![c]}`,
        );
      });
    });
  });
}

test('soft-label: a label is the softmax of sharpened scores over the models that were run', () => {
  const labels = softLabels(fromRows([[0.9, 0.6, Number.NaN]]), 10);
  assert.ok(Math.abs(at(labels, 0, 0) / at(labels, 0, 1) - Math.exp(3)) < 1e-9);
  assert.ok(Math.abs(at(labels, 0, 0) + at(labels, 0, 1) - 1) < 1e-12);
  assert.ok(Number.isNaN(at(labels, 0, 2)));
  // Divided by ten they differ by 3 %.
  const level = softLabels(fromRows([[0.9, 0.6]]), 0.1);
  assert.ok(Math.abs(at(level, 0, 0) / at(level, 0, 1) - Math.exp(0.03)) < 1e-9);
});

test('soft-label: cross-entropy leaves out who was not run, and is least at the label', () => {
  const labels = fromRows([[0.75, 0.25, Number.NaN]]);
  const at75 = softCrossEntropy(fromRows([[Math.log(3), 0, 50]]), labels);
  assert.ok(Math.abs(at75.loss + 0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)) < 1e-12);
  assert.ok(at75.slopes.data.every((slope) => Math.abs(slope) < 1e-12));
});

test('soft-label: scores are half correctness and half the words shared with the reference, where both are recorded', () => {
  const { table } = world({ rows: 2, models: 3 });
  const answers = ['The red car', 'a blue car', undefined];
  const recorded = {
    ...table,
    quality: fromRows([
      [1, 0, 1],
      [0, 1, 1],
    ]),
    examples: table.examples.map(({ reference: _, ...query }, i) =>
      i === 0 ? { ...query, reference: 'the red car!' } : query,
    ),
    completion: (_: number, m: number) => ({
      status: 'ok' as const,
      ...(answers[m] !== undefined && { answer: answers[m] }),
    }),
  };
  const likeness = answerLikeness(recorded);
  assert.deepEqual([...row(likeness!, 0)], [1, 1 / 3, Number.NaN]);
  assert.ok(row(likeness!, 1).every(Number.isNaN), 'no reference, no likeness');
  assert.deepEqual([...gradedScores(recorded, likeness, 0.5).data], [1, 1 / 6, 1, 0, 1, 1]);
  assert.equal(answerLikeness(table), undefined);
});

test('soft-label: every head learns which of two models wins where; its probabilities order models alike', async () => {
  const train = world({ rows: 600, models: 2 });
  const context = quietContext(0);
  for (const head of ['linear', 'mlp', 'knn'] as const) {
    const params = router.params.parse({ head });
    const state = await router.fit(train, params, context);
    const { quality } = await router.predict(train, state, params, context);
    const raw = await router.predict(train, state, { ...params, output: 'probability' }, context);
    let hits = 0;
    for (let i = 0; i < 600; i++) {
      const choice = argmax(row(quality, i));
      if (choice === i % 2) hits++;
      assert.equal(argmax(row(raw.quality, i)), choice);
      assert.ok(Math.abs(at(raw.quality, i, 0) + at(raw.quality, i, 1) - 1) < 1e-12);
    }
    assert.ok(hits > 560, `${head}: ${hits} of 600`);
  }
});

test('soft-label: how sharp labels are is chosen by held-out rows', async () => {
  const train = world({ rows: 500, models: 3 });
  // So level that a step of the optimiser drowns what the labels say.
  const params = router.params.parse({ sharpness: [1e-5, 10] });
  const state = await router.fit(train, params, quietContext(0));
  assert.equal(state.sharpness, 10);
  assert.match(router.explain!(train, state, params, [])[0]!, /times 10/);
});

test('soft-label: the head that is kept saw all rows, the held-out ones too', async () => {
  const train = world({ rows: 300, models: 2 });
  const params = router.params.parse({ sharpness: [3] });
  const fit = async (quality: typeof train.table.quality): Promise<SoftHead> =>
    (await router.fit({ ...train, table: { ...train.table, quality } }, params, quietContext(0)))
      .head as SoftHead;
  const head = await fit(train.table.quality);
  const logits = softLogits(head, train.features);
  assert.deepEqual([logits.rows, logits.cols], [300, 2]);
  const turned = { ...train.table.quality, data: train.table.quality.data.slice() };
  const held = train.folds.indexOf(0);
  turned.data.set([1 - turned.data[held * 2]!, turned.data[held * 2]!], held * 2);
  assert.notDeepEqual((await fit(turned)).weights.data, head.weights.data);
});
