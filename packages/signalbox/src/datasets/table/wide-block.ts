import { type Status, statuses } from '../../core/dataset.ts';
import type { Matrix } from '../../math/matrix.ts';
import type { Calls, Size } from './calls.ts';
import { type Growing, growing } from './growing.ts';
import { narrowCells } from './narrow-cells.ts';

/**
 * Rows of a wide source: one call of each of its models, so that nothing is made for a cell. What belongs to model j
 * of row i is number i x models + j of each vector; the score of every cell is set (NaN = not known), the rest where known.
 */
export interface WideBlock {
  /** Column in the table of each model. */
  readonly columns: Int32Array;
  /** Adds a row. @returns its number */
  row(example: number): number;
  example(row: number): number;
  readonly rows: number;
  readonly score: Growing;
  readonly k: Growing;
  readonly cost: Growing;
  readonly answers: Map<number, string>;
  setStatus(cell: number, status: Status): void;
  status(cell: number): Status | undefined;
  /** Whether scores, counts and costs are all there is. */
  readonly plain: boolean;
}

export function wideBlock(columns: Int32Array): WideBlock {
  const examples = growing();
  const answers = new Map<number, string>();
  const status = growing();
  return {
    columns,
    row: (example) => {
      examples.push(example);
      return examples.length - 1;
    },
    example: examples.at,
    get rows() {
      return examples.length;
    },
    score: growing(),
    k: growing(Number.NaN),
    cost: growing(Number.NaN),
    answers,
    setStatus: (cell, of) => status.set(cell, 1 + statuses.indexOf(of)),
    status: (cell) => statuses[status.at(cell) - 1],
    get plain() {
      return answers.size === 0 && status.length === 0;
    },
  };
}

/** The matrices of blocks that hold every row of a table, each once. */
export function blockOutcomes(
  blocks: readonly WideBlock[],
  { rows, cols }: Size,
): { quality: Matrix; k: Matrix; cost?: Matrix } {
  const [quality, k, cost] = [narrowCells(rows * cols), narrowCells(rows * cols), narrowCells(rows * cols)];
  const priced = blocks.some((block) => block.cost.length > 0);
  for (const block of blocks) {
    const { columns } = block;
    const missing = columns.length === cols ? [] : without(columns, cols);
    for (let i = 0; i < block.rows; i++) {
      const to = block.example(i) * cols;
      for (let j = 0, cell = i * columns.length; j < columns.length; j++, cell++) {
        const score = block.score.at(cell);
        const count = block.k.at(cell);
        quality.set(to + columns[j]!, score);
        k.set(to + columns[j]!, Number.isNaN(score) ? 0 : Number.isNaN(count) ? 1 : count);
        if (priced) cost.set(to + columns[j]!, block.cost.at(cell));
      }
      for (const column of missing) {
        quality.set(to + column, Number.NaN);
        k.set(to + column, 0);
        if (priced) cost.set(to + column, Number.NaN);
      }
    }
  }
  const matrix = (data: Matrix['data']): Matrix => ({ rows, cols, data });
  return {
    quality: matrix(quality.finish()),
    k: matrix(k.finish()),
    ...(priced && { cost: matrix(cost.finish()) }),
  };
}

function without(columns: Int32Array, cols: number): number[] {
  const own = new Set(columns);
  return Array.from({ length: cols }, (_, column) => column).filter((column) => !own.has(column));
}

/** The block's cells as single calls, for a table that has more to say of some. */
export function blockCalls(block: WideBlock, calls: Calls): void {
  const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);
  for (let i = 0, cell = 0; i < block.rows; i++) {
    for (const column of block.columns) {
      calls.add(block.example(i), column, {
        score: known(block.score.at(cell)),
        k: known(block.k.at(cell)),
        cost: known(block.cost.at(cell)),
        answer: block.answers.get(cell),
        status: block.status(cell),
      });
      cell++;
    }
  }
}
