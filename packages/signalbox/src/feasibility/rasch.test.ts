import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needs } from '../datasets/tables.fixture.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { designOf, drawOutcomes, near, realTable } from './outcomes.fixture.ts';
import { type RaschNull, raschNull } from './rasch.ts';

const sigma = (x: number): number => 1 / (1 + Math.exp(-x));
const oneGroup = (rows: number) => designOf(new Array<string>(rows).fill('all'));
const nullOf = (quality: Matrix, byGroup = false): RaschNull =>
  raschNull({ quality, design: oneGroup(quality.rows), primary: 'quality', byGroup });
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Ability and difficulty alone, with the true oracle. */
function raschWorld(rows: number, abilities: readonly number[], spread: number, seed: string) {
  const random = rng(seed);
  const difficulty = Float64Array.from({ length: rows }, () => spread * random.normal());
  const chance = (i: number, m: number): number => sigma(abilities[m]! - difficulty[i]!);
  const { quality } = drawOutcomes(chance, { rows, models: abilities.length, k: 1, seed: `${seed}/y` });
  let none = 0;
  for (const b of difficulty)
    none += abilities.reduce((product, a) => product * (1 - sigma(a - b)), 1) / rows;
  return { quality, oracle: 1 - none };
}

test('in a world of ability and difficulty the null has the true oracle, and no excess', () => {
  let [inside, noExcess] = [0, 0];
  const worlds = 30;
  for (let w = 0; w < worlds; w++) {
    const { quality, oracle } = raschWorld(1500, [-1, -0.5, 0, 0.5, 1], 1.5, `rasch/${w}`);
    const got = nullOf(quality);
    near(got.oracle.value, oracle, 0.02);
    inside += oracle >= got.oracle.low && oracle <= got.oracle.high ? 1 : 0;
    noExcess += got.excess.low <= 0 && got.excess.high >= 0 ? 1 : 0;
  }
  assert.ok(inside >= 26 && noExcess >= 26, `${inside} and ${noExcess} of ${worlds}`);
});

test('models that are good at different queries stand above the null, models that fail together below it', () => {
  const specialised = (i: number, m: number): number => (i % 4 === m ? 0.9 : 0.3);
  const above = nullOf(drawOutcomes(specialised, { rows: 2000, models: 4, k: 1, seed: 'own' }).quality);
  assert.ok(above.excess.low > 0.03, `${above.excess.low}`);

  const together = (i: number): number => (i % 3 === 0 ? 0 : 0.5);
  const below = nullOf(drawOutcomes(together, { rows: 3000, models: 4, k: 1, seed: 'same' }).quality);
  assert.ok(below.excess.high < 0, `${below.excess.high}`);
});

test('abilities by group explain what groups alone divide', () => {
  const rows = 2400;
  const groups = Array.from({ length: rows }, (_, i) => `group-${i % 3}`);
  const chance = (i: number, m: number): number => (i % 3 === m ? 0.95 : 0.15);
  const { quality } = drawOutcomes(chance, { rows, models: 3, k: 1, seed: 'by-group' });
  const of = (byGroup: boolean): RaschNull =>
    raschNull({ quality, design: designOf(groups), primary: 'macro', byGroup });
  assert.ok(of(false).excess.low > 0.03);
  const { excess, groups: each } = of(true);
  assert.ok(Math.abs(excess.value) < 0.01, `${excess.value}`);
  for (const name of ['group-0', 'group-1', 'group-2']) near(each[name]?.value, 1 - 0.05 * 0.85 ** 2, 0.03);
});

test('the null solves as many rows as the models do, spread over its histogram', () => {
  const { quality } = raschWorld(800, [-1, 0, 1, 2], 2, 'histogram');
  const { solvedBy, oracle } = nullOf(quality);
  near(
    mean([...quality.data]) * 4,
    solvedBy.reduce((sum, share, t) => sum + t * share, 0),
    0.01,
  );
  near(1 - solvedBy[0]!, oracle.value, 1e-6);
});

test('a model that is always right, one that is never, and a single row are no trouble', () => {
  const quality = matrix(50, 3);
  for (let i = 0; i < 50; i++) {
    quality.data[i * 3] = 1;
    quality.data[i * 3 + 2] = i % 2;
  }
  near(nullOf(quality).oracle.value, 1, 0.01);
  const one = nullOf(matrix(1, 2, 1));
  assert.ok(one.oracle.value > 0.9 && one.oracle.value <= 1);
});

describe('real pools, with difficulty cut off at 6 logits as in the table of measurements', () => {
  const measured = [
    { part: 'routellm/mmlu', oracle: 0.871, byGroup: 0.866 },
    { part: 'routellm/gsm8k_responses.csv', oracle: 0.924 },
    { part: 'routerbench/mbpp_train.csv', oracle: 0.895 },
    { part: 'routerbench/arc_challenge_train.csv', oracle: 0.992 },
    { part: 'routerbench/winograde_train.csv', oracle: 0.9996 },
    { part: 'llmrouter', oracle: 0.846 },
    { part: 'routerdc', split: 'test', atHalf: true, oracle: 0.836, byGroup: 0.838 },
  ] as const;
  for (const { part, oracle, ...more } of measured) {
    test(part, needs(part), async () => {
      const { table, design } = await realTable(part, 'split' in more ? more.split : undefined);
      // There half of the samples right counted as right.
      const quality = 'atHalf' in more ? atLeastHalf(table.quality) : table.quality;
      const of = (byGroup: boolean): number =>
        raschNull({ quality, design, primary: 'quality', byGroup, widest: 6 }).oracle.value;
      near(of(false), oracle, 0.006);
      if ('byGroup' in more) near(of(true), more.byGroup, 0.006);
    });
  }

  test('two models: without the cut the null is the observed oracle', needs('routellm/mmlu'), async () => {
    const { table } = await realTable('routellm/mmlu');
    near(nullOf(table.quality).excess.value, 0, 0.001);
  });
});

function atLeastHalf(quality: Matrix): Matrix {
  return { ...quality, data: Float64Array.from(quality.data, (y) => (y >= 0.5 ? 1 : 0)) };
}
