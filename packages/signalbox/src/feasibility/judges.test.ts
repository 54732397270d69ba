import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../math/matrix.ts';
import { rng } from '../math/rng.ts';
import { judgeAgreement, predictionPowered, roganGladen } from './judges.ts';
import { designOf, near } from './outcomes.fixture.ts';

const design = (rows: number, draws = 200) => designOf(new Array<string>(rows).fill('all'), draws);

test('kappa and ICC of a small table, computed by hand', () => {
  const first = fromRows([[1], [1], [1], [0], [0], [1]]);
  const second = fromRows([[1], [1], [0], [0], [1], [1]]);
  const { kappa, icc } = judgeAgreement(first, second, design(6));
  // Agreement 4/6, by chance 2/3 x 2/3 + 1/3 x 1/3 = 5/9.
  near(kappa.value, (4 / 6 - 5 / 9) / (1 - 5 / 9), 1e-12);
  // Row means 1 1 .5 0 .5 1: between rows 5 df, 2 x sum (mean - 2/3)^2 = 5/3; judges alike; error 1 over 5 df.
  const [rowSquare, error] = [5 / 3 / 5, 1 / 5];
  near(icc.value, (rowSquare - error) / (rowSquare + error + (2 * (0 - error)) / 6), 1e-12);
});

test('a judge who is always stricter agrees by rank, and less in ICC', () => {
  const random = rng('strict');
  const first = fromRows(Array.from({ length: 200 }, () => [0.5 + random.next() / 2]));
  const second = { ...first, data: first.data.map((y) => y - 0.3) };
  const { icc, kappa, flags } = judgeAgreement(first, second, design(200));
  assert.ok(icc.value < 0.4 && icc.high < 0.6, `${icc.value}`);
  assert.ok(kappa.value < 0.3);
  assert.deepEqual(
    flags.map(({ code }) => code),
    ['judge-disagreement'],
  );
});

test('equal judges agree fully; cells that one has not judged do not count', () => {
  const first = fromRows([
    [1, 0],
    [0, Number.NaN],
    [1, 1],
  ]);
  const second = fromRows([
    [1, 0],
    [0, 1],
    [1, Number.NaN],
  ]);
  const { kappa, icc, flags } = judgeAgreement(first, second, design(3));
  assert.deepEqual([kappa.value, icc.value, flags], [1, 1, []]);
});

test('judges that guess have kappa about 0, with an interval that holds it', () => {
  const random = rng('guess');
  const draw = () => fromRows(Array.from({ length: 500 }, () => [random.int(2), random.int(2)]));
  const { kappa } = judgeAgreement(draw(), draw(), design(500));
  assert.ok(kappa.low <= 0 && kappa.high >= 0 && Math.abs(kappa.value) < 0.1);
});

/** Answers of which `truth` are right, a judge with these rates, and gold for the first `gold` of them. */
function judgedWorld(w: {
  truth: number;
  hit: number;
  reject: number;
  n: number;
  gold: number;
  seed: string;
}) {
  const random = rng(w.seed);
  const judged = new Float64Array(w.n);
  const gold = new Float64Array(w.n).fill(Number.NaN);
  for (let i = 0; i < w.n; i++) {
    const right = random.next() < w.truth;
    judged[i] = random.next() < (right ? w.hit : 1 - w.reject) ? 1 : 0;
    if (i < w.gold) gold[i] = right ? 1 : 0;
  }
  return { judged, gold, clusters: Int32Array.from({ length: w.n }, (_, i) => i) };
}

test('Rogan-Gladen: the textbook case', () => {
  // 60 of 100 judged right; of 20 gold ones right 18 are found, of 10 wrong ones 8.
  const judged = Float64Array.from({ length: 100 }, (_, i) =>
    i < 18 || (i >= 20 && i < 22) || i >= 60 ? 1 : 0,
  );
  const gold = new Float64Array(100).fill(Number.NaN).map((x, i) => (i < 20 ? 1 : i < 30 ? 0 : x));
  near(roganGladen({ judged, gold })?.value, (0.6 + 0.8 - 1) / (0.9 + 0.8 - 1), 1e-12);
});

test('both corrections undo the bias of a judge and cover the truth', () => {
  const worlds = 400;
  let [rogan, powered, biased] = [0, 0, 0];
  const mean = { rogan: 0, powered: 0 };
  for (let s = 0; s < worlds; s++) {
    const world = judgedWorld({ truth: 0.6, hit: 0.9, reject: 0.7, n: 1000, gold: 150, seed: `judge/${s}` });
    const [a, b] = [roganGladen(world)!, predictionPowered(world)!];
    rogan += a.low <= 0.6 && a.high >= 0.6 ? 1 : 0;
    powered += b.low <= 0.6 && b.high >= 0.6 ? 1 : 0;
    mean.rogan += a.value / worlds;
    mean.powered += b.value / worlds;
    biased += world.judged.reduce((sum, y) => sum + y, 0) / 1000 > 0.63 ? 1 : 0;
  }
  assert.ok(biased > 0.8 * worlds, 'the judge alone is wrong');
  near(mean.rogan, 0.6, 0.01);
  near(mean.powered, 0.6, 0.01);
  // 95 % within two standard errors of 400 worlds.
  near(rogan / worlds, 0.95, 0.03);
  near(powered / worlds, 0.95, 0.022);
});

test('gold that covers everything is the answer, and clusters widen the interval', () => {
  const gold = Float64Array.from({ length: 40 }, (_, i) => (i % 8 < 4 ? 1 : 0));
  const judged = new Float64Array(40).fill(1);
  const alone = predictionPowered({ judged, gold, clusters: gold.map((_, i) => i) })!;
  const fours = predictionPowered({ judged, gold, clusters: gold.map((_, i) => Math.floor(i / 4)) })!;
  near(alone.value, 0.5, 1e-12);
  assert.ok(fours.high - fours.low > 1.5 * (alone.high - alone.low));
});

test('too little gold, or a judge no better than a coin: no estimate', () => {
  const judged = Float64Array.from({ length: 40 }, (_, i) => i % 2);
  const none = new Float64Array(40).fill(Number.NaN);
  assert.equal(roganGladen({ judged, gold: none }), null);
  assert.equal(predictionPowered({ judged, gold: none, clusters: judged.map((_, i) => i) }), null);
  const coin = Float64Array.from({ length: 40 }, (_, i) => (i % 4 < 2 ? 1 : 0));
  assert.equal(roganGladen({ judged, gold: coin }), null);
});
