import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignalboxError } from '../../core/errors.ts';
import { textOf } from '../../core/query.ts';
import { at, row } from '../../math/matrix.ts';
import { kept } from '../tables.fixture.ts';
import { makeWorld, type World, worlds } from './synthetic.ts';

test('quality-lifts: the table of groups beats the best model, and a router that sees the feature beats the table', () => {
  const { truth } = makeWorld(worlds['quality-lifts'], 0);
  assert.ok(truth.taskTable.quality > truth.bestSingle.quality + 0.05);
  assert.ok(truth.bestRouter.quality > truth.taskTable.quality + 0.05);
  assert.ok(truth.oracle > truth.bestRouter.quality + 0.05);
});

test('only-cost: nothing beats the large model, and half of its cost buys the same quality', () => {
  const { truth, table } = makeWorld(worlds['only-cost'], 0);
  assert.equal(truth.bestSingle.model, 'large');
  close(truth.bestRouter.quality, truth.bestSingle.quality, 1e-12);
  close(truth.taskTable.quality, truth.bestSingle.quality, 1e-12);
  assert.ok(truth.equalQuality.cost < 0.6 * truth.bestSingle.cost);
  close(truth.equalQuality.quality, truth.bestSingle.quality, 1e-9);
  assert.deepEqual([table.weak, table.strong], ['small', 'large']);
});

test('pure-noise: nothing is better than anything, and the oracle stands far above', () => {
  const { truth } = makeWorld(worlds['pure-noise'], 0);
  close(truth.taskTable.quality, truth.bestSingle.quality, 1e-12);
  close(truth.bestRouter.quality, truth.bestSingle.quality, 1e-12);
  assert.ok(truth.oracle > truth.bestSingle.quality + 0.2);
});

const rich = { rows: 400, groups: 3, ability: 1, groupSpecialism: 1, featureSpecialism: 1, flips: 0.05 };

test('the oracle is the mean over all outcomes that can be drawn', () => {
  const world = makeWorld({ ...rich, rows: 30, repeats: 2 }, 1);
  let total = 0;
  for (let i = 0; i < 30; i++) total += mostOf([...row(world.probability, i)], 2);
  close(world.truth.oracle, total / 30, 1e-12);
});

test('the cost at equal quality is what duality says', () => {
  const { probability, table, truth } = makeWorld(rich, 2);
  // Minimum cost at a quality = maximum over prices of quality of the relaxed problem, which falls apart by rows.
  const relaxed = (price: number): number => {
    let sum = 0;
    for (let i = 0; i < 400; i++) {
      sum += Math.min(...table.models.map((_, j) => at(table.cost!, i, j) - price * at(probability, i, j)));
    }
    return sum / 400 + price * truth.bestSingle.quality;
  };
  let [low, high] = [0, 1];
  for (let step = 0; step < 100; step++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (relaxed(a) < relaxed(b)) low = a;
    else high = b;
  }
  close(truth.equalQuality.cost, relaxed(low), 1e-9);
  assert.ok(truth.equalQuality.cost < truth.bestSingle.cost);
});

test('best single, table and best router are means of probabilities, chosen on the training part', () => {
  const world = makeWorld({ ...rich, testShare: 0.5, shift: 0.8 }, 3);
  const { examples, models } = world.table;
  const rows = (split: string): number[] => [...examples.keys()].filter((i) => examples[i]!.split === split);
  const mean = (some: number[], j: number): number =>
    some.reduce((sum, i) => sum + at(world.probability, i, j), 0) / some.length;
  const bestOf = (some: number[]): number => {
    const means = models.map((_, j) => mean(some, j));
    return means.indexOf(Math.max(...means));
  };
  const [train, test] = [rows('train'), rows('test')];
  assert.deepEqual([train.length, test.length], [200, 200]);
  const best = bestOf(train);
  assert.equal(world.truth.bestSingle.model, models[best]!.id);
  close(world.truth.bestSingle.quality, mean(test, best), 1e-12);
  for (const [group, model] of Object.entries(world.truth.taskTable.choices)) {
    assert.equal(model, models[bestOf(train.filter((i) => examples[i]!.group === group))]!.id);
  }
  const most = test.map((i) => Math.max(...row(world.probability, i)));
  close(world.truth.bestRouter.quality, most.reduce((a, b) => a + b) / most.length, 1e-12);
});

