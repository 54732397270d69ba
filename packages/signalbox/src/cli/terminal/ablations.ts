import { partOf } from '../words/ablations.ts';
import { bracket, fixed, percent, points } from '../words/numbers.ts';
import { type Column, table } from './table.ts';
import { titled, type View } from './view.ts';
import { clean } from './width.ts';

const partColumns: readonly Column[] = [
  { head: 'variant', align: 'left', least: 16 },
  { head: '%' },
  { head: '95 %', rank: 2 },
  { head: '$ a query', rank: 1 },
  { head: 'difference' },
  { head: '95 % of it' },
];
const lostColumns: readonly Column[] = [
  { head: 'lost model', align: 'left', least: 12 },
  { head: '%' },
  { head: 'best single', rank: 1 },
  { head: 'lift' },
  { head: '95 % of it' },
];

/** A router without its parts, and with a model lost. Empty where none was tried. */
export function ablationsTable(view: View): string {
  const inPoints = (x: number): string => fixed(100 * x, 2);
  return (view.set.ablations ?? [])
    .flatMap(({ router, seeds, lines, lost }) => {
      const priced = lines.some(({ cost }) => cost !== null);
      const parts = lines.map(({ system, value, cost, difference }) => [
        clean(partOf(system, router)),
        percent(value.value, 2),
        bracket(value, inPoints),
        ...(priced ? [cost ? cost.value.toPrecision(3) : ''] : []),
        difference ? points(difference.value, 2) : '',
        difference ? bracket(difference, inPoints) : '',
      ]);
      const about = `means over ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}; differences to the router as it is, paired, in points`;
      const without = lost.map(({ model, value, bestSingle, lift }) => [
        clean(model),
        percent(value.value, 2),
        percent(bestSingle.value, 2),
        points(lift.value, 2),
        bracket(lift, inPoints),
      ]);
      const aboutLost = `one model cannot be called, and the next best takes its place; beside it the best single model of those left`;
      const columns = partColumns.filter(({ head }) => priced || head !== '$ a query');
      return [
        titled(view, `${router} without its parts`, about, table({ columns, rows: parts }, view.width)),
        titled(
          view,
          `${router} with a model lost`,
          aboutLost,
          table({ columns: lostColumns, rows: without }, view.width),
        ),
      ];
    })
    .join('\n\n');
}
