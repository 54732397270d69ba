import { join } from 'node:path';
import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import { nearest, SignalboxError } from '../core/errors.ts';
import type { ReadOptions } from '../core/format.ts';
import { version } from '../version.ts';
import {
  callsOf,
  type Merged,
  mergeTables,
  type OpenedSource,
  openSources,
  type RefusedFile,
} from './config.ts';

/** What to import, and how. */
export interface ImportRequest {
  readonly paths: readonly string[];
  readonly format?: string | undefined;
  /** New names of models, each as `old=new`. */
  readonly rename: readonly string[];
  readonly options: ReadOptions;
  /** Folder where each source's table is kept once it is read. */
  readonly keep?: string | undefined;
  readonly context: Context;
}

/** What one source held. */
export interface ImportedSource {
  readonly path: string;
  readonly format: string;
  readonly files: number;
  readonly rows: number;
  readonly models: number;
  readonly calls: number;
  /** Calls by status, but `ok`; `unscored`: calls without a score and without a status that says why. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Rows that the format leaves out by its rules, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** The books of an import: everything that was given is in one of these numbers. */
export interface ImportLedger {
  readonly sources: readonly ImportedSource[];
  readonly refused: readonly RefusedFile[];
  /** Queries that stood in several sources and became one row; of these, in other groups than the first. */
  readonly joined: number;
  readonly otherGroup: number;
  /** Queries that got a new id, as theirs was another's. */
  readonly renamedIds: number;
  /** Calls that repeat a query and model of an earlier source, kept as repeats. */
  readonly repeats: number;
  readonly rows: number;
  readonly models: number;
  readonly calls: number;
  /** Cells with a score. */
  readonly observed: number;
}

/**
 * One table of all that the paths name, and the books of how it came about.
 * @throws SignalboxError where nothing can be read, a row is malformed, or a renamed model is not there
 */
export async function importTables(
  request: ImportRequest,
): Promise<{ readonly table: Dataset; readonly ledger: ImportLedger }> {
  const { sources, refused } = await openSources({
    ...request,
    // Another version may read a format in another way.
    keep: request.keep === undefined ? undefined : join(request.keep, `tables-${version}`),
  });
  if (sources.length === 0) {
    const why = refused.map((file) => `${file.path} ${file.why}`).join('; ');
    throw new SignalboxError('format', `Nothing could be read: ${why}.`);
  }
  const names = new Set(sources.flatMap(({ table }) => table.models.map(({ id }) => id)));
  const rename = new Map(request.rename.map((pair) => renamed(pair, [...names])));
  const tables = sources.map(({ path, table }) => ({ name: path, table }));
  const merged = mergeTables(tables, rename, request.options);
  return { table: merged.table, ledger: ledgerOf({ sources, refused, merged }) };
}

/** Old and new name of `old=new`; a name may hold `=` itself. */
function renamed(pair: string, names: readonly string[]): readonly [string, string] {
  const at = [...pair.matchAll(/=/g)].map(({ index }) => index);
  const cut = at.find((index) => names.includes(pair.slice(0, index)));
  const to = cut === undefined ? '' : pair.slice(cut + 1);
  if (cut !== undefined && to !== '') return [pair.slice(0, cut), to];
  if (at.length === 0 || cut !== undefined)
    throw new SignalboxError('usage', `--rename was "${pair}"; give OLD=NEW.`);
  const old = pair.slice(0, at[0]);
  const near = nearest(old, names);
  const hint =
    near === undefined ? `They are: ${names.slice(0, 12).join(', ')}.` : `Did you mean \`${near}\`?`;
  throw new SignalboxError('usage', `--rename names the model \`${old}\`, which no source has. ${hint}`);
}

function ledgerOf(work: {
  readonly sources: readonly OpenedSource[];
  readonly refused: readonly RefusedFile[];
  readonly merged: Merged;
}): ImportLedger {
  const { sources, refused, merged } = work;
  const { table, joined, otherGroup, renamed, repeats } = merged;
  return {
    sources: sources.map(({ path, files, table: own }) => ({
      path,
      format: own.format,
      files: files.length,
      rows: own.examples.length,
      models: own.models.length,
      ...countCalls(own),
      dropped: own.rowsDropped,
    })),
    refused,
    joined,
    otherGroup,
    renamedIds: renamed,
    repeats,
    rows: table.examples.length,
    models: table.models.length,
    calls: countCalls(table).calls,
    observed: observedIn(table),
  };
}

function observedIn({ quality }: Dataset): number {
  let n = 0;
  for (const value of quality.data) if (!Number.isNaN(value)) n++;
  return n;
}

/** Where matrices say all there is: a cell of which anything is known is a call. */
function countCells(table: Dataset): ReturnType<typeof countCalls> {
  const { quality, cost, rawScore, tokensIn, tokensOut, latencyMs, propensity } = table;
  const others = [cost, rawScore, tokensIn, tokensOut, latencyMs, propensity].filter((m) => m !== undefined);
  let [calls, unscored] = [0, 0];
  for (let cell = 0; cell < quality.data.length; cell++) {
    if (!Number.isNaN(quality.data[cell]!)) calls++;
    else if (others.some(({ data }) => !Number.isNaN(data[cell]!))) unscored++;
  }
  return { calls: calls + unscored, statuses: unscored === 0 ? {} : { unscored } };
}

/** Calls of a table, and how many of them did not simply succeed. */
export function countCalls(table: Dataset): {
  readonly calls: number;
  readonly statuses: Readonly<Record<string, number>>;
} {
  const statuses: Record<string, number> = {};
  let calls = 0;
  if (table.calls === undefined && table.completion === undefined) return countCells(table);
  for (let i = 0; i < table.examples.length; i++) {
    for (let j = 0; j < table.models.length; j++) {
      for (const { status = 'ok', score } of callsOf(table, i, j)) {
        calls++;
        const kind = status === 'ok' && score === undefined ? 'unscored' : status;
        if (kind !== 'ok') statuses[kind] = (statuses[kind] ?? 0) + 1;
      }
    }
  }
  return { calls, statuses };
}
