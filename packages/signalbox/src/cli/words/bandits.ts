import type { BanditsResult } from '../../core/results-bandits.ts';
import { count, counted, fixed, percent } from './numbers.ts';

export type Bandit = BanditsResult['bandits'][number];

/** What a bandit believed beforehand: `table`, or `table, frozen` where it learned nothing more. */
export const priorOf = ({ prior, learns }: Bandit): string => `${prior}${learns ? '' : ', frozen'}`;

const end = (one: Bandit): Bandit['regret'][number] => one.regret.at(-1)!;

/** Whether a bandit beats the best fixed choice at its spend, and whether the budget held, in a sentence. */
export function banditsSaid({ bandits, budget }: BanditsResult): string {
  const within = bandits.filter(({ paced }) => paced);
  const sure = within.filter((one) => end(one).total.high < 0);
  const [best] = [...within].sort((a, b) => end(a).total.value - end(b).total.value);
  const greatest = Math.max(...within.map(({ greatestCost }) => greatestCost / budget));
  const held =
    greatest <= 1
      ? `the pacer held the budget in every order (at most ${percent(greatest, 1)} % of it)`
      : `the pacer let as much as ${percent(greatest, 1)} % of the budget be spent`;
  if (best === undefined) return 'No bandit had a budget to keep to';
  const { total, answers } = end(best);
  const write = (x: number): string => fixed(Math.abs(x), 0);
  const gained = `${best.router} (prior: ${best.prior}) ${total.value < 0 ? 'gains' : 'loses'} ${write(total.value)} answers in ${count(answers)}`;
  return sure.length > 0
    ? `Within the budget ${sure.length} of ${counted(within.length, 'bandit')} ${sure.length === 1 ? 'beats' : 'beat'} the best fixed choice at equal spend; ${gained}; ${held}`
    : `Within the budget no bandit beats the best fixed choice at equal spend; ${gained}; ${held}`;
}
