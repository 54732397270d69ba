import type { Call, Dataset } from '../../core/dataset.ts';
import type { ReadOptions } from '../../core/format.ts';
import { at } from '../../math/matrix.ts';
import { isAboutPool, tableBuilder } from './build.ts';
import { type JoinCounts, queryJoin } from './join.ts';

/** Tables as one, and what came together in it. */
export interface Merged extends Readonly<JoinCounts> {
  readonly table: Dataset;
  /** Calls of a query and model that another source has too; they stand there as further repeats. */
  readonly repeats: number;
}

interface Source {
  readonly name: string;
  readonly table: Dataset;
}

/**
 * One table of several, in their order: queries are joined by their text (join.ts), models by their names. Every
 * call stays; those of a cell that several sources have are numbered on as repeats.
 * @param rename new names of models, by their old ones; several may become one
 */
export function mergeTables(
  sources: readonly Source[],
  rename: ReadonlyMap<string, string>,
  options: ReadOptions,
): Merged {
  const [only] = sources;
  if (only !== undefined && sources.length === 1 && rename.size === 0)
    return { table: only.table, joined: 0, renamed: 0, otherGroup: 0, repeats: 0 };
  const builder = tableBuilder();
  const join = queryJoin(builder);
  const next = new Map<number, number>();
  let repeats = 0;
  for (const { name, table } of sources) {
    const log = join.log();
    const rows = table.examples.map((example, i) => log.row(String(i), example));
    const models = table.models.map(({ id }) => builder.model(rename.get(id) ?? id));
    const place = { file: name };
    for (const [i, row] of rows.entries()) {
      for (const [j, model] of models.entries()) {
        const calls = callsOf(table, i, j);
        if (calls.length === 0) continue;
        // Rows and models are far fewer than 2^26: the product is exact.
        const cell = row * 2 ** 26 + model;
        const before = next.get(cell) ?? 0;
        if (before > 0) repeats += calls.length;
        let last = before;
        for (const call of calls) {
          const sample = before + (call.sample ?? 0);
          last = Math.max(last, sample + 1);
          builder.cell(row, model, { ...call, sample, place });
        }
        next.set(cell, last);
      }
    }
    const twin = sources.filter((source) => source.name === name).length > 1;
    const of = sources.length > 1 ? `${name}${twin ? `, ${table.format}` : ''}: ` : '';
    for (const note of table.notes) if (!isAboutPool(note)) builder.note(`${of}${note}`);
    builder.dropAll(table.rowsDropped);
  }
  const agreed = <K extends 'primary' | 'weak' | 'strong'>(name: K): Dataset[K] | undefined => {
    const said = new Set(sources.map(({ table }) => table[name]));
    return said.size === 1 ? only?.table[name] : undefined;
  };
  const renamed = (id: string | undefined): string | undefined =>
    id === undefined ? undefined : (rename.get(id) ?? id);
  const table = builder.finish({
    name: only?.table.name ?? 'table',
    format: new Set(sources.map(({ table }) => table.format)).size === 1 ? only!.table.format : 'several',
    primary: agreed('primary'),
    weak: renamed(agreed('weak')),
    strong: renamed(agreed('strong')),
    options,
    file: only?.name ?? '',
  });
  const digests = Object.assign({}, ...sources.map(({ table }) => table.digests)) as Dataset['digests'];
  return { table: { ...table, digests }, ...join.seen, repeats };
}

const measures = ['rawScore', 'cost', 'tokensIn', 'tokensOut', 'latencyMs', 'propensity'] as const;

/** The calls of a cell; where they are not kept one by one, one that stands for their mean; none where nothing is known. */
export function callsOf(table: Dataset, example: number, model: number): readonly Call[] {
  const each = table.calls?.(example, model) ?? [];
  if (each.length > 0) return each;
  const score = at(table.quality, example, model);
  const call: { -readonly [K in keyof Call]: Call[K] } = {};
  for (const name of measures) {
    const value = table[name] === undefined ? Number.NaN : at(table[name], example, model);
    if (!Number.isNaN(value)) call[name] = value;
  }
  const { answer, status } = table.completion?.(example, model) ?? {};
  if (answer !== undefined) call.answer = answer;
  if (status !== undefined) call.status = status;
  if (!Number.isNaN(score)) {
    call.score = score;
    if (at(table.k, example, model) > 1) call.k = at(table.k, example, model);
    if (table.scoreKind !== undefined) call.kind = table.scoreKind;
  }
  return Object.keys(call).length === 0 ? [] : [call];
}
