import type { FoldingsResult } from '../../core/results-foldings.ts';
import { plainFour } from '../words/foldings.ts';
import { bracket, count } from '../words/numbers.ts';
import { type Column, table } from './table.ts';
import { titled, type View } from './view.ts';
import { clean } from './width.ts';

/** A router's APGR under several assignments of rows to folds, and by few labels. Empty where neither was tried. */
export function foldingsTable(view: View): string {
  const { foldings = [] } = view.set;
  const few = foldings.filter(({ labels }) => labels !== null);
  const all = foldings.filter(({ labels }) => labels === null);
  return [whole(view, all), byLabels(view, few)].filter(Boolean).join('\n\n');
}

function whole(view: View, lines: FoldingsResult): string {
  const [first] = lines;
  if (first === undefined) return '';
  const columns: Column[] = [
    { head: 'router', align: 'left', least: 12 },
    ...first.values.map(({ seed }) => ({ head: `seed ${seed}`, rank: 1 })),
    { head: 'mean' },
    { head: '95 % of it' },
  ];
  const rows = lines.map(({ router, values, mean }) => [
    clean(router),
    ...values.map(({ value }) => plainFour(value.value)),
    plainFour(mean.value),
    bracket(mean, plainFour),
  ]);
  const about = `one assignment of rows to folds is as good as another; the first is that of the tables above`;
  return titled(view, 'APGR by other folds', about, table({ columns, rows }, view.width));
}

function byLabels(view: View, lines: FoldingsResult): string {
  if (lines.length === 0) return '';
  const columns: Column[] = [
    { head: 'router', align: 'left', least: 12 },
    { head: 'labels' },
    { head: 'APGR' },
    { head: '95 %' },
  ];
  const rows = lines.map(({ router, labels, mean }) => [
    clean(router),
    count(labels ?? 0),
    plainFour(mean.value),
    bracket(mean, plainFour),
  ]);
  const about = `training rows of each fit that have a label, drawn by chance; the texts of all are known`;
  return titled(view, 'APGR by few labels', about, table({ columns, rows }, view.width));
}
