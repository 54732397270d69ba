import type { Estimate, ResultSet, Results } from '../../core/results.ts';
import type { RouterEvalResult } from '../../core/results-routereval.ts';
import { count, fixed, percent, points } from './numbers.ts';

/** A task at one pool size. */
export interface Grown {
  readonly set: ResultSet;
  readonly of: RouterEvalResult;
}

/** Sets of RouterEval by task, each by pool size, the smallest first. */
export function grownOf({ sets }: Results): ReadonlyMap<string, readonly Grown[]> {
  const found = sets.flatMap((set) => (set.routerEval ? [{ set, of: set.routerEval }] : []));
  const byTask = Map.groupBy(found, ({ of }) => of.task);
  return new Map([...byTask].map(([task, some]) => [task, some.sort((a, b) => a.of.size - b.of.size)]));
}

const meanOf = (some: readonly Estimate[]): number =>
  some.reduce((sum, { value }) => sum + value, 0) / some.length;

export const isRouter = ({ systems }: ResultSet, name: string): boolean =>
  systems.some((system) => system.name === name && system.kind === 'router');

/** The router of the greatest mean score over all that is shown; it is picked after the fact. */
export function bestRouter(all: readonly Grown[]): string | undefined {
  const names = new Set(
    all.flatMap(({ set, of }) => of.systems.flatMap(({ name }) => (isRouter(set, name) ? name : []))),
  );
  const score = (name: string): number =>
    meanOf(all.flatMap(({ of }) => of.systems.find((system) => system.name === name)?.mu ?? []));
  return [...names].sort((a, b) => score(b) - score(a))[0];
}

/** Whether what stands behind the outcomes is known, so that reach and luck can be told apart. */
export const reachKnown = (all: readonly Grown[]): boolean =>
  all.every(({ of }) => of.reach.probability !== null);

/** What becomes of the oracle as pools grow, as the title of what shows it. */
export function growthSaid(all: readonly Grown[]): string {
  const sizes = all.map(({ of }) => of.size);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const grows = (value: (one: Grown) => Estimate | null | undefined): number => {
    const at = (size: number): number =>
      meanOf(all.filter(({ of }) => of.size === size).flatMap((one) => value(one) ?? []));
    return at(most) - at(least);
  };
  const from = `from ${count(least)} to ${count(most)} models`;
  const oracle = grows(({ of }) => of.reach.picked);
  if (reachKnown(all) && oracle > 0) {
    const reach = grows(({ of }) => of.reach.probability);
    return `Of the ${percent(oracle, 1)} points by which the oracle grows ${from}, ${percent(reach, 1)} are there to be had; ${percent(oracle - reach, 1)} are luck, picked on the test rows`;
  }
  const router = bestRouter(all);
  if (router === undefined) return `The oracle changes by ${points(oracle, 1)} points ${from}`;
  const gained = grows(({ of }) => of.systems.find(({ name }) => name === router)?.mu);
  return `The oracle changes by ${points(oracle, 1)} points ${from}, the best router by ${points(gained, 1)}`;
}

/** Whether a router beats the best single model of one set, as the title of its measures. */
export function measuresSaid(set: ResultSet, { systems }: RouterEvalResult): string {
  const [best] = systems.filter(({ name }) => isRouter(set, name)).sort((a, b) => b.vb - a.vb);
  if (best === undefined) return 'RouterEval’s measures';
  return best.vb > 1
    ? `The highest V_B, of ${best.name}, is ${fixed(best.vb, 3)}: above the best single model on the test rows, but picked after the fact`
    : `No router lies above the best single model on the test rows: ${best.name} comes to ${fixed(best.vb, 3)} of it`;
}
