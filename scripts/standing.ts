/** What results say of routers: which differences are real, and which router to start with. */
import type { ResultSet, System, Versus } from '../packages/signalbox/src/core/results.ts';

/** Where one router stands on one table, against what. */
export interface Standing {
  readonly set: ResultSet;
  readonly system: System;
  readonly against: 'task table' | 'best single model';
  readonly versus: Versus;
  readonly side: 'above' | 'below' | 'alike';
}

/** Beyond noise: the interval without 0, and p below .05 after correction for the routers of the set, where there is one. */
export function sideOf({ low, high, p, adjusted = p }: Versus): Standing['side'] {
  if (adjusted >= 0.05) return 'alike';
  return low > 0 ? 'above' : high < 0 ? 'below' : 'alike';
}

/** Every router on every table, against the task table, or the best single model where there are no groups. */
export function standings(sets: readonly ResultSet[]): Standing[] {
  return sets.flatMap((set) =>
    set.systems.flatMap((system): Standing[] => {
      if (system.kind !== 'router') return [];
      const { taskTable, bestSingle } = system.versus;
      const versus = taskTable ?? bestSingle;
      if (versus === null) return [];
      const against = taskTable === null ? 'best single model' : 'task table';
      return [{ set, system, against, versus, side: sideOf(versus) }];
    }),
  );
}

/** In a sentence, which differences between routers and the task table are real. */
export function realDifferences(all: readonly Standing[]): string {
  const routers = new Set(all.map(({ system }) => system.name));
  const tables = new Set(all.map(({ set }) => set.dataset));
  const of = (side: Standing['side']): Standing[] => all.filter((one) => one.side === side);
  const alike = of('alike').length;
  const told = (side: 'above' | 'below'): string =>
    of(side).length === 0
      ? `none is ${side} it beyond noise`
      : `${of(side).length} ${of(side).length === 1 ? 'is' : 'are'} ${side} it beyond noise (${byTable(of(side))})`;
  return `Of ${all.length} comparisons of ${routers.size} routers with the task table on ${tables.size} tables (with the best single model where a table has no groups), ${told('above')}, ${told('below')}, and ${alike} cannot be told from it.`;
}

function byTable(some: readonly Standing[]): string {
  const tables = Map.groupBy(some, ({ set }) => set.dataset);
  return [...tables]
    .map(([name, list]) => `on ${name} ${list.map(({ system }) => system.name).join(', ')}`)
    .join('; ');
}

interface Record {
  readonly name: string;
  readonly tables: number;
  /** Tables on which it is below the task table or the best single model beyond noise. */
  readonly losses: number;
  /** Mean lift over the better of the task table and the best single model, in fractions. */
  readonly lift: number;
}

/** Routers that stand on most tables, the one to start with first: fewest losses, then the greatest mean lift. */
export function ranked(sets: readonly ResultSet[]): Record[] {
  const systems = sets.flatMap(({ systems }) => systems.filter(({ kind }) => kind === 'router'));
  const records = [...Map.groupBy(systems, ({ name }) => name)].map(([name, list]): Record => {
    const lifts = list.map(({ versus: { bestSingle, taskTable } }) =>
      [bestSingle, taskTable].filter((one) => one !== null),
    );
    const losses = lifts.filter((both) => both.some((one) => sideOf(one) === 'below')).length;
    const least = lifts.map((both) => Math.min(...both.map(({ value }) => value))).filter(Number.isFinite);
    return { name, tables: list.length, losses, lift: least.reduce((sum, x) => sum + x, 0) / least.length };
  });
  const most = Math.max(...records.map(({ tables }) => tables));
  return records
    .filter(({ tables }) => tables === most)
    .sort((a, b) => a.losses - b.losses || b.lift - a.lift);
}

/** In a sentence, which router to start with. */
export function startWith(sets: readonly ResultSet[]): string {
  const [first, second] = ranked(sets);
  if (first === undefined) return 'No results were given: there is no router to recommend.';
  const losses =
    first.losses === 0
      ? 'on none of them below the task table or the best single model beyond noise'
      : `below the task table or the best single model beyond noise on ${first.losses}, the fewest of all`;
  const beside =
    second === undefined
      ? ''
      : `; next comes \`${second.name}\` (${points(second.lift)}, ${second.losses} below)`;
  return `Start with \`${first.name}\`: over ${first.tables} tables it is ${losses}, and among those it has the greatest mean lift over the better of the two (${points(first.lift)})${beside}.`;
}

export const points = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(100 * x).toFixed(2)} points`;
