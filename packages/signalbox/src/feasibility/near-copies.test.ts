import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Dataset } from '../core/dataset.ts';
import { userMessage } from '../core/query.ts';
import { needs } from '../datasets/tables.fixture.ts';
import { trustWorld, trustWorlds } from '../datasets/trust/index.ts';
import { matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { nearCopies } from './near-copies.ts';
import { drawOutcomes, near, realTable } from './outcomes.fixture.ts';

const ownCluster = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => i);
const of = (table: Dataset) =>
  nearCopies({ outcomes: table, clusters: ownCluster(table.quality.rows), table });

/** Five models, the fourth a copy of the fifth. */
const copied = (repeats: number, copyAgreement: number, seed: number): Dataset =>
  trustWorld({ ...trustWorlds['none-near-copies'], nearCopies: 1, repeats, copyAgreement }).draw(seed).table;

test('one sample: a copy that mostly repeats its original is named, and nothing else', () => {
  for (let seed = 0; seed < 5; seed++) {
    const { pairs, flags } = of(copied(1, 0.9, seed));
    assert.deepEqual(
      pairs.map(({ models }) => models),
      [[3, 4]],
    );
    assert.equal(pairs[0]!.flipRate, null);
    assert.ok(pairs[0]!.disagreement < 0.1 && pairs[0]!.expected > 0.25);
    assert.deepEqual(
      [flags.length, flags[0]!.code, flags[0]!.models],
      [1, 'near-copies', ['model-04', 'model-05']],
    );
    assert.match(flags[0]!.message, /model-04 and model-05 differ in outcome on \d\.\d % of 800 queries/);
  }
});

test('with repeats a copy that flips its own coins is named too', () => {
  for (let seed = 0; seed < 3; seed++) {
    const { pairs } = of(copied(10, 0, seed));
    assert.deepEqual(
      pairs.map(({ models }) => models),
      [[3, 4]],
    );
    near(pairs[0]!.disagreement, pairs[0]!.flipRate!, 0.015);
  }
});

test('means of k samples tell as much as the samples', () => {
  const { samples: _, ...means } = copied(10, 0, 0);
  assert.deepEqual(of(means).pairs, of(copied(10, 0, 0)).pairs);
});

test('several copies of one model are one flag', () => {
  const { table } = trustWorld({ ...trustWorlds['none-near-copies'], repeats: 4 }).draw(1);
  const { flags } = of(table);
  assert.deepEqual(
    flags.map(({ models }) => models),
    [['model-02', 'model-03', 'model-04', 'model-05']],
  );
});

test('models of one ability that differ from query to query are no copies, and coins are none', () => {
  for (const repeats of [1, 2, 5]) {
    for (let seed = 0; seed < 6; seed++) {
      const world = { ...trustWorlds['none-7'], ability: 0, repeats };
      assert.deepEqual(of(trustWorld(world).draw(seed).table).pairs, []);
    }
  }
  const flat = trustWorld({ ...trustWorlds['cost-switch'], repeats: 5 }).draw(0).table;
  assert.deepEqual(of(flat).pairs, []);
});

test('models that give one answer for all agree without being copies', () => {
  const rows = 400;
  const random = rng('letters');
  const key = Array.from({ length: rows }, () => (random.next() < 0.5 ? 'A' : 'B'));
  const nearlyAll = (letter: string, other: string): string => (random.next() < 0.95 ? letter : other);
  const answers = key.map((right) => [
    nearlyAll('B', 'A'),
    nearlyAll('(B)', 'A'),
    nearlyAll(right, 'A'),
    nearlyAll('A', 'B'),
  ]);
  const quality = matrix(rows, 4);
  answers.forEach((row, i) => {
    row.forEach((answer, m) => {
      quality.data[i * 4 + m] = answer.includes(key[i]!) ? 1 : 0;
    });
  });
  const table = {
    models: ['a', 'b', 'c', 'd'].map((id) => ({ id, price: 'unknown' as const })),
    examples: key.map((_, i) => ({ id: `${i}`, messages: userMessage('?') })),
  };
  const outcomes = { quality, k: matrix(rows, 4, 1) };
  const blind = nearCopies({ outcomes, clusters: ownCluster(rows), table });
  assert.deepEqual(
    blind.pairs.map(({ models }) => models),
    [[0, 1]],
  );
  const completion = (i: number, m: number) => ({ answer: answers[i]![m]!, status: 'ok' as const });
  const seen = nearCopies({ outcomes, clusters: ownCluster(rows), table: { ...table, completion } });
  assert.deepEqual(seen.pairs, []);
});

test('too few rows: nothing is said', () => {
  const outcomes = drawOutcomes(() => 0.5, { rows: 40, models: 2, k: 1, seed: 'few' });
  const table = { models: [], examples: [] };
  assert.deepEqual(nearCopies({ outcomes, clusters: ownCluster(40), table }), { pairs: [], flags: [] });
});

describe('real pools hold no copies', () => {
  for (const part of [
    'routerbench/mbpp_train.csv',
    'routerbench/arc_challenge_train.csv',
    'routerbench/winograde_train.csv',
    'routerdc',
    'llmrouter',
    'mmlupro/half.csv',
  ]) {
    test(part, needs(part), async () => {
      const { table } = await realTable(part, part === 'routerdc' ? 'test' : undefined);
      assert.deepEqual(of(table).pairs, []);
    });
  }
});
