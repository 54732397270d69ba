import type { Reference, System } from '../../core/results.ts';
import { shorter } from '../words/names.ts';
import { percent } from '../words/numbers.ts';
import { compared, label, singles } from '../words/reading.ts';
import { type Column, table } from './table.ts';
import { titled, type View } from './view.ts';
import { clean } from './width.ts';

/** Of more groups the page and the JSON hold the numbers. */
const most = 6;

/** Each system and single model in every group, with published figures where a study is repeated. */
export function groupsTable(view: View): string {
  const { set, decimals } = view;
  if (set.groups.length < 2 || set.groups.length > most) return '';
  const short = shorter(set.models);
  const systems = [...singles(set), ...compared(set)].filter(({ groups }) => groups !== null);
  const cell = (value: number | undefined): string => (value === undefined ? '' : percent(value, decimals));
  const row = (system: System): string[] => [
    clean(short(label(system))),
    cell(system.macro?.value),
    cell(system.quality?.value),
    ...set.groups.map((group) => cell(system.groups?.[group]?.value)),
  ];
  const columns: Column[] = [
    { head: 'system', align: 'left', least: 14 },
    { head: 'macro' },
    { head: 'all', rank: 1 },
    ...set.groups.map((group): Column => ({ head: clean(group) })),
  ];
  const published = bySystem(set.references ?? []).map(([name, figures]) => [
    `${clean(name)} (published)`,
    cell(find(figures, 'macro')),
    cell(find(figures, 'quality')),
    ...set.groups.map((group) => cell(find(figures, 'quality', group))),
  ]);
  const rows = [...systems.map(row), ...published];
  return titled(
    view,
    'Groups',
    'mean quality in %, macro = mean of the groups, all = mean of the rows',
    table({ columns, rows }, view.width),
  );
}

function find(
  figures: readonly Reference[],
  measure: Reference['measure'],
  group?: string,
): number | undefined {
  return figures.find((figure) => figure.measure === measure && figure.group === group)?.value;
}

/** Published figures, one system after the other. */
export function bySystem(references: readonly Reference[]): [string, Reference[]][] {
  return [...Map.groupBy(references, ({ system }) => system)];
}

/** Where published figures come from, a line each. */
export function sources(references: readonly Reference[]): string[] {
  return [...new Set(references.map(({ system, source }) => `${system} (published): ${source}.`))];
}
