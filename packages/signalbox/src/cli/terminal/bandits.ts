import type { BanditsResult } from '../../core/results-bandits.ts';
import { bracket, count, counted, fixed, percent } from '../words/numbers.ts';
import { type Column, table } from './table.ts';
import { titled, type View } from './view.ts';
import { clean } from './width.ts';
import { wrap } from './wrap.ts';

type Bandit = BanditsResult['bandits'][number];

const columns: readonly Column[] = [
  { head: 'bandit', align: 'left', least: 8 },
  { head: 'prior', align: 'left' },
  { head: 'budget', align: 'left' },
  { head: 'spend' },
  { head: 'quality', rank: 3 },
  { head: 'fixed', rank: 3 },
  { head: 'early', rank: 2 },
  { head: 'lost' },
  { head: '95 %', rank: 1 },
];

/** Bandits that learn while they answer, with and without a budget. Empty where none were replayed. */
export function banditsTable(view: View): string {
  const { bandits: found } = view.set;
  if (found === undefined) return '';
  const rows = found.bandits.map((bandit) => {
    const { router, prior, learns, paced, cost, quality, fixed: choice, regret } = bandit;
    const [early, last] = [regret[0]!, regret.at(-1)!];
    return [
      clean(router),
      `${clean(prior)}${learns ? '' : ', frozen'}`,
      paced ? 'held to' : 'none',
      fixed(cost.value / found.budget, 2),
      percent(quality.value, 2),
      percent(choice.value, 2),
      fixed(early.total.value, 1),
      fixed(last.total.value, 1),
      bracket(last.total, (x) => fixed(x, 1)),
    ];
  });
  const early = found.bandits[0]?.regret[0]?.answers ?? 0;
  const about = `${count(found.answers)} recorded queries answered one by one in ${counted(found.seeds, 'random order')}, each model's outcome learned only where it was chosen; known beforehand: ${counted(found.priorRows, 'row')}; spend in budgets of $${found.budget.toPrecision(2)} a call; lost: answers' worth of quality against the best fixed choice at equal spend, after ${count(early)} answers (early) and in the end, 95 % over orders`;
  const said = wrap(clean(`${banditsSaid(found)}.`), view.width).map(view.paint.bold);
  return [titled(view, 'Bandits', about, table({ columns, rows }, view.width)), '', ...said].join('\n');
}

/** Whether a bandit beats the best fixed choice at its spend, and whether the budget held, in a sentence. */
function banditsSaid({ bandits, budget }: BanditsResult): string {
  const end = (one: Bandit): Bandit['regret'][number] => one.regret.at(-1)!;
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
