import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needs } from '../datasets/tables.fixture.ts';
import { fromRows, matrix } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { ceilings } from './ceilings.ts';
import { designOf, drawOutcomes, near, realTable } from './outcomes.fixture.ts';

const oneGroup = (rows: number, draws?: number) => designOf(new Array<string>(rows).fill('all'), draws);

describe("RouterDC's GSM8K test rows", needs('routerdc/gsm8k-test.json'), () => {
  test('the ceilings that the noise of ten samples allows', async () => {
    const { table, design } = await realTable('routerdc/gsm8k-test.json');
    const got = ceilings(table, design, 'quality');
    near(got.oneSample.value, 0.875, 0.003);
    near(got.plugIn.value, 0.833, 0.003);
    near(got.splitHalf?.value, 0.785, 0.003);
    near(got.splitHalfByAccuracy?.value, 0.8, 0.003);
    assert.ok(got.band!.low < got.splitHalf!.value && got.band!.high > got.plugIn.value);
    assert.ok(got.extrapolated!.value < got.plugIn.value && got.extrapolated!.value > got.splitHalf!.value);
  });

  test('in the whole table only groups with repeats have a band', async () => {
    const { table, design } = await realTable('routerdc', 'test');
    const { band, splitHalf, plugIn, groups } = ceilings(table, design, 'macro');
    assert.deepEqual([band, splitHalf], [null, null]);
    near(plugIn.value, 0.7752, 1e-4);
    assert.deepEqual(Object.keys(groups!).sort(), ['gsm8k', 'humaneval']);
    near(groups!['gsm8k']!.splitHalf!.value, 0.785, 0.003);
    near(groups!['humaneval']!.splitHalf!.value, 0.639, 0.003);
  });
});

test('one sample a cell: no band, and the plug-in is the one-sample oracle', () => {
  const outcomes = drawOutcomes(() => 0.5, { rows: 60, models: 3, k: 1, seed: 'single' });
  const { oneSample, plugIn, splitHalf, extrapolated, band, groups } = ceilings(
    outcomes,
    oneGroup(60),
    'quality',
  );
  assert.deepEqual(oneSample, plugIn);
  assert.deepEqual([splitHalf, extrapolated, band, groups], [null, null, null, undefined]);
});

test('means of k samples say the same as the samples themselves', () => {
  const shape = { rows: 40, models: 4, k: 5, seed: 'same' };
  const chance = (i: number, m: number): number => ((i * 7 + m * 3) % 11) / 10;
  const means = ceilings(drawOutcomes(chance, shape), oneGroup(40), 'quality');
  const single = ceilings(drawOutcomes(chance, { ...shape, samples: true }), oneGroup(40), 'quality');
  assert.deepEqual(means, single);
});

test('the true ceiling lies between split-half and plug-in on average, and within the band nearly always', () => {
  let [below, above, within] = [0, 0, 0];
  const worlds = 40;
  for (let w = 0; w < worlds; w++) {
    const random = rng(`world/${w}`);
    const p = fromRows(Array.from({ length: 200 }, () => [random.next(), random.next(), random.next()]));
    // E of the greatest of three uniform numbers.
    const truth = 3 / 4;
    const outcomes = drawOutcomes((i, m) => p.data[i * 3 + m]!, { rows: 200, models: 3, k: 4, seed: w });
    const { splitHalf, plugIn, band } = ceilings(outcomes, oneGroup(200, 200), 'quality');
    below += splitHalf!.value / worlds;
    above += plugIn.value / worlds;
    within += truth >= band!.low && truth <= band!.high ? 1 : 0;
  }
  assert.ok(below < 0.75 && above > 0.75, `${below} and ${above}`);
  assert.ok(within >= 38, `${within} of ${worlds}`);
});

test('graded samples: exact where they can be listed', () => {
  // Two models, two samples each: halves are single samples.
  const samples = [fromRows([[0.2, 0.5]]), fromRows([[0.8, 0.5]])];
  const outcomes = { quality: fromRows([[0.5, 0.5]]), k: matrix(1, 2, 2), samples };
  const { oneSample, plugIn, splitHalf } = ceilings(outcomes, oneGroup(1), 'quality');
  near(oneSample.value, (0.5 + 0.8) / 2, 1e-12);
  assert.equal(plugIn.value, 0.5);
  // Seen .2: model 2, scored .5; seen .8: model 1, scored .2.
  assert.ok(splitHalf!.value >= 0.2 && splitHalf!.value <= 0.5);
});

test('a mean of graded samples that are not recorded has no halves', () => {
  const outcomes = { quality: fromRows([[0.37, 0.52]]), k: matrix(1, 2, 5) };
  const { splitHalf, oneSample } = ceilings(outcomes, oneGroup(1), 'quality');
  assert.equal(splitHalf, null);
  assert.equal(oneSample.value, 0.52);
});

test('the macro average counts groups alike', () => {
  const quality = fromRows([
    [1, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  const got = ceilings({ quality, k: matrix(4, 2, 1) }, designOf(['a', 'b', 'b', 'b']), 'macro');
  assert.equal(got.oneSample.value, 0.5);
});
