import { at } from '../math/matrix.ts';
import { type Ballots, byAccuracy, rankBy } from './ballots.ts';
import { replay } from './panel-vote.ts';
import { type Ranked, worthOfAll } from './vote-subsets.ts';

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
const mostTried = 14;

/** What a fixed set of LLMs may be. */
interface SubsetOptions {
  /** What the vote of each LLM counts, 0 or more; 1 each where absent. */
  readonly weights?: ArrayLike<number>;
  /** At most so many members; all where absent. */
  readonly most?: number;
}

/** The fixed set of LLMs whose vote is worth most on the rows given: every subset of up to 14 LLMs, else grown one by one. The smallest of equals. */
export function bestSubset(
  ballots: Ballots,
  accuracy: Float64Array,
  { weights, most = accuracy.length }: SubsetOptions = {},
): number[] {
  const order = byAccuracy(Array.from(accuracy.keys()), accuracy);
  if (order.length <= mostTried) return ofAll(ballots, { order, weights }, most);
  const rank = rankBy(accuracy);
  const worth = (members: readonly number[]): number => {
    const panel = { members, weights: members.map((m) => weights?.[m] ?? 1) };
    return replay(ballots, { panel: () => panel, rank }).quality.reduce((sum, y) => sum + y, 0);
  };
  return grown(order, worth, most);
}

function ofAll({ answers, quality }: Ballots, ranked: Ranked, most: number): number[] {
  const models = quality.cols;
  const worth = worthOfAll({ answers, quality }, { ...ranked, most });
  let best: { members: number[]; value: number } = { members: [], value: -1 };
  for (let set = 1; set < 2 ** models; set++) {
    const members = Array.from({ length: models }, (_, m) => m).filter((m) => (set >> m) & 1);
    if (members.length > most) continue;
    const value = worth[ranked.order.reduce((bits, m, rank) => bits | (((set >> m) & 1) << rank), 0)]!;
    const equal = Math.abs(value - best.value) < 1e-9;
    if ((!equal && value > best.value) || (equal && members.length < best.members.length))
      best = { members, value };
  }
  return best.members;
}

/**
 * Members come in one by one until all are in, or as many as may be; the best set on the way is kept. It does not stop at the first that
 * helps nothing: two voters who differ are tied, so that a second seldom helps where a third does.
 */
function grown(
  order: readonly number[],
  worth: (members: readonly number[]) => number,
  most: number,
): number[] {
  let members: number[] = [];
  let best: { members: number[]; value: number } = { members: [], value: -1 };
  while (members.length < Math.min(most, order.length)) {
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
