import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import type { Dataset } from '../core/dataset.ts';
import type { ReadOptions } from '../core/format.ts';
import { textOf } from '../core/query.ts';
import { at, type Matrix } from '../math/matrix.ts';
import { openTable } from './open.ts';
import { folderOf, quietContext } from './tables.fixture.ts';

/** One call of one model on one query; null = not recorded. */
export interface PlainCell {
  readonly score: number | null;
  readonly cost: number | null;
  readonly tokensIn: number | null;
  readonly tokensOut: number | null;
  readonly answer: string | null;
}
export interface PlainRow {
  readonly text: string;
  readonly group: string | null;
  readonly split: 'train' | 'test' | null;
  readonly reference: string | null;
  readonly cells: readonly PlainCell[];
}
/** An outcome table as plain data, by which tables of different formats are compared. */
export interface PlainTable {
  readonly models: readonly string[];
  readonly rows: readonly PlainRow[];
}

/** What a format can hold. */
export interface Holds {
  readonly scores?: 'binary' | 'fraction';
  /** A cell may be absent. */
  readonly missing?: boolean;
  readonly cost?: boolean;
  readonly tokens?: boolean;
  readonly answers?: boolean;
  readonly groups?: readonly string[];
  readonly splits?: readonly ('train' | 'test')[];
  readonly references?: boolean;
  readonly text?: false;
  readonly models?: readonly string[];
}

const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });

/** Tables with what the format can hold and nothing else; every model is observed on the first row, and some on each. */
export function plainTables(holds: Holds): fc.Arbitrary<PlainTable> {
  const { scores = 'fraction', missing = false, groups, splits } = holds;
  const score =
    scores === 'binary'
      ? fc.constantFrom(0, 1)
      : fc.double({ min: 0, max: 1, noNaN: true }).map((x) => x || 0);
  const count = fc.nat(5000);
  const names = holds.models
    ? fc.subarray([...holds.models], { minLength: 2 })
    : fc.uniqueArray(
        fc.constantFrom('a', 'b/c', 'Llama-3-8B', 'gpt-4o-mini', "it's", 'großes Modell', 'x y', 'm,1'),
        { minLength: 2, maxLength: 4 },
      );
  const optional = <T>(has: boolean | undefined, value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
    has ? value : fc.constant(null);
  return names.chain((models) => {
    const cell = fc.record<PlainCell>({
      score,
      cost: optional(
        holds.cost,
        fc.double({ min: 0, max: 9, noNaN: true }).map((x) => x || 0),
      ),
      tokensIn: optional(holds.tokens, count),
      tokensOut: optional(holds.tokens, count),
      answer: optional(holds.answers, words),
    });
    const absent: PlainCell = { score: null, cost: null, tokensIn: null, tokensOut: null, answer: null };
    const cells = fc.array(missing ? fc.oneof({ weight: 4, arbitrary: cell }, fc.constant(absent)) : cell, {
      minLength: models.length,
      maxLength: models.length,
    });
    const row = fc.record({
      text: words,
      group: groups ? fc.constantFrom(...groups) : fc.constant(null),
      split: splits ? fc.constantFrom(...splits) : fc.constant(null),
      reference: optional(holds.references, words),
      cells,
    });
    const full = fc.array(cell, { minLength: models.length, maxLength: models.length });
    return fc.tuple(fc.array(row, { minLength: 1, maxLength: 8 }), full).map(([rows, first]) => ({
      models,
      rows: rows.map((given, i) => ({
        ...given,
        // Queries of one text are one query to most formats.
        text: holds.text === false ? '' : `${i}. ${given.text}`,
        // What no model answered stands in no log.
        cells: i === 0 || given.cells.every(({ score }) => score === null) ? first : given.cells,
      })),
    }));
  });
}

/** What of a table the plain form has. */
export function plainOf(table: Dataset): PlainTable {
  const cell = (m: Matrix | undefined, i: number, j: number): number | null => {
    const value = m === undefined ? Number.NaN : at(m, i, j);
    return Number.isNaN(value) ? null : value;
  };
  return {
    models: table.models.map(({ id }) => id),
    rows: table.examples.map((example, i) => ({
      text: textOf(example),
      group: example.group ?? null,
      split: example.split ?? null,
      reference: example.reference ?? null,
      cells: table.models.map((_, j) => ({
        score: cell(table.quality, i, j),
        cost: cell(table.cost, i, j),
        tokensIn: cell(table.tokensIn, i, j),
        tokensOut: cell(table.tokensOut, i, j),
        answer: table.completion?.(i, j)?.answer ?? null,
      })),
    })),
  };
}

/** The canonical long form of a plain table, as JSONL. */
function canonical({ models, rows }: PlainTable): string {
  return rows
    .flatMap(({ text, group, split, reference, cells }, i) =>
      cells.map((cell, j) =>
        JSON.stringify({
          query_id: String(i),
          model: models[j],
          text,
          group,
          split,
          reference,
          score: cell.score,
          cost: cell.cost,
          tokens_in: cell.tokensIn,
          tokens_out: cell.tokensOut,
          answer: cell.answer,
        }),
      ),
    )
    .join('\n');
}

/**
 * Canonical table, that format's layout, import: the same table. Rows and models are compared by text and name, as
 * formats order them in their own ways.
 */
export async function sameAfterImport(
  t: TestContext,
  format: {
    readonly name: string;
    readonly holds: Holds;
    layout(table: PlainTable): Readonly<Record<string, string | Uint8Array>>;
    /** What of the canonical table the format keeps, where that is not all. */
    kept?(table: PlainTable): PlainTable;
    readonly options?: ReadOptions;
  },
): Promise<void> {
  const read = async (
    files: Readonly<Record<string, string | Uint8Array>>,
    name?: string,
    options: ReadOptions = {},
  ) => {
    const folder = await folderOf(t, files);
    const paths = Object.keys(files).length === 1 ? [join(folder, Object.keys(files)[0]!)] : [folder];
    return openTable({ paths, format: name, options, context: quietContext() });
  };
  await fc.assert(
    fc.asyncProperty(plainTables(format.holds), async (given) => {
      const before = plainOf(await read({ 'a.jsonl': canonical(given) }, 'jsonl'));
      const imported = await read(format.layout(given), undefined, format.options);
      assert.equal(imported.format, format.name);
      assert.deepEqual(ordered(plainOf(imported)), ordered(format.kept?.(before) ?? before));
    }),
    { numRuns: 12 },
  );
}

function ordered({ models, rows }: PlainTable): PlainTable {
  const order = models.map((_, j) => j).sort((a, b) => (models[a]! < models[b]! ? -1 : 1));
  return {
    models: order.map((j) => models[j]!),
    rows: rows
      .map((row) => ({ ...row, cells: order.map((j) => row.cells[j]!) }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  };
}
