import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clopperPearsonUpper, logGamma, regularisedBeta } from './distributions.ts';
import {
  holm,
  maxT,
  mcnemar,
  nadeauBengio,
  normalCdf,
  normalQuantile,
  studentT,
  studentTQuantile,
} from './hypothesis.ts';
import { matrix } from './matrix.ts';
import { close, fixture } from './reference.fixture.ts';
import { rng } from './rng.ts';

const given = fixture<Record<string, number[][]>>('distributions');

function relative(value: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(value - expected) <= tolerance * Math.abs(expected), `${value}, expected ${expected}`);
}

test('distribution functions agree with scipy, tails included', () => {
  for (const [z, p] of given['normal']!) relative(normalCdf(z!), p!, 1e-12);
  for (const [t, df, p] of given['t']!) relative(studentT(t!, df!), p!, 1e-11);
  for (const [x, a, b, p] of given['beta']!) relative(regularisedBeta(x!, a!, b!), p!, 1e-11);
  for (const [x, value] of given['logGamma']!) close([logGamma(x!)], [value!], 1e-13);
});

test('quantiles agree with scipy', () => {
  for (const [p, z] of given['normalQuantile']!) close([normalQuantile(p!)], [z!], 1e-11);
  for (const [p, df, t] of given['tQuantile']!) relative(studentTQuantile(p!, df!), t!, 1e-10);
});

test('quantiles at the ends and with infinite degrees of freedom', () => {
  assert.deepEqual(
    [normalQuantile(0), normalQuantile(1)],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  );
  assert.ok(Number.isNaN(normalQuantile(1.1)));
  assert.equal(studentTQuantile(0.975, Number.POSITIVE_INFINITY), normalQuantile(0.975));
  assert.equal(studentT(1.2, Number.POSITIVE_INFINITY), normalCdf(1.2));
});

test('McNemar agrees with the binomial test', () => {
  for (const [n10, n01, exact, mid] of given['mcnemar']!) {
    const found = mcnemar(n10!, n01!);
    close([found.exact, found.mid], [exact!, mid!], 1e-12);
  }
});

test('Holm: the worked example of his paper, ties and order', () => {
  close(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02], 1e-15);
  close(holm([0.5, 0.9]), [1, 1], 0);
  assert.deepEqual(holm([]), []);
});

test('Nadeau and Bengio', () => {
  const { standardError, df } = nadeauBengio({ differences: [1, 2, 3, 4, 5], testOverTrain: 0.25 });
  close([standardError, df], [Math.sqrt(0.45 * 2.5), 4], 1e-15);
  assert.ok(Number.isNaN(nadeauBengio({ differences: [1], testOverTrain: 1 }).standardError));
});

test('max-t: one estimate is the usual interval, many independent ones are wider', () => {
  const random = rng(1);
  const draws = matrix(20_000, 10);
  for (let c = 0; c < draws.data.length; c++) draws.data[c] = random.normal();
  const zeros = new Float64Array(10);
  const ones = new Float64Array(10).fill(1);
  const many = maxT({ estimates: zeros, standardErrors: ones, draws });
  // Ten independent normals: the 0.95 ^ (1 / 10) point of |Z|.
  const expected = normalQuantile((1 + 0.95 ** 0.1) / 2);
  assert.ok(Math.abs(many.critical - expected) < 0.05, `${many.critical}, expected ${expected}`);
  close(many.high, new Float64Array(10).fill(many.critical), 0);
  close(many.p, ones, 0);
  const single = maxT({
    estimates: [3],
    standardErrors: [1],
    draws: { rows: 20_000, cols: 1, data: Float64Array.from({ length: 20_000 }, () => 3 + random.normal()) },
  });
  assert.ok(Math.abs(single.critical - 1.96) < 0.05, String(single.critical));
  assert.ok(Math.abs(single.p[0]! - 0.0027) < 0.001, String(single.p[0]));
});

test('max-t: an estimate without spread is a point', () => {
  const draws = matrix(4, 2);
  draws.data.set([1, 5, 2, 5, 0, 5, 1, 5]);
  const found = maxT({ estimates: [1, 5], standardErrors: [1, 0], draws });
  assert.deepEqual([found.low[1], found.high[1], found.p[1]], [5, 5, 0.2]);
});

test('Clopper and Pearson: zero and some of many, known values, and none', () => {
  close([clopperPearsonUpper(0, 59, 0.05)], [1 - 0.05 ** (1 / 59)], 1e-10);
  close([clopperPearsonUpper(5, 50, 0.05)], [0.198833], 1e-6);
  assert.deepEqual([clopperPearsonUpper(3, 3, 0.05), clopperPearsonUpper(0, 0, 0.05)], [1, 1]);
});