test('outcomes follow their probabilities', () => {
  const { table, probability } = makeWorld({ ...rich, rows: 3000, repeats: 4 }, 4);
  assert.equal(table.samples?.length, 4);
  assert.ok(table.k.data.every((k) => k === 4));
  for (let j = 0; j < table.models.length; j++) {
    let [difference, variance] = [0, 0];
    for (let i = 0; i < 3000; i++) {
      const p = at(probability, i, j);
      difference += at(table.quality, i, j) - p;
      variance += (p * (1 - p)) / 4;
    }
    assert.ok(Math.abs(difference) < 4 * Math.sqrt(variance), `${difference} with ${Math.sqrt(variance)}`);
  }
});

test('the text shows the group, the feature and the difficulty', () => {
  const { table, probability } = makeWorld(
    { ...rich, ability: 0, flips: 0, groupSpecialism: 0, featureSpecialism: 2 },
    5,
  );
  const shown = table.examples.map(textOf);
  const marked = shown.map((text) => /[`{]/.test(text));
  marked.forEach((code, i) => {
    assert.equal(at(probability, i, 1) > at(probability, i, 0), code);
  });
  const arithmetic = table.examples.map(({ group }) => group === 'arithmetic');
  for (const [i, text] of shown.entries()) {
    assert.equal(/discount|\bratio\b|are needed for/.test(text), arithmetic[i]);
  }
  const length = (cost: number): number =>
    mean(shown.filter((_, i) => at(table.cost!, i, 0) === cost).map((text) => text.length));
  const costs = [...new Set(shown.map((_, i) => at(table.cost!, i, 0)))].sort((a, b) => a - b);
  const lengths = costs.map(length);
  assert.deepEqual(
    lengths,
    lengths.toSorted((a, b) => a - b),
  );
});

test('a shift reverses the mix of groups, and without text there are no messages', () => {
  const { table } = makeWorld({ rows: 2000, groups: 4, testShare: 0.5, shift: 1, textless: true }, 6);
  const share = (split: string): number =>
    mean(table.examples.filter((e) => e.split === split).map(({ group }) => Number(group === 'law')));
  close(share('train'), 0.4, 0.05);
  close(share('test'), 0.1, 0.05);
  assert.ok(table.examples.every(({ messages }) => messages.length === 0));
});

test('the same seed makes the same world, another seed another', () => {
  const one = (seed: number): World => makeWorld({ ...rich, repeats: 2 }, seed);
  assert.deepEqual(kept(one(0).table), kept(one(0).table));
  assert.deepEqual(one(0).truth, one(0).truth);
  assert.notDeepEqual(kept(one(0).table), kept(one(1).table));
});

test('judgements turned at random leave nothing to know', () => {
  assert.ok(makeWorld({ ...rich, flips: 0.5 }, 7).probability.data.every((p) => Math.abs(p - 0.5) < 1e-12));
});

test('parameters that make no world are refused', () => {
  for (const params of [
    { prices: [1] },
    { groups: 99 },
    { rows: 0 },
    { shift: 1 },
    { flips: 0.7 },
    { repeats: 0.5 },
    { testShare: 1 },
  ]) {
    assert.throws(
      () => makeWorld(params, 0),
      (error) => error instanceof SignalboxError && /needs/.test(error.message),
    );
  }
});

/** Expected maximum of means of `repeats` draws, by going through all outcomes. */
function mostOf(p: readonly number[], repeats: number, most = 0): number {
  const [first, ...rest] = p;
  if (first === undefined) return most / repeats;
  let sum = 0;
  for (let successes = 0; successes <= repeats; successes++) {
    const ways = successes === 0 || successes === repeats ? 1 : repeats;
    const chance = ways * first ** successes * (1 - first) ** (repeats - successes);
    sum += chance * mostOf(rest, repeats, Math.max(most, successes));
  }
  return sum;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function close(value: number, expected: number, within: number): void {
  assert.ok(Math.abs(value - expected) <= within, `${value} is not ${expected} +- ${within}`);
}
