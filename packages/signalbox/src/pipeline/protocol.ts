import type { Dataset } from '../core/dataset.ts';
import { SignalboxError } from '../core/errors.ts';
import { assignFolds, indexGroups, noGroup, unitsOf } from '../core/folds.ts';
import { keyOf } from '../core/query.ts';
import type { Flag, Protocol } from '../core/results.ts';
import { rowsOf, tableError, takeModels } from '../core/table.ts';
import { at, type Matrix } from '../math/matrix.ts';

/** One fit and the rows it is tested on; numbers of rows of the table. */
export interface Part {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** How a table is tested: its parts, the rows that count, and what was left out. */
export interface Plan {
  /** The table with the models that are compared. */
  readonly table: Dataset;
  readonly parts: readonly Part[];
  /** Rows that are compared, in the table's order: tested, and observed for every model. */
  readonly compared: Int32Array;
  /** Fold in which each compared row is tested; absent with a given split. */
  readonly folds?: Int32Array;
  readonly protocol: Protocol;
  readonly rowsDropped: Readonly<Record<string, number>>;
  readonly flags: readonly Flag[];
}

export interface PlanOptions {
  readonly seed: number;
  readonly folds?: number;
  /** Folds read from a file, by query id. */
  readonly foldOf?: ReadonlyMap<string, number>;
}

/** @throws SignalboxError `table` where nothing can be compared, saying why and what would help */
export function plan(given: Dataset, options: PlanOptions): Plan {
  if (given.examples.length === 0)
    throw tableError(given, `${given.name} holds no rows to compare; give a table with at least 10.`);
  const { table, flags } = leaveOutUnobserved(given, testRows(given));
  const keys = table.examples.map(keyOf);
  const duplicates = keys.length - new Set(keys).size;
  const split = hasSplit(table);
  const folds = split ? undefined : foldNumbers(table, options);
  const parts = split ? [splitPart(table)] : foldParts(folds!);
  if (parts.some(({ train }) => train.length < 2))
    throw tableError(
      table,
      `${table.name} has ${rowsOf(table.examples.length)}, too few to train on one part and test on another; give at least 10.`,
    );
  const tested = parts.flatMap(({ test }) => Array.from(test)).sort((a, b) => a - b);
  const compared = Int32Array.from(tested.filter((i) => complete(table.quality, i)));
  if (compared.length === 0) throw noCompleteRows(table, tested.length);
  const trainKeys = new Set(split ? Array.from(parts[0]!.train, (i) => keys[i]) : []);
  const incomplete = tested.length - compared.length;
  return {
    table,
    parts,
    compared,
    ...(folds && { folds: Int32Array.from(compared, (i) => folds[i]!) }),
    protocol: {
      kind: split ? 'split' : 'cv',
      ...(!split && { folds: parts.length }),
      trainRows: split ? parts[0]!.train.length : table.examples.length,
      testRows: compared.length,
      calibrationRows: 0,
      leaks: split ? Array.from(parts[0]!.test).filter((i) => trainKeys.has(keys[i])).length : 0,
      duplicates,
    },
    rowsDropped: {
      ...table.rowsDropped,
      ...(incomplete > 0 && { 'not observed for every model': incomplete }),
    },
    flags,
  };
}

export function hasSplit({ examples }: Dataset): boolean {
  const test = examples.filter(({ split }) => split === 'test').length;
  return test > 0 && test < examples.length;
}

/** All rows, or those of the test part where the table has both parts. */
function testRows(table: Dataset): Int32Array {
  const rows = Int32Array.from(table.examples.keys());
  return hasSplit(table) ? rows.filter((i) => table.examples[i]!.split === 'test') : rows;
}

function splitPart({ examples }: Dataset): Part {
  const rows = Int32Array.from(examples.keys());
  return {
    train: rows.filter((i) => examples[i]!.split !== 'test'),
    test: rows.filter((i) => examples[i]!.split === 'test'),
  };
}

function foldNumbers({ examples, name }: Dataset, { seed, folds = 5, foldOf }: PlanOptions): Int32Array {
  if (foldOf === undefined) return assignFolds(examples, folds, seed);
  return Int32Array.from(examples, ({ id }) => {
    const fold = foldOf.get(id);
    if (fold === undefined)
      throw new SignalboxError(
        'table',
        `The folds name no fold for the query "${id}" of ${name}; write them anew from this table.`,
      );
    return fold;
  });
}

function foldParts(folds: Int32Array): Part[] {
  const rows = Int32Array.from(folds.keys());
  return [...new Set(folds)]
    .sort((a, b) => a - b)
    .map((fold) => ({
      train: rows.filter((i) => folds[i] !== fold),
      test: rows.filter((i) => folds[i] === fold),
    }));
}

function complete(quality: Matrix, i: number): boolean {
  for (let m = 0; m < quality.cols; m++) if (Number.isNaN(at(quality, i, m))) return false;
  return true;
}

/** Models observed on less than half of the rows that would be compared are left out and flagged (OUTPUT, Rows). */
function leaveOutUnobserved(table: Dataset, rows: Int32Array): { table: Dataset; flags: Flag[] } {
  const observed = new Float64Array(table.models.length);
  for (const i of rows)
    for (let m = 0; m < observed.length; m++) if (!Number.isNaN(at(table.quality, i, m))) observed[m]!++;
  const share = observed.map((count) => count / rows.length);
  const kept = Array.from(share.keys()).filter((m) => share[m]! >= 0.5);
  if (kept.length === table.models.length) return { table, flags: [] };
  if (kept.length === 0) throw noCompleteRows(table, rows.length);
  const names = table.models.filter((_, m) => share[m]! < 0.5).map(({ id }) => id);
  const message = `${names.join(', ')} observed on less than half of the rows that are compared, and left out.`;
  return {
    table: takeModels(table, kept),
    flags: [{ code: 'unobserved', models: names, groups: [], message }],
  };
}

function noCompleteRows(table: Dataset, rows: number): SignalboxError {
  return tableError(
    table,
    `No model of ${table.name} can be compared with the others: none of its ${rowsOf(rows)} holds a score of every model. ` +
      'A log that has one model per row shows how each model did on its own queries, not on the same ones. ' +
      'Have all models answer a random sample of the same queries (a few hundred), score them, and run this again.',
  );
}

/** Numbers of clusters: rows of one text, or of one `cluster`, are one. */
export function clusterNumbers(table: Dataset, rows: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return unitsOf(Array.from(rows, (row) => table.examples[row]!)).map((first) => {
    const known = numbers.get(first) ?? numbers.size;
    numbers.set(first, known);
    return known;
  });
}

/** Groups of the compared rows; none where no row names one. */
export function comparedGroups(
  table: Dataset,
  rows: Int32Array,
): { names: string[]; of: Int32Array; named: boolean } {
  const groups = indexGroups(Array.from(rows, (i) => table.examples[i]!));
  return { ...groups, named: groups.names.some((name) => name !== noGroup) };
}
