import { at, type Matrix } from '../math/matrix.ts';

/** Recorded answers of some rows, and what is known of the LLMs from training rows. */
export interface Ballots {
  /** Rows x LLMs, row by row: a number for each distinct answer of the row, -1 where none could be read. */
  readonly answers: Int32Array;
  readonly quality: Matrix;
  readonly cost?: Matrix | undefined;
}

/**
 * One vote per parsed answer; the answer of most votes wins, a tie goes to the answer with the most accurate voter
 * by training rows. The row is scored as that voter (OUTPUT, Measures), 0 where nobody voted; all members are paid.
 */
export function vote(
  { answers, quality, cost }: Ballots,
  { members, accuracy }: { readonly members: readonly number[]; readonly accuracy: Float64Array },
): { quality: Float64Array; cost?: Float64Array } {
  const order = byAccuracy(members, accuracy);
  const paid =
    cost &&
    Float64Array.from({ length: quality.rows }, (_, row) =>
      members.reduce((sum, m) => sum + at(cost, row, m), 0),
    );
  return {
    quality: Float64Array.from({ length: quality.rows }, (_, row) => {
      const winner = winnerOf(answers.subarray(row * quality.cols, (row + 1) * quality.cols), order);
      return winner === -1 ? 0 : at(quality, row, winner);
    }),
    ...(paid && { cost: paid }),
  };
}

/** The most accurate first; equals in the pool's order. */
function byAccuracy(members: readonly number[], accuracy: Float64Array): number[] {
  return [...members].sort((a, b) => accuracy[b]! - accuracy[a]! || a - b);
}

/** The most accurate voter of the winning answer; -1 where nobody voted. `order` is by descending accuracy. */
function winnerOf(answers: Int32Array, order: readonly number[]): number {
  let [winner, most] = [-1, 0];
  for (let v = 0; v < order.length; v++) {
    const answer = answers[order[v]!]!;
    if (answer === -1) continue;
    let [votes, first] = [0, true];
    for (let w = 0; w < order.length; w++) {
      if (answers[order[w]!] !== answer) continue;
      if (w < v) {
        first = false;
        break;
      }
      votes++;
    }
    if (first && votes > most) [winner, most] = [order[v]!, votes];
  }
  return winner;
}

/** Beyond so many LLMs not every subset is tried: members come in one by one. */
const mostTried = 12;

/** The fixed set of LLMs whose vote is worth most on the rows given: every subset of up to 12 LLMs, else grown one by one. The smallest of equals. */
export function bestSubset(ballots: Ballots, accuracy: Float64Array): number[] {
  const order = byAccuracy(Array.from(accuracy.keys()), accuracy);
  if (order.length <= mostTried) return ofAll(ballots, order);
  const worth = (members: readonly number[]): number =>
    vote({ answers: ballots.answers, quality: ballots.quality }, { members, accuracy }).quality.reduce(
      (sum, y) => sum + y,
      0,
    );
  return grown(order, worth);
}

function ofAll({ answers, quality }: Ballots, order: readonly number[]): number[] {
  const models = quality.cols;
  const worth = worthOfAll({ answers, quality }, order);
  let best: { members: number[]; value: number } = { members: [], value: -1 };
  for (let set = 1; set < 2 ** models; set++) {
    const members = Array.from({ length: models }, (_, m) => m).filter((m) => (set >> m) & 1);
    const value = worth[order.reduce((bits, m, rank) => bits | (((set >> m) & 1) << rank), 0)]!;
    const equal = Math.abs(value - best.value) < 1e-9;
    if ((!equal && value > best.value) || (equal && members.length < best.members.length))
      best = { members, value };
  }
  return best.members;
}

/** Summed quality of the vote of every set; bit r of a set is the LLM of rank r by accuracy, so that a lower bit wins a tie. */
function worthOfAll({ answers, quality }: Ballots, order: readonly number[]): Float64Array {
  const worth = new Float64Array(2 ** order.length);
  const size = Uint8Array.from(worth, (_, set) => set.toString(2).replaceAll('0', '').length);
  for (let row = 0; row < quality.rows; row++) {
    const voters = votersOf(answers.subarray(row * quality.cols, (row + 1) * quality.cols), order);
    const values = order.map((m) => at(quality, row, m));
    for (let set = 1; set < worth.length; set++) {
      let [most, winner] = [0, 0];
      for (let a = 0; a < voters.length; a++) {
        const present = voters[a]! & set;
        const votes = size[present]!;
        if (votes < most || votes === 0) continue;
        const first = present & -present;
        if (votes > most || first < winner) [most, winner] = [votes, first];
      }
      if (most > 0) worth[set]! += values[31 - Math.clz32(winner)]!;
    }
  }
  return worth;
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

/**
 * Members come in one by one until all are in; the best set on the way is kept. It does not stop at the first that
 * helps nothing: two voters who differ are tied, so that a second seldom helps where a third does.
 */
function grown(order: readonly number[], worth: (members: readonly number[]) => number): number[] {
  let members: number[] = [];
  let best: { members: number[]; value: number } = { members: [], value: -1 };
  while (members.length < order.length) {
    let next: { members: number[]; value: number } = { members: [], value: -1 };
    for (const m of order) {
      if (members.includes(m)) continue;
      const value = worth([...members, m]);
      if (value > next.value + 1e-9) next = { members: [...members, m], value };
    }
    members = next.members;
    if (next.value > best.value + 1e-9) best = next;
  }
  return best.members.sort((a, b) => a - b);
}
