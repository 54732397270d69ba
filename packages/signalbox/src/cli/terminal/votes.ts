import { bracket, columnDecimals, fixed, points } from '../words/numbers.ts';
import { label } from '../words/reading.ts';
import { budgetOf, sizesOf, votesOf, votesSaid } from '../words/votes.ts';
import { type Column, table } from './table.ts';
import { titled, type View } from './view.ts';
import { clean, tellingApart } from './width.ts';
import { wrap } from './wrap.ts';

/** Votes on recorded answers, with the calls that each takes with and without early stop. Empty where none were taken. */
export function votesTable(view: View): string {
  const { set, width, paint } = view;
  const voted = votesOf(set);
  if (set.votes === undefined || voted.length === 0) return '';
  const decimals = Math.max(columnDecimals(voted.flatMap(({ lift }) => lift ?? [])), 2);
  const rows = voted.map(({ vote, system, lift }) => [
    clean(label(system)),
    sizesOf(vote),
    fixed(vote.asked.value, 2),
    vote.needed ? fixed(vote.needed.value, 2) : '',
    vote.latency ? fixed(vote.latency.parallelStopped.value, 0) : '',
    lift ? points(lift.value, decimals) : '',
    lift ? bracket(lift, (x) => fixed(100 * x, decimals)) : '',
  ]);
  const names = rows.map(([name = '']) => name);
  const columns: Column[] = [
    { head: 'vote', align: 'left', least: tellingApart(names, 14) },
    { head: 'LLMs', rank: 2 },
    { head: 'asked' },
    { head: 'needed' },
    { head: 'ms', rank: 3 },
    { head: 'lift' },
    { head: '95 %', rank: 1 },
  ];
  const time = voted.some(({ vote }) => vote.latency) ? '; ms all at once, stopped' : '';
  const about = `on recorded answers, chosen on training rows for ${budgetOf(set.votes)}; calls a query without early stop and with it (one after the other until the leader cannot be overtaken)${time}; lift over the best single model in points`;
  const said = wrap(clean(`${votesSaid(set)}.`), width).map(paint.bold);
  return [titled(view, 'Votes', about, table({ columns, rows }, width)), '', ...said].join('\n');
}
