import type { Estimate, ResultSet, Results } from '../../core/results.ts';
import { bracket, columnDecimals, count, counted, fixed, nbsp, percent, points } from '../words/numbers.ts';
import { label, primary } from '../words/reading.ts';
import { fewSystems, isStudy, oracleOf, scenario } from '../words/scenarios.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';
import { titled, type View } from './view.ts';
import { clean } from './width.ts';

/** The most routers of a set that a terminal shows where a study runs dozens. */
const most = 5;

/** The view with the best few routers alone, and how many are left out; the view itself where it is no study. */
export function few(view: View): { readonly view: View; readonly left: number } {
  if (!isStudy(view.set)) return { view, left: 0 };
  const { shown, left } = fewSystems(view.set, most);
  const set: ResultSet = { ...view.set, systems: shown };
  return { view: { ...view, set }, left };
}

export const leftOut = (left: number, p: Paint): string =>
  left === 0
    ? ''
    : p.dim(`and ${counted(left, 'router').replaceAll('\u00a0', ' ')} more, on the page and in the JSON`);

/** On how many queries the choice of a model matters at all, in a sentence. */
export function whyLine({ why }: ResultSet): string {
  if (why === undefined) return '';
  const write = (x: number): string => percent(x, 0);
  const share = (at: Estimate): string => `${write(at.value)}${nbsp}% ${bracket(at, write)}`;
  const { allRight, noneRight, exactlyOne } = why;
  return `Every model is right on ${share(allRight)} of the queries and none on ${share(noneRight)}: on these the choice does not matter. Exactly one is right on ${share(exactlyOne)}.`;
}

/** A line for each scenario: who is best, and does routing beat it beyond noise? Empty where it is no study. */
export function scenariosTable(results: Results, way: Pick<View, 'width' | 'paint'>): string {
  const [first] = results.sets;
  if (first === undefined || results.sets.length < 2 || !results.sets.some(isStudy)) return '';
  const all = results.sets.map(scenario);
  const value = (set: ResultSet, system: Parameters<typeof primary>[1] | undefined): string => {
    const at = system && primary(set, system);
    return at ? percent(at.value, 2) : '';
  };
  const decimals = columnDecimals(
    all.flatMap(({ lift }) => lift ?? []),
    2,
  );
  const rows = all.map(({ set, best, router, lift, answer }) => [
    clean(set.dataset),
    value(set, best),
    router ? clean(label(router)) : '',
    value(set, router),
    lift ? points(lift.value, decimals) : '',
    lift ? `[${fixed(100 * lift.low, 1)}, ${fixed(100 * lift.high, 1)}]` : '',
    value(set, oracleOf(set)),
    answer.split(',')[0]!,
  ]);
  const columns = [
    { head: 'scenario', align: 'left' as const, least: 15 },
    { head: 'single %' },
    { head: 'best router', align: 'left' as const, least: 18 },
    { head: '%', rank: 2 },
    { head: 'lift' },
    { head: '95 %' },
    { head: 'oracle', rank: 1 },
    { head: 'gains', align: 'left' as const },
  ];
  const won = all.filter(({ lift }) => lift !== null && lift.low > 0).length;
  const about = `routing beats the best single model beyond noise in ${count(won)} of ${count(all.length)}; each best router is picked after the fact, which flatters it`;
  const view = { ...way, set: first, decimals: 2 };
  return titled(view, 'Scenarios', about, table({ columns, rows }, way.width));
}
