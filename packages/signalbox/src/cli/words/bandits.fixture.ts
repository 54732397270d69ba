import type { Estimate, Results } from '../../core/results.ts';
import type { BanditsResult } from '../../core/results-bandits.ts';
import { fakeResults, fakeSet } from './contract.ts';

const around = (value: number, half: number, n = 1763): Estimate => ({
  value,
  low: value - half,
  high: value + half,
  n,
});
const budget = 0.00102;
const stops = [100, 200, 400, 800, 1763];

/** Router, prior, whether it learns, answers lost in the end without and with a budget. */
const entrants: readonly (readonly [string, string, boolean, number, number])[] = [
  ['linucb', 'none', true, 41, 22],
  ['linucb', 'table', true, 4, -9],
  ['linucb', 'table', false, 11, -2],
  ['linucb', 'residual', true, -6, -21],
  ['thompson', 'none', true, 55, 31],
  ['thompson', 'table', true, 9, -4],
];

/** Results of bandits with and without a budget; `spend` is the greatest share of it that any order took. */
export function fakeBandits({ spend = 0.975 } = {}): Results {
  const bandits = [false, true].flatMap((paced) =>
    entrants.map(([router, prior, learns, free, held], i): BanditsResult['bandits'][number] => {
      const end = paced ? held : free;
      const cost = budget * (paced ? 0.94 + 0.005 * i : 3.1 + 0.2 * i);
      return {
        router,
        prior,
        learns,
        paced,
        quality: around(0.8 - end / 1763, 0.0012),
        cost: around(cost, 0.02 * cost),
        greatestCost: paced ? budget * (spend - 0.001 * i) : cost * 1.04,
        fixed: around(0.8, 0.0012),
        regret: stops.map((answers) => ({
          answers,
          total: around(3 + (end - 3) * (answers / 1763) ** 0.7, 1 + 4 * Math.sqrt(answers / 1763), answers),
        })),
      };
    }),
  );
  const result: BanditsResult = { priorRows: 442, answers: 1763, seeds: 20, budget, bandits };
  return { ...fakeResults({ command: 'reproduce routerbench' }), sets: [{ ...fakeSet(), bandits: result }] };
}
