import { banditsSaid, priorOf } from '../words/bandits.ts';
import { bracket, count, counted, fixed, percent } from '../words/numbers.ts';
import { type Column, table } from './table.ts';
import { titled, type View } from './view.ts';
import { clean } from './width.ts';
import { wrap } from './wrap.ts';

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
    const { router, paced, cost, quality, fixed: choice, regret } = bandit;
    const [early, last] = [regret[0]!, regret.at(-1)!];
    return [
      clean(router),
      clean(priorOf(bandit)),
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
