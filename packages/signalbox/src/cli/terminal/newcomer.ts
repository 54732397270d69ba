import { fixed, percent, points } from '../words/numbers.ts';
import { table } from './table.ts';
import { titled, type View } from './view.ts';
import { clean } from './width.ts';

/** What each router makes of a model that joins, by the number of its answers. Empty where none was left out. */
export function newcomerTable(view: View): string {
  const { newcomer = [] } = view.set;
  const [first] = newcomer;
  if (first === undefined) return '';
  const rows = newcomer.map(({ router, answers, brier, auc, value, without, retrained, gain }, i) => [
    newcomer[i - 1]?.router === router ? '' : clean(router),
    String(answers),
    fixed(brier.value, 3),
    auc ? fixed(auc.value, 3) : '',
    percent(value.value, 2),
    percent(without.value, 2),
    percent(retrained.value, 2),
    points(gain.value, 2),
    `[${fixed(100 * gain.low, 1)}, ${fixed(100 * gain.high, 1)}]`,
  ]);
  const columns = [
    { head: 'router', align: 'left' as const, least: 16 },
    { head: 'answers' },
    { head: 'Brier' },
    { head: 'AUC' },
    { head: 'with %' },
    { head: 'without' },
    { head: 'anew', rank: 1 },
    { head: 'gain' },
    { head: '95 %', rank: 2 },
  ];
  const about = `means over ${first.models} models, each left out and admitted after so many answers; quality of the pool with it, without it, and trained anew on everything; gain over the pool without it, in points`;
  return titled(view, 'A model joins', about, table({ columns, rows }, view.width));
}
