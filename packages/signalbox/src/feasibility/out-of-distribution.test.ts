import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Matrix, matrix32, row } from '../math/matrix.ts';
import { type Rng, rng } from '../math/rng.ts';
import { fitGuard, guardP } from './out-of-distribution.ts';
import { near } from './outcomes.fixture.ts';

const topics = Array.from({ length: 6 }, (_, t) =>
  Float64Array.from({ length: 24 }, (_, c) => (c % 6 === t ? 1 : 0)),
);

/** Queries of some of the topics, with noise of their own. */
function draw(rows: number, of: readonly number[], random: Rng): Matrix {
  const out = matrix32(rows, 24);
  for (let i = 0; i < rows; i++) {
    const topic = topics[of[random.int(of.length)]!]!;
    for (let c = 0; c < 24; c++) out.data[24 * i + c] = topic[c]! + 0.5 * random.normal();
  }
  return out;
}

const foldsOf = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => i % 5);
const share = (p: Float64Array): number => p.filter((value) => value < 0.05).length / p.length;

test('alike queries are flagged at about the level, of another topic nearly always', () => {
  const random = rng('guard');
  const known = [0, 1, 2, 3, 4];
  const state = fitGuard({ features: draw(3000, known, random), folds: foldsOf(3000), seed: 0 })!;
  const alike = guardP(state, draw(2000, known, random));
  near(share(alike), 0.05, 0.025);
  near(alike.reduce((a, b) => a + b) / 2000, 0.5, 0.05);
  assert.ok(share(guardP(state, draw(500, [5], random))) > 0.9);
});

test('over many fits the level is kept on average', () => {
  const random = rng('many');
  let flagged = 0;
  for (let run = 0; run < 40; run++) {
    const state = fitGuard({ features: draw(400, [0, 1], random), folds: foldsOf(400), seed: run })!;
    flagged += share(guardP(state, draw(200, [0, 1], random))) / 40;
  }
  assert.ok(flagged <= 0.06, `${flagged}`);
  assert.ok(flagged >= 0.02);
});

test('a query alone and among others is judged alike; the same seed gives the same guard', () => {
  const random = rng('alone');
  const features = draw(300, [0, 1], random);
  const state = fitGuard({ features, folds: foldsOf(300), seed: 2 })!;
  assert.deepEqual(fitGuard({ features, folds: foldsOf(300), seed: 2 }), state);
  const some = draw(7, [0, 5], random);
  const together = guardP(state, some);
  for (let i = 0; i < 7; i++)
    assert.equal(guardP(state, { rows: 1, cols: 24, data: row(some, i) })[0], together[i]);
});

test('a row without any feature is far from all; length does not matter', () => {
  const random = rng('empty');
  const state = fitGuard({ features: draw(400, [0], random), folds: foldsOf(400), seed: 0 })!;
  const one = draw(1, [0], random);
  const long = { ...one, data: one.data.map((x) => 50 * x) };
  near(guardP(state, long)[0], guardP(state, one)[0]!, 0.02);
  near(guardP(state, matrix32(1, 24))[0], 1 / 81, 1e-12);
});

test('many rows are sampled, wide ones more; too few give no guard', () => {
  const random = rng('large');
  const many = fitGuard({ features: draw(8000, [0, 1], random), folds: foldsOf(8000), seed: 0 })!;
  assert.deepEqual([many.reference.rows, many.calibration.length], [4000, 1000]);
  const wide = matrix32(2000, 4000);
  for (let i = 0; i < 2000; i++) wide.data[4000 * i + (i % 97)] = 1;
  assert.equal(fitGuard({ features: wide, folds: foldsOf(2000), seed: 0 })!.reference.rows, 500);
  assert.equal(fitGuard({ features: draw(100, [0], random), folds: foldsOf(100), seed: 0 }), null);
  assert.equal(fitGuard({ features: matrix32(500, 0), folds: foldsOf(500), seed: 0 }), null);
  assert.throws(() => guardP(many, matrix32(1, 5)), /5 features, the guard was fitted on 24/);
});
