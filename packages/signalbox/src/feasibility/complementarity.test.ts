import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../datasets/tables.fixture.ts';
import { fromRows, type Matrix } from '../math/matrix.ts';
import { type Complementarity, complementarity } from './complementarity.ts';
import { designOf, drawOutcomes, near, realTable } from './outcomes.fixture.ts';
import { raschNull } from './rasch.ts';

const of = (quality: Matrix, groups?: readonly string[]): Complementarity =>
  complementarity({
    quality,
    design: designOf(groups ?? new Array<string>(quality.rows).fill('all')),
    primary: groups ? 'macro' : 'quality',
  });

const small = fromRows([
  [1, 1, 1],
  [1, 0, 0],
  [0, 0, 0],
  [1, 1, 0],
  [0, 0, 1],
]);

test('shares, pairs and what each model adds, counted by hand', () => {
  const got = of(small);
  assert.deepEqual([got.allRight.value, got.noneRight.value, got.exactlyOne.value], [0.2, 0.2, 0.4]);
  assert.deepEqual(
    got.solvedBy.map((x) => Math.round(x * 5)),
    [1, 2, 1, 1],
  );
  assert.deepEqual(
    got.unique.map((x) => Math.round(x * 5)),
    [1, 0, 1],
  );
  assert.deepEqual(
    got.marginal.map((x) => Math.round(x * 5)),
    [1, 0, 1],
  );
  near(got.agreement![0]![1], 0.8, 1e-12);
  near(got.doubleFault![0]![1], 0.4, 1e-12);
  // Agreement .8, by chance .6 x .4 + .4 x .6 = .48.
  near(got.kappa![0]![1], 0.32 / 0.52, 1e-12);
  assert.deepEqual(got.agreement![1]![0], got.agreement![0]![1]);
  assert.equal(got.agreement![2]![2], 1);
  assert.ok(got.allRight.low >= 0 && got.allRight.high <= 1 && got.allRight.n === 5);
});

test('the macro average counts groups alike in every share', () => {
  const got = of(small, ['a', 'b', 'b', 'b', 'b']);
  near(got.allRight.value, 0.5, 1e-12);
  near(got.solvedBy[3], 0.5, 1e-12);
  near(got.unique[0], 1 / 8, 1e-12);
  near(got.agreement![0]![2], 0.5 + 1 / 8, 1e-12);
});

test('models that never differ have kappa 1, independent ones about 0', () => {
  const { quality } = drawOutcomes(() => 0.6, { rows: 4000, models: 2, k: 1, seed: 'kappa' });
  near(of(quality).kappa![0]![1], 0, 0.05);
  const constant = fromRows([
    [1, 1],
    [1, 1],
  ]);
  assert.equal(of(constant).kappa![0]![1], 1);
});

test('graded outcomes: a model adds by how much it leads', () => {
  const got = of(fromRows([[0.9, 0.7, 0.2]]));
  near(got.marginal[0], 0.2, 1e-12);
  assert.deepEqual(got.marginal.slice(1), [0, 0]);
});

test('the pool grows first by the models that solve what others do not, and is scored on other rows', () => {
  // Models 0 and 1 solve complementary halves, 2 and 3 are coins.
  const chance = (i: number, m: number): number => (m < 2 ? (i % 2 === m ? 0.95 : 0.2) : 0.3);
  const { quality } = drawOutcomes(chance, { rows: 2000, models: 4, k: 1, seed: 'grow' });
  const { poolCurve } = of(quality);
  assert.deepEqual(new Set(poolCurve.slice(0, 2).map(({ model }) => model)), new Set([0, 1]));
  near(poolCurve[1]!.oracle, 1 - 0.05 * 0.8, 0.02);
  // All models in: the same whatever the order.
  near(poolCurve[3]!.oracle, 1 - of(quality).noneRight.value, 1e-9);
});

test('the best of many equal models is not scored on the rows that chose it', () => {
  const { quality } = drawOutcomes(() => 0.5, { rows: 60, models: 40, k: 1, seed: 'lucky' });
  const greatest = Math.max(...Array.from({ length: 40 }, (_, m) => columnMean(quality, m)));
  assert.ok(greatest > 0.6);
  near(of(quality).poolCurve[0]!.oracle, 0.5, 0.13);
  assert.equal(of(quality).poolCurve.length, 20);
});

test('a thousand models: no matrices of pairs', () => {
  const { quality } = drawOutcomes((_, m) => m / 1000, { rows: 50, models: 1000, k: 1, seed: 'many' });
  const { agreement, kappa, doubleFault, unique, poolCurve } = of(quality);
  assert.deepEqual([agreement, kappa, doubleFault], [null, null, null]);
  assert.deepEqual([unique.length, poolCurve.length], [1000, 20]);
});

test(
  "RouterDC's tasks: shares fit together, and the null's histogram is of the same rows",
  needs('routerdc'),
  async () => {
    const { table, design } = await realTable('routerdc', 'test');
    const { quality } = table;
    const got = complementarity({ quality, design, primary: 'macro' });
    const { solvedBy } = raschNull({ quality, design, primary: 'macro', byGroup: true });
    near(got.solvedBy[0], got.noneRight.value, 1e-9);
    near(
      got.unique.reduce((a, b) => a + b, 0),
      got.exactlyOne.value,
      1e-9,
    );
    const solved = (shares: readonly number[]): number => shares.reduce((sum, x, t) => sum + x * t, 0);
    near(solved(solvedBy), solved(got.solvedBy), 0.01);
  },
);

function columnMean({ rows, cols, data }: Matrix, m: number): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += data[i * cols + m]!;
  return sum / rows;
}
