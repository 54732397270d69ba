import type { Estimate, ResultSet, Results, System } from '../../core/results.ts';
import { counted } from './numbers.ts';
import { compared, primary, singles } from './reading.ts';

/** A system that both runs have, on the average that its set compares. */
export interface Pair {
  readonly name: string;
  readonly a: Estimate;
  readonly b: Estimate;
  /** B less A; not paired, so without an interval. */
  readonly difference: number;
  /** True where the two intervals share a value: then the difference may be noise. */
  readonly overlap: boolean;
  readonly single: boolean;
}

export interface SetPair {
  readonly dataset: string;
  readonly a: ResultSet;
  readonly b: ResultSet;
  readonly pairs: readonly Pair[];
  /** Why the rows are known to be the same, or why they may not be. */
  readonly rows: { readonly same: boolean; readonly said: string };
  /** Systems of one run alone, by name. */
  readonly only: { readonly a: readonly string[]; readonly b: readonly string[] };
  readonly models: { readonly a: readonly string[]; readonly b: readonly string[] };
}

export interface Comparison {
  readonly sets: readonly SetPair[];
  readonly only: { readonly a: readonly string[]; readonly b: readonly string[] };
}

/** Sets of one name, and where each run has one set alone, these two. */
export function compareRuns(a: Results, b: Results): Comparison {
  const alone = a.sets.length === 1 && b.sets.length === 1;
  const partner = (set: ResultSet): ResultSet | undefined =>
    alone ? b.sets[0] : b.sets.find(({ dataset }) => dataset === set.dataset);
  const sets = a.sets.flatMap((set) => {
    const other = partner(set);
    return other === undefined ? [] : [pairSets(set, other)];
  });
  const matched = (side: 'a' | 'b'): Set<ResultSet> => new Set(sets.map((pair) => pair[side]));
  const rest = (all: readonly ResultSet[], side: 'a' | 'b'): string[] =>
    all.filter((set) => !matched(side).has(set)).map(({ dataset }) => dataset);
  return { sets, only: { a: rest(a.sets, 'a'), b: rest(b.sets, 'b') } };
}

function pairSets(a: ResultSet, b: ResultSet): SetPair {
  const ordered = [...compared(a), ...singles(a)];
  const pairs = ordered.flatMap((system) => pairOf(system, { a, b }));
  const missing = (of: ResultSet, other: ResultSet): string[] =>
    of.systems
      .map(({ name }) => name)
      .filter((name) => name !== 'zero-router' && !other.systems.some((system) => system.name === name));
  const models = (of: ResultSet, other: ResultSet): string[] =>
    of.models.filter((model) => !other.models.includes(model));
  return {
    dataset: a.dataset === b.dataset ? a.dataset : `${a.dataset} and ${b.dataset}`,
    a,
    b,
    pairs,
    rows: sameRows(a, b),
    only: { a: missing(a, b), b: missing(b, a) },
    models: { a: models(a, b), b: models(b, a) },
  };
}

function pairOf(system: System, { a, b }: { a: ResultSet; b: ResultSet }): Pair[] {
  const other = b.systems.find(({ name }) => name === system.name);
  // What each set compares; where they differ in that, neither average stands for the other.
  const [of, with_] = [primary(a, system), other ? primary(b, other) : null];
  if (!of || !with_ || a.primary !== b.primary) return [];
  return [
    {
      name: system.name,
      a: of,
      b: with_,
      difference: with_.value - of.value,
      overlap: of.low <= with_.high && with_.low <= of.high,
      single: system.kind === 'single',
    },
  ];
}

/** The same files and the same count of compared rows; anything less is not called the same. */
function sameRows(a: ResultSet, b: ResultSet): SetPair['rows'] {
  if (a.primary !== b.primary) {
    return {
      same: false,
      said: `A compares by ${a.primary}, B by ${b.primary}, so no value stands beside another.`,
    };
  }
  const of = (set: ResultSet): string[] => Object.values(set.digests ?? {}).sort();
  const [left, right] = [of(a), of(b)];
  const rows = (set: ResultSet): string => counted(set.protocol.testRows, 'row');
  if (left.length === 0 || right.length === 0) {
    return { same: false, said: 'The files behind a run are not recorded, so the rows may differ.' };
  }
  if (left.length !== right.length || left.some((digest, i) => digest !== right[i])) {
    return { same: false, said: 'The two runs read different files, so a difference may be one of rows.' };
  }
  return a.protocol.testRows === b.protocol.testRows
    ? { same: true, said: `The same rows: both runs read the same files and compare ${rows(a)}.` }
    : {
        same: false,
        said: `Both runs read the same files, but A compares ${rows(a)} and B ${rows(b)}.`,
      };
}

/** What two values with their intervals say without pairing. */
export function judged({ a, b, overlap, difference }: Pair): string {
  if (difference === 0 && a.low === b.low && a.high === b.high) return 'equal';
  if (overlap) return 'may be noise';
  return difference > 0 ? 'B is higher' : 'B is lower';
}
