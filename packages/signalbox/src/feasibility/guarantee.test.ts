import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../datasets/tables.fixture.ts';
import { column, fromRows, type Matrix, matrix, selectRows } from '../math/matrix.ts';
import { mean, quantile } from '../math/order.ts';
import { rng } from '../math/rng.ts';
import { bets, bettingP } from './betting.ts';
import {
  attainable,
  certify,
  clopperPearsonGate,
  hoeffdingBentkusP,
  hoeffdingP,
  type Method,
} from './guarantee.ts';
import { near, realTable } from './outcomes.fixture.ts';

/** Loss on each row (weak against strong model) at each threshold on its predicted loss. */
function lossesOf(
  loss: ArrayLike<number>,
  predicted: ArrayLike<number>,
  thresholds: readonly number[],
): Matrix {
  const out = matrix(loss.length, thresholds.length);
  for (let i = 0; i < loss.length; i++)
    for (const [t, threshold] of thresholds.entries())
      out.data[i * thresholds.length + t] = predicted[i]! <= threshold ? loss[i]! : 0;
  return out;
}

/** From a population of losses: how often the threshold passed loses more than epsilon, and how many rows leave on average. */
function repeat(
  population: { readonly losses: Matrix; readonly shares: readonly number[] },
  at: { readonly epsilon: number; readonly n: number; readonly delta: number; readonly method: Method },
  draws: number,
): { violations: number; share: number } {
  const { losses, shares } = population;
  const truth = Array.from({ length: losses.cols }, (_, t) => mean(column(losses, t)));
  const random = rng('draws');
  let [violations, share] = [0, 0];
  for (let d = 0; d < draws; d++) {
    const rows = Int32Array.from({ length: at.n }, () => random.int(losses.rows));
    const { index } = certify({ losses: selectRows(losses, rows), ...at, safe: 1, seed: d });
    if (truth[index]! > at.epsilon) violations++;
    share += shares[index]! / draws;
  }
  return { violations: violations / draws, share };
}

function generated(): { losses: Matrix; shares: number[] } {
  const random = rng('losses');
  const predicted = Float64Array.from({ length: 20_000 }, () => random.next());
  const loss = predicted.map((at) => {
    const drawn = random.next();
    return drawn < 0.3 * at ? 1 : drawn < 0.3 * at + 0.04 ? -1 : 0;
  });
  const shares = Array.from({ length: 41 }, (_, t) => t / 40);
  return {
    losses: lossesOf(
      loss,
      predicted,
      shares.map((s) => s - (s === 0 ? 1 : 0)),
    ),
    shares,
  };
}

const within = (draws: number, delta: number): number => delta + 2 * Math.sqrt((delta * (1 - delta)) / draws);

test('a certified threshold violates epsilon in at most delta of draws; betting beats Hoeffding', () => {
  const population = generated();
  for (const epsilon of [0.02, 0.05]) {
    const at = { epsilon, n: 800, delta: 0.1 };
    const [betting, hoeffding, bentkus] = (['betting', 'hoeffding', 'hoeffding-bentkus'] as const).map(
      (method) => repeat(population, { ...at, method }, 150),
    );
    for (const found of [betting!, hoeffding!, bentkus!])
      assert.ok(found.violations <= within(150, 0.1), `${found.violations} at ${epsilon}`);
    assert.ok(betting!.share > 1.3 * hoeffding!.share, `${betting!.share} against ${hoeffding!.share}`);
    assert.ok(bentkus!.share >= hoeffding!.share);
  }
});

test(
  'RouteLLM MMLU: violations within delta, and a few to half of the queries leave as epsilon and rows grow',
  needs('routellm'),
  async () => {
    const { table } = await realTable('routellm/mmlu');
    const gap = Float64Array.from({ length: table.examples.length }, (_, i) => {
      return table.quality.data[2 * i + 1]! - table.quality.data[2 * i]!;
    });
    const strong = mean(column(table.quality, 1)) > mean(column(table.quality, 0)) ? 1 : -1;
    const loss = gap.map((value) => strong * value);
    const random = rng('halves');
    const trained = Uint8Array.from(loss, () => random.int(2));
    const all = mean(loss.filter((_, i) => trained[i] === 1));
    const predicted = predictBySubject(
      table.examples.map(({ group }) => group ?? ''),
      loss,
      { trained, all },
    );
    const training = predicted.filter((_, i) => trained[i] === 1).sort();
    const thresholds = Array.from({ length: 41 }, (_, t) => (t === 0 ? -2 : quantile(training, t / 40)));
    const rest = [...loss.keys()].filter((i) => trained[i] === 0);
    const at = (values: Float64Array): Float64Array => Float64Array.from(rest, (i) => values[i]!);
    const losses = lossesOf(at(loss), at(predicted), thresholds);
    const shares = thresholds.map((t) => mean(at(predicted).map((value) => (value <= t ? 1 : 0))));
    const found = (epsilon: number, n: number) =>
      repeat({ losses, shares }, { epsilon, n, delta: 0.1, method: 'betting' }, 60);
    // Shares that a weaker score reached: ours are somewhat greater.
    for (const [epsilon, n, share] of [
      [0.01, 2000, 0.085],
      [0.02, 500, 0.12],
      [0.02, 2000, 0.18],
      [0.05, 1000, 0.43],
    ] as const) {
      const { violations, share: got } = found(epsilon, n);
      assert.ok(violations <= within(60, 0.1), `${violations} at ${epsilon}, ${n}`);
      assert.ok(got > share - 0.02 && got < share + 0.12, `${got} at ${epsilon}, ${n}`);
    }
  },
);

