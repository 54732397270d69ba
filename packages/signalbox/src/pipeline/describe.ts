import type { Dataset } from '../core/dataset.ts';
import { indexGroups } from '../core/folds.ts';
import { keyOf, textOf } from '../core/query.ts';
import { columnMeans } from '../core/table.ts';
import type { Matrix } from '../math/matrix.ts';
import { countCalls } from './import.ts';

/** What an outcome table holds, before anything is made of it. Shares are in [0, 1]. */
export interface TableDescription {
  readonly name: string;
  readonly format: string;
  readonly files: number;
  readonly rows: number;
  readonly models: readonly DescribedModel[];
  readonly groups: readonly { readonly name: string; readonly rows: number }[];
  readonly splits: { readonly train: number; readonly test: number; readonly none: number };
  readonly scoreKind: string | null;
  /** Cells with a score, of rows x models. */
  readonly coverage: { readonly observed: number; readonly cells: number; readonly completeRows: number };
  /** Cells by samples behind the score. */
  readonly repeats: {
    readonly cells: number;
    readonly least: number;
    readonly most: number;
    readonly kept: boolean;
  };
  readonly calls: number;
  /** Calls by status, but `ok`. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly text: {
    /** Rows without text. */
    readonly none: number;
    /** Rows beyond the first of their text. */
    readonly duplicates: number;
    /** Test rows whose text is a training row's too. */
    readonly leaks: number;
  };
  readonly references: number;
  readonly answers: number;
  /** Scored cells with a cost, and with tokens. */
  readonly cost: { readonly known: number; readonly tokens: number };
  readonly dropped: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

export interface DescribedModel {
  readonly id: string;
  /** Cells with a score. */
  readonly observed: number;
  /** Mean over them; null where there are none. */
  readonly quality: number | null;
  /** Of the scored cells, those with a cost. */
  readonly costKnown: number;
  /** Mean cost of a call in US dollars; null where none is known. */
  readonly cost: number | null;
}

export function describeTable(table: Dataset): TableDescription {
  const { examples, quality, cost, tokensIn, tokensOut } = table;
  const observed = (cell: number): boolean => !Number.isNaN(quality.data[cell]!);
  const known = (m: Matrix | undefined, cell: number): boolean =>
    m !== undefined && !Number.isNaN(m.data[cell]!);
  const size = quality.data.length;
  const countCells = (test: (cell: number) => boolean): number => {
    let n = 0;
    for (let cell = 0; cell < size; cell++) if (test(cell)) n++;
    return n;
  };
  const { names, of } = indexGroups(examples);
  const rowsOf = new Int32Array(names.length);
  for (const group of of) rowsOf[group]!++;
  const inSplit = (split: string | undefined): number => examples.filter((row) => row.split === split).length;
  let completeRows = 0;
  for (let i = 0; i < quality.rows; i++) {
    const row = quality.data.subarray(i * quality.cols, (i + 1) * quality.cols);
    if (row.every((value) => !Number.isNaN(value))) completeRows++;
  }
  return {
    name: table.name,
    format: table.format,
    files: Object.keys(table.digests).length,
    rows: examples.length,
    models: describedModels(table),
    groups: names.map((name, g) => ({ name, rows: rowsOf[g]! })),
    splits: { train: inSplit('train'), test: inSplit('test'), none: inSplit(undefined) },
    scoreKind: table.scoreKind ?? null,
    coverage: { observed: countCells(observed), cells: size, completeRows },
    repeats: repeatsOf(table),
    ...countCalls(table),
    text: textsOf(table),
    references: examples.filter(({ reference }) => reference !== undefined).length,
    answers:
      table.completion === undefined
        ? 0
        : countCells((cell) => {
            const model = cell % quality.cols;
            return table.completion?.((cell - model) / quality.cols, model)?.answer !== undefined;
          }),
    cost: {
      known: countCells((cell) => observed(cell) && known(cost, cell)),
      tokens: countCells((cell) => observed(cell) && known(tokensIn, cell) && known(tokensOut, cell)),
    },
    dropped: table.rowsDropped,
    notes: table.notes,
  };
}

function describedModels({ models, quality, cost }: Dataset): DescribedModel[] {
  const means = columnMeans(quality);
  const costs = cost && columnMeans(cost);
  const orNull = (value: number | undefined): number | null =>
    value === undefined || Number.isNaN(value) ? null : value;
  const observed = new Int32Array(models.length);
  const costKnown = new Int32Array(models.length);
  for (let i = 0, cell = 0; i < quality.rows; i++) {
    for (let j = 0; j < models.length; j++, cell++) {
      if (Number.isNaN(quality.data[cell]!)) continue;
      observed[j]!++;
      if (cost && !Number.isNaN(cost.data[cell]!)) costKnown[j]!++;
    }
  }
  return models.map(({ id }, j) => ({
    id,
    observed: observed[j]!,
    quality: orNull(means[j]),
    costKnown: costKnown[j]!,
    cost: orNull(costs?.[j]),
  }));
}

function repeatsOf({ k, samples }: Dataset): TableDescription['repeats'] {
  let [cells, least, most] = [0, Number.POSITIVE_INFINITY, 0];
  for (const n of k.data) {
    if (n > 1) cells++;
    if (n > 0) least = Math.min(least, n);
    most = Math.max(most, n);
  }
  return { cells, least: most === 0 ? 0 : least, most, kept: samples !== undefined };
}

function textsOf({ examples }: Dataset): TableDescription['text'] {
  const withText = examples.filter((example) => textOf(example) !== '');
  const keys = withText.map(keyOf);
  const trained = new Set(keys.filter((_, i) => withText[i]!.split === 'train'));
  return {
    none: examples.length - withText.length,
    duplicates: keys.length - new Set(keys).size,
    leaks: keys.filter((key, i) => withText[i]!.split === 'test' && trained.has(key)).length,
  };
}
