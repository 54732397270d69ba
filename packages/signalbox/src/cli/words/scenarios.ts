import type { ResultSet, System, Versus } from '../../core/results.ts';
import { byValue, find, primary, unreachable } from './reading.ts';

/** A set of a study of many systems, in a line: who is best, and does routing beat it? */
export interface Scenario {
  readonly set: ResultSet;
  readonly best: System | undefined;
  /** The router that the line is about, picked on the very rows where nothing else names one. */
  readonly router: System | undefined;
  readonly chosenFrom: number;
  readonly lift: Versus | null;
  readonly answer: string;
}

/** True where routers were run under several policies, so that there are too many systems to tell of each. */
export const isStudy = (set: ResultSet): boolean =>
  set.why !== undefined || set.systems.some(({ name, kind }) => kind === 'router' && name.includes('+'));

const routersOf = (set: ResultSet): System[] =>
  byValue(
    set,
    set.systems.filter((system) => system.kind === 'router' && primary(set, system) !== null),
  );

export function scenario(set: ResultSet): Scenario {
  const routers = routersOf(set);
  const router = routers[0];
  const lift = router?.versus.bestSingle ?? null;
  return {
    set,
    best: find(set, 'best-single'),
    router,
    chosenFrom: routers.length,
    lift,
    answer: words(lift),
  };
}

function words(lift: Versus | null): string {
  if (lift === null) return 'not compared';
  // Picked from many: only a p corrected for all of them may call it beyond noise.
  const beyond = lift.adjusted === undefined ? lift.low > 0 || lift.high < 0 : lift.adjusted < 0.05;
  if (beyond) return lift.value > 0 ? 'yes, beyond noise' : 'no, it loses';
  return lift.value > 0 ? 'no, not beyond noise' : 'no';
}

/** The most that a terminal shows of a study's set: its bounds and baselines, and the best of its routers. */
export function fewSystems(set: ResultSet, most: number): { shown: System[]; left: number } {
  const routers = routersOf(set).slice(0, most);
  const others = set.systems.filter(({ kind }) => kind !== 'router' && kind !== 'single');
  const shown = new Set([...others, ...routers]);
  const left = set.systems.filter((system) => system.kind === 'router' && !shown.has(system)).length;
  return { shown: set.systems.filter((system) => shown.has(system)), left };
}

export const oracleOf = (set: ResultSet): System | undefined =>
  find(set, 'oracle') ?? set.systems.find(unreachable);