/** Mean loss of each subject on training rows, shrunk to that of all. */
function predictBySubject(
  subjects: readonly string[],
  loss: Float64Array,
  { trained, all }: { readonly trained: Uint8Array; readonly all: number },
): Float64Array {
  const sums = new Map<string, [number, number]>();
  subjects.forEach((subject, i) => {
    if (trained[i] === 0) return;
    const [sum, n] = sums.get(subject) ?? [0, 0];
    sums.set(subject, [sum + loss[i]!, n + 1]);
  });
  return Float64Array.from(subjects, (subject) => {
    const [sum, n] = sums.get(subject) ?? [0, 0];
    return (sum + 10 * all) / (n + 10);
  });
}

test('the first failure stops, even before a threshold that would pass', () => {
  const rows = Array.from({ length: 300 }, (_, i) => [0, i % 10 === 0 ? 1 : 0, 0]);
  const found = certify({ losses: fromRows(rows), epsilon: 0.05, delta: 0.05, seed: 0 });
  assert.equal(found.index, 0);
  assert.equal(found.p.length, 2);
  assert.ok(found.p[0]! <= 0.05 && found.p[1]! > 0.05);
  const none = certify({
    losses: fromRows(rows.map(([, bad]) => [bad!])),
    epsilon: 0.05,
    delta: 0.05,
    seed: 0,
  });
  assert.deepEqual([none.index, none.bound], [-1, Number.NaN]);
});

test('the bound is the least epsilon that reaches as far; a safe threshold needs no test', () => {
  const { losses } = generated();
  const some = selectRows(
    losses,
    Int32Array.from({ length: 2000 }, (_, i) => i),
  );
  const given = { losses: some, delta: 0.05, seed: 3, safe: 1 };
  const found = certify({ ...given, epsilon: 0.03 });
  assert.ok(found.index > 0 && found.bound > 0 && found.bound <= 0.03);
  assert.ok(certify({ ...given, epsilon: found.bound }).index >= found.index);
  assert.ok(certify({ ...given, epsilon: found.bound - 1e-4 }).index < found.index);
  assert.deepEqual(certify({ ...given, epsilon: 0.03 }), found, 'the same seed, the same answer');
  const few = certify({ losses: fromRows([[0, 1]]), delta: 0.05, seed: 0, safe: 1, epsilon: 0.01 });
  assert.deepEqual([few.index, few.bound], [0, 0]);
});

test('betting: the wealth by hand; rows that lose nothing are told from epsilon faster than by Hoeffding', () => {
  const two = bets((row) => [0, 1][row]!, Int32Array.of(0, 1), 0.1);
  const scale = (2 * Math.log(10)) / 2;
  near(two.stakes[0], Math.sqrt(scale / 0.25), 1e-12);
  near(two.stakes[1], Math.sqrt((scale * 2) / 0.25), 1e-12);
  const m = 0.7;
  const most = 0.75 / (1 - m);
  const first = 1 - Math.min(two.stakes[0]!, most) * (0.5 - m);
  near(bettingP(two, m), 1 / Math.max(1, first), 1e-12);
  const quiet = bets(
    () => 0,
    Int32Array.from({ length: 500 }, (_, i) => i),
    0.05,
  );
  assert.ok(bettingP(quiet, 0.505) < 0.05 && hoeffdingP(0.5, 0.505, 500) > 0.5);
});

test('p-values of a mean: exact where nothing is lost; Clopper and Pearson at known values', () => {
  near(hoeffdingP(0.4, 0.5, 100), Math.exp(-2), 1e-12);
  assert.equal(hoeffdingP(0.6, 0.5, 100), 1);
  // (1 - m)^n, the chance of no success at all, is both terms here but for e.
  near(hoeffdingBentkusP(0, 0.1, 50), 0.9 ** 50, 1e-9);
  near(clopperPearsonGate({ violations: 0, routed: 100, delta: 0.05 }), 1 - 0.05 ** 0.01, 1e-9);
  near(clopperPearsonGate({ violations: 5, routed: 50, delta: 0.05 }), 0.1993, 5e-4);
  assert.equal(clopperPearsonGate({ violations: 3, routed: 3, delta: 0.05 }), 1);
});

test('attainable: the last threshold whose loss is not shown to exceed epsilon', () => {
  const rows = Array.from({ length: 400 }, (_, i) => [0, i % 50 === 0 ? 1 : 0, i % 4 === 0 ? 1 : 0]);
  assert.equal(attainable({ losses: fromRows(rows), epsilon: 0.01, delta: 0.05 }), 1);
  assert.equal(attainable({ losses: fromRows(rows.map(([, , c]) => [c!])), epsilon: 0.01, delta: 0.05 }), -1);
});

test('a loss that is none is refused', () => {
  for (const loss of [Number.NaN, 1.5])
    assert.throws(
      () => certify({ losses: fromRows([[loss]]), epsilon: 0.01, delta: 0.05, seed: 0 }),
      /not within \[-1, 1\]/,
    );
});
