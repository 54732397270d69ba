import { at } from '../math/matrix.ts';
import type { Ballots } from './ballots.ts';

/** LLMs by rank: bit r of a set stands for the LLM of rank r by accuracy, so that a lower bit wins a tie. */
export interface Ranked {
  /** Of each rank the LLM. */
  readonly order: readonly number[];
  /** What the vote of each LLM counts, by the pool's order; 1 each where absent. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** Summed quality of the vote of every set of at most so many LLMs, over the rows; 0 of larger ones. Memory: 16 bytes a set. */
export function worthOfAll(
  { answers, quality }: Omit<Ballots, 'cost'>,
  ranked: Ranked & { readonly most: number },
): Float64Array {
  const { order, most } = ranked;
  const worth = new Float64Array(2 ** order.length);
  const size = sizeOfAll(order.length);
  const sets = Int32Array.from(worth.keys()).filter((set) => set > 0 && size[set]! <= most);
  const weight = weightOfAll(ranked);
  for (let row = 0; row < quality.rows; row++) {
    const voters = votersOf(answers.subarray(row * quality.cols, (row + 1) * quality.cols), order);
    const values = order.map((m) => at(quality, row, m));
    for (const set of sets) worth[set]! += qualityOf(set, voters, { weight, values });
  }
  return worth;
}

/** Quality of the vote of a random set of so many LLMs, on each row: its expectation, exactly, over all such sets. */
export function expectedOfRandom(
  { answers, quality }: Ballots,
  order: readonly number[],
  size: number,
): Float64Array {
  const of = sizeOfAll(order.length);
  const sets = Int32Array.from(of.keys()).filter((set) => of[set] === size);
  const weight = weightOfAll({ order });
  return Float64Array.from({ length: quality.rows }, (_, row) => {
    const voters = votersOf(answers.subarray(row * quality.cols, (row + 1) * quality.cols), order);
    const values = order.map((m) => at(quality, row, m));
    let sum = 0;
    for (const set of sets) sum += qualityOf(set, voters, { weight, values });
    return sum / sets.length;
  });
}

function sizeOfAll(models: number): Uint8Array {
  const size = new Uint8Array(2 ** models);
  for (let set = 1; set < size.length; set++) size[set] = size[set >> 1]! + (set & 1);
  return size;
}

/** Of every set the summed weight of its members, in the order of their ranks. */
function weightOfAll({ order, weights }: Ranked): Float64Array {
  const all = new Float64Array(2 ** order.length);
  for (let set = 1; set < all.length; set++) {
    const last = 31 - Math.clz32(set);
    all[set] = all[set ^ (1 << last)]! + (weights === undefined ? 1 : weights[order[last]!]!);
  }
  return all;
}

/** The quality of the most accurate voter of the answer that a set gives most weight; 0 where none of it votes. */
function qualityOf(
  set: number,
  voters: readonly number[],
  { weight, values }: { readonly weight: Float64Array; readonly values: readonly number[] },
): number {
  let [most, winner] = [-1, 0];
  for (let a = 0; a < voters.length; a++) {
    const present = voters[a]! & set;
    if (present === 0) continue;
    const votes = weight[present]!;
    if (votes < most) continue;
    const first = present & -present;
    if (votes > most || first < winner) [most, winner] = [votes, first];
  }
  return winner === 0 ? 0 : values[31 - Math.clz32(winner)]!;
}

/** For each distinct answer of a row the set of ranks that gave it. */
function votersOf(answers: Int32Array, order: readonly number[]): number[] {
  const voters = new Map<number, number>();
  order.forEach((m, rank) => {
    const answer = answers[m]!;
    if (answer !== -1) voters.set(answer, (voters.get(answer) ?? 0) | (1 << rank));
  });
  return [...voters.values()];
}
