import type { Estimate, ResultSet, Results, System } from '../../core/results.ts';
import type { VotesResult } from '../../core/results-votes.ts';
import { fakeResults, fakeSet } from './contract.ts';

const around = (value: number, half: number): Estimate => ({
  value,
  low: value - half,
  high: value + half,
  n: 5935,
});

/** Results with votes of every kind; `half` is the half-width of each lift's interval. */
export function fakeVotes({ half = 0.008, latency = true, adjusted = 0.02 } = {}): Results {
  const set = fakeSet({ cost: null });
  const best = set.systems.find(({ name }) => name === 'best-single')!;
  const kinds: readonly Omit<VotesResult['systems'][number], 'asked' | 'needed'>[] = [
    { name: 'vote-all', panel: 'fixed', weights: 'equal', sizes: [5, 5], members: [set.models, set.models] },
    {
      name: 'vote-top:log-odds,k=3',
      panel: 'fixed',
      weights: 'log-odds',
      sizes: [3, 3],
      members: [set.models.slice(0, 3), set.models.slice(1, 4)],
    },
    { name: 'vote-random:k=3', panel: 'random', weights: 'equal', sizes: [3, 3] },
    { name: 'subset+labelled-max-conf', panel: 'confident', weights: 'equal', sizes: [3, 2] },
    { name: 'subset+weighted-max-conf', panel: 'confident', weights: 'confidence', sizes: [3, 3] },
  ];
  const systems = kinds.map(({ name }, i): System => {
    const lift = [-0.07, 0.0101, -0.13, 0.005, 0.0121][i]!;
    const quality = around(best.quality!.value + lift, 0.02);
    return {
      ...best,
      name,
      kind: 'baseline',
      strategy: 'vote',
      quality,
      macro: quality,
      choices: null,
      versus: {
        bestSingle: { value: lift, low: lift - half, high: lift + half, p: 0.01, adjusted },
        taskTable: null,
      },
    };
  });
  const votes: VotesResult = {
    budget: { calls: 3, latencyMs: latency ? 900 : null },
    options: 10,
    systems: kinds.map((kind, i) => ({
      ...kind,
      asked: around([5, 3, 3, 1.87, 2.96][i]!, 0.1),
      needed: kind.panel === 'random' ? null : around([3.71, 2.33, 0, 1.41, 2.17][i]!, 0.05),
      ...(latency &&
        kind.panel !== 'random' && {
          latency: {
            sequential: around(3111 + i, 20),
            sequentialStopped: around(2222 + i, 20),
            parallel: around(911 + i, 9),
            parallelStopped: around(733 + i, 9),
          },
        }),
    })),
  };
  const shown: ResultSet = { ...set, systems: [...set.systems, ...systems], votes };
  return { ...fakeResults(), sets: [shown] };
}
