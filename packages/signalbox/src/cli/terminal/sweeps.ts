import { bracket, fixed } from '../words/numbers.ts';
import { against } from '../words/sweeps.ts';
import { type Column, table } from './table.ts';
import { titled, type View } from './view.ts';
import { clean } from './width.ts';

const columns: readonly Column[] = [
  { head: 'router', align: 'left', least: 8 },
  { head: 'swept by', align: 'left' },
  { head: 'against', align: 'left', rank: 2 },
  { head: 'AIQ' },
  { head: 'over the mix' },
  { head: '95 %', rank: 1 },
];

/** AIQ of routers that were swept by a parameter of their own. Empty where none were. */
export function sweepsTable(view: View): string {
  const found = view.set.sweeps;
  if (found === undefined) return '';
  const rows = found.map(({ router, parameter, price, aiq, aiqLift }) => {
    const digits = (x: number): string => fixed(x, 4);
    return [
      clean(router),
      clean(parameter),
      against(price),
      digits(aiq.value),
      digits(aiqLift.value),
      bracket(aiqLift, digits),
    ];
  });
  const about =
    'quality against cost, latency or equal parts of both, by the parameter that a paper gives its router; AIQ is the mean height of the hull, beside it what it has over the mix of single models, with its interval';
  return titled(view, 'Own sweeps', about, table({ columns, rows }, view.width));
}
