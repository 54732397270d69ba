import type { Estimate, ResultSet, System } from '../../core/results.ts';

/** What both faces read out of a set: which systems, in which order, and which of them the answer is about. */

export const find = (set: ResultSet, name: string): System | undefined =>
  set.systems.find((system) => system.name === name);

/** The system's value on the average that the set compares; null for a hull. */
export const primary = (set: ResultSet, system: System): Estimate | null => system[set.primary];

const score = (set: ResultSet, system: System): number =>
  primary(set, system)?.value ?? Number.NEGATIVE_INFINITY;

/** Greatest first, equals in their order. */
export function byValue(set: ResultSet, systems: readonly System[]): System[] {
  return [...systems].sort((a, b) => Math.sign(score(set, b) - score(set, a)) || 0);
}

const isMain = (system: System): boolean =>
  system.name !== 'residual-text' &&
  (system.name === 'residual' || /^residual[:+]/.test(system.name) || system.router === 'residual');

/** The router that the answer is about, and whether it was picked on the very rows it is judged by. */
export interface Headline {
  readonly system: System;
  /** Routers it was chosen from after the fact; 0 where it was named beforehand. */
  readonly chosenFrom: number;
}

/** The default router where it was run, else the highest of those that were. */
export function headline(set: ResultSet): Headline | undefined {
  const routers = byValue(
    set,
    set.systems.filter((system) => system.kind === 'router' && primary(set, system) !== null),
  );
  const named = find(set, 'residual') ?? routers.find(isMain);
  const system = named ?? routers[0];
  if (system === undefined) return undefined;
  return { system, chosenFrom: named === undefined && routers.length > 1 ? routers.length : 0 };
}

const opening = ['random', 'cheapest', 'best-single', 'best-single-hindsight'];
const tables = ['task-table', 'task-table-predicted'];

/** All but single models and the hull of their mixtures, in the order in which a sceptic asks: baselines, routers, bounds, oracle. */
export function compared(set: ResultSet): System[] {
  const named = [...opening, ...tables, 'zero-router'];
  const baselines = set.systems.filter(
    (system) => system.kind === 'baseline' && !named.includes(system.name),
  );
  const of = (kind: System['kind']): System[] =>
    byValue(
      set,
      set.systems.filter((system) => system.kind === kind && !named.includes(system.name)),
    );
  return [
    ...[...opening, ...tables].flatMap((name) => find(set, name) ?? []),
    ...baselines,
    ...of('router'),
    ...of('bound'),
    ...of('oracle'),
  ];
}

/** The single models, best first. */
export const singles = (set: ResultSet): System[] =>
  byValue(
    set,
    set.systems.filter((system) => system.kind === 'single'),
  );

/** A system as people read it. */
export function label(system: System | string): string {
  const name = typeof system === 'string' ? system : system.name;
  if (name.startsWith('single:')) return name.slice('single:'.length);
  const words: Record<string, string> = {
    'best-single': 'best single',
    'best-single-hindsight': 'best in hindsight',
    'task-table': 'task table',
    'task-table-predicted': 'task table, guessed',
    'zero-router': 'mix of single models',
  };
  return Object.hasOwn(words, name) ? words[name]! : name;
}

/** The model that the best-single baseline answers with (in most folds), or undefined. */
export function bestSingleModel(set: ResultSet): string | undefined {
  const shares = Object.entries(find(set, 'best-single')?.choices ?? {});
  shares.sort((a, b) => b[1] - a[1]);
  return shares[0]?.[0];
}

/** True where outcomes had to be known to choose: a bound or the oracle, but not the hull of single models. */
export const unreachable = (system: System): boolean =>
  (system.name !== 'zero-router' && system.kind === 'bound') ||
  system.kind === 'oracle' ||
  system.name === 'best-single-hindsight';

/** The reachable system with the greatest value; undefined where several share it or there is none. */
export function highest(set: ResultSet): System | undefined {
  const [first, second] = byValue(
    set,
    compared(set).filter((system) => !unreachable(system) && primary(set, system) !== null),
  );
  if (first === undefined) return undefined;
  return second !== undefined && score(set, second) === score(set, first) ? undefined : first;
}

/** What a truth of a simulated world holds: exact expected values on the set's primary average. */
export interface Truth {
  /** By a system's name, or by any other name (`best possible router`). Fractions. */
  readonly values: Readonly<Record<string, number>>;
  /** What is true of this world, in a sentence. */
  readonly story?: string;
}

/** Truths by the name of the set's dataset. */
export type Truths = Readonly<Record<string, Truth>>;
