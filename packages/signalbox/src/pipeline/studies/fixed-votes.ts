import { replay } from '../../metrics/panel-vote.ts';
import { expectedOfRandom } from '../../metrics/vote-subsets.ts';
import { bestSubset } from '../../metrics/votes.ts';
import { ballotsOf } from '../recorded-votes.ts';
import { joined, type VotePart, type VoteWork, type Voting } from './vote-parts.ts';

/** Fixed subsets are sought on at most so many training rows, evenly taken. */
const mostRows = 4000;
/** A pool of more LLMs has too many random subsets for an exact expectation. */
const mostRandom = 16;

/** Votes that look at no query: of all LLMs, of the best fixed subset, of the most accurate, and of random ones. */
export function fixedVotings(work: VoteWork): Voting[] {
  const models = work.plan.table.models.length;
  const most = Math.max(1, Math.min(Math.floor(work.budget.calls), models));
  const all = ({ rank }: VotePart): number[] => byRank(rank);
  return [
    fixed(work, { name: 'vote-all', weights: 'equal', members: all }),
    fixed(work, { name: 'vote-all:log-odds', weights: 'log-odds', members: all }),
    fixed(work, { name: 'vote-subset', weights: 'equal', members: (part) => sought(work, part, {}) }),
    fixed(work, {
      name: `vote-subset:log-odds,most=${most}`,
      weights: 'log-odds',
      members: (part) => sought(work, part, { most, weights: part.weights }),
    }),
    fixed(work, {
      name: `vote-top:log-odds,k=${most}`,
      weights: 'log-odds',
      members: ({ rank }) => byRank(rank).slice(0, most),
    }),
    ...(models <= mostRandom ? [random(work, most)] : []),
  ];
}

const byRank = (rank: Int32Array): number[] => [...rank.keys()].sort((a, b) => rank[a]! - rank[b]!);

/** The best of all fixed subsets on a part's training rows; the most accurate is asked first, so that the others are needed least. */
function sought(
  { plan, letters }: VoteWork,
  { learned, accuracy, rank }: VotePart,
  options: { readonly most?: number; readonly weights?: Float64Array },
): number[] {
  const step = Math.ceil(learned.length / mostRows);
  const rows = learned.filter((_, i) => i % step === 0);
  return bestSubset(ballotsOf(plan, letters, rows), accuracy, options).sort((a, b) => rank[a]! - rank[b]!);
}

function fixed(
  work: VoteWork,
  of: {
    readonly name: string;
    readonly weights: 'equal' | 'log-odds';
    readonly members: (part: VotePart) => number[];
  },
): Voting {
  const members = work.parts.map(of.members);
  const replays = work.parts.map((part, i) => {
    const own = members[i]!;
    const panel = { members: own, weights: own.map((m) => (of.weights === 'equal' ? 1 : part.weights[m]!)) };
    return replay(part.ballots, { panel: () => panel, rank: part.rank });
  });
  return {
    name: of.name,
    panel: 'fixed',
    weights: of.weights,
    sizes: members.map(({ length }) => length),
    members,
    replayed: joined(work, replays),
  };
}

/** In expectation over all sets of a size. No order of asking is meant, so that none of its calls can be called needless. */
function random({ plan, parts }: VoteWork, size: number): Voting {
  const quality = new Float64Array(plan.compared.length);
  for (const { ballots, rank, places } of parts) {
    expectedOfRandom(ballots, byRank(rank), size).forEach((value, row) => {
      quality[places[row]!] = value;
    });
  }
  return {
    name: `vote-random:k=${size}`,
    panel: 'random',
    weights: 'equal',
    sizes: parts.map(() => size),
    replayed: { quality, asked: new Float64Array(quality.length).fill(size) },
  };
}
