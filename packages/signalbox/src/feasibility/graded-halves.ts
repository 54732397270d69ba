import { mean } from '../math/order.ts';
import { type Rng, shuffle } from '../math/rng.ts';
import { type Chosen, choosingSize } from './halves.ts';
import type { Repeats } from './outcomes.ts';

/** Halves are drawn this often where samples are graded; the mean over rows leaves little of the chance. */
const draws = 32;

const samplesOf = ({ values, right, k }: Repeats): readonly number[] =>
  values.length > 0 ? values : Array.from({ length: k }, (_, i) => (i < right ? 1 : 0));

/** E of the greatest of one sample of each model, samples drawn independently. */
export function expectedBest(cells: readonly Repeats[]): number {
  const drawn = cells
    .flatMap((cell, m) => samplesOf(cell).map((value) => ({ value, m, share: 1 / cell.k })))
    .sort((a, b) => a.value - b.value);
  const below = new Float64Array(cells.length);
  let [total, before] = [0, 0];
  for (let i = 0; i < drawn.length; i++) {
    const { value, m, share } = drawn[i]!;
    below[m]! += share;
    if (drawn[i + 1]?.value === value) continue;
    const all = below.reduce((product, p) => product * p, 1);
    total += value * (all - before);
    before = all;
  }
  return total;
}

/** As `choose`, for graded samples: over seeded halves of each model's samples. */
export function gradedHalves(cells: readonly Repeats[], order: ArrayLike<number>, random: Rng): Chosen {
  const samples = cells.map((cell) => [...samplesOf(cell)]);
  let [seen, averaged, ordered] = [0, 0, 0];
  for (let d = 0; d < draws; d++) {
    const halves = samples.map((list) => {
      shuffle(list, random);
      const size = choosingSize(list.length);
      return { shown: mean(list.slice(0, size)), rest: mean(list.slice(size)) };
    });
    const most = halves.reduce((greatest, { shown }) => Math.max(greatest, shown), 0);
    // Means of the same samples in another order may differ in the last digit.
    const tied = Array.from(order, (m) => halves[m]!).filter(({ shown }) => shown > most - 1e-9);
    seen += most / draws;
    averaged += mean(tied.map(({ rest }) => rest)) / draws;
    ordered += tied[0]!.rest / draws;
  }
  return { seen, averaged, ordered };
}
