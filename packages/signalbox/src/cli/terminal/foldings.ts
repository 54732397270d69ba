import { foldingName, plainFour } from '../words/foldings.ts';
import { bracket } from '../words/numbers.ts';
import { type Column, table } from './table.ts';
import { titled, type View } from './view.ts';
import { clean } from './width.ts';

/** A router's APGR under several assignments of rows to folds. Empty where there was one. */
export function foldingsTable(view: View): string {
  const { foldings = [] } = view.set;
  const first = foldings.find(({ labels }) => labels === null);
  if (first === undefined) return '';
  const columns: Column[] = [
    { head: 'router', align: 'left', least: 12 },
    ...first.values.map(({ seed }) => ({ head: `seed ${seed}`, rank: 1 })),
    { head: 'mean' },
    { head: '95 % of it' },
  ];
  const rows = foldings.map((line) => [
    clean(foldingName(line)),
    ...first.values.map((_, i) => (line.values[i] ? plainFour(line.values[i].value.value) : '')),
    plainFour(line.mean.value),
    bracket(line.mean, plainFour),
  ]);
  const about = `one assignment of rows to folds is as good as another; the first is that of the tables above`;
  return titled(view, 'APGR by other folds', about, table({ columns, rows }, view.width));
}
