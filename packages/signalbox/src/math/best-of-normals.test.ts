import { test } from 'node:test';
import { chancesOfBest } from './best-of-normals.ts';
import { normalCdf } from './distributions.ts';
import { argmax } from './order.ts';
import { close } from './reference.fixture.ts';
import { rng } from './rng.ts';

test('the best of two normals: the closed form', () => {
  for (const [gap, a, b] of [
    [0.3, 0.2, 0.4],
    [-1, 1, 1],
    [0.02, 0.001, 0.3],
    [0, 1e-3, 5],
    [0.5, 0.01, 0.01],
  ] as const) {
    const chances = chancesOfBest([gap, 0], [a, b]);
    close(chances, [normalCdf(gap / Math.hypot(a, b)), normalCdf(-gap / Math.hypot(a, b))], 1e-2);
  }
});

test('the best of several normals: as often as in draws', () => {
  const [means, deviations] = [
    [0.7, 0.72, 0.5, 0.9],
    [0.05, 0.1, 0.3, 0.01],
  ];
  const counts = new Float64Array(4);
  const random = rng('draws');
  for (let draw = 0; draw < 40_000; draw++)
    counts[argmax(means!.map((mean, m) => mean + deviations![m]! * random.normal()))]! += 1 / 40_000;
  // Three standard errors of a share, and the grid's error.
  close(chancesOfBest(means!, deviations!), counts, 0.01);
});

test('the best of normals: certain numbers, all alike, one alone', () => {
  close(chancesOfBest([1, 2, 3], [0, 0, 0]), [0, 0, 1], 1e-12);
  close(chancesOfBest([0.4, 0.4, 0.4], [0.1, 0.1, 0.1]), [1 / 3, 1 / 3, 1 / 3], 1e-9);
  close(chancesOfBest([0.4, 0.4], [0, 0]), [0.5, 0.5], 1e-9);
  close(chancesOfBest([0.4], [0]), [1], 1e-12);
  // Certainty beside doubt: half of the doubt lies above.
  close(chancesOfBest([0, 0], [0, 1]), [0.5, 0.5], 0.04);
});
