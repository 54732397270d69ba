import type { Dataset } from '../../core/dataset.ts';
import type { Place } from '../../core/errors.ts';
import { SignalboxError } from '../../core/errors.ts';
import type { ReadOptions } from '../../core/format.ts';
import type { Example } from '../../core/query.ts';
import { shown } from '../files/numbers.ts';
import { type TableBuilder, tableBuilder } from '../table/build.ts';
import type { Cell } from '../table/calls.ts';
import { queryJoin } from '../table/join.ts';

/** One call of a log. */
export interface LoggedCall {
  /** What the log calls the query; two calls of one key are calls of one query. */
  readonly key: string;
  /** What makes it the same query in every log, where that is not its text. */
  readonly identity?: string | undefined;
  readonly example: Example;
  readonly model: string;
  /** Its `sample` is given by the order of the calls. */
  readonly cell: Cell;
}

/** Logs of several runs as one table: one run holds the answers of one model, the next those of another. */
export interface LogTable {
  readonly table: TableBuilder;
  /** Begins a run; keys hold within it. */
  run(): (call: LoggedCall) => void;
  finish(about: {
    readonly name: string;
    readonly format: string;
    readonly options: ReadOptions;
    readonly file: string;
  }): Dataset;
}

/**
 * Queries are joined by their text among those of one group (join.ts); calls of one model on one query, in one
 * run or several, are its repeats.
 */
export function logTable(): LogTable {
  const table = tableBuilder();
  const join = queryJoin(table, ({ group = '' }) => group);
  const next = new Map<number, number>();
  let [runs, again, failed] = [0, 0, 0];
  return {
    table,
    run: () => {
      const log = join.log();
      const own = new Set<number>();
      runs++;
      return ({ key, identity, example, model, cell }) => {
        const [row, column] = [log.row(key, example, identity), table.model(model)];
        // Rows and models are far fewer than 2^26: the product is exact.
        const at = row * 2 ** 26 + column;
        const sample = next.get(at) ?? 0;
        next.set(at, sample + 1);
        if (sample > 0 && !own.has(at)) again++;
        own.add(at);
        if (cell.status === 'error') failed++;
        table.cell(row, column, { ...cell, sample });
      };
    },
    finish: (about) => {
      if (again > 0) {
        table.note(
          `${again} cells stand in more than one of the ${runs} logs; the calls of the later ones are further repeats.`,
        );
      }
      if (failed > 0)
        table.note(
          `${failed} ${failed === 1 ? 'call failed: its' : 'calls failed: their'} status is \`error\`.`,
        );
      if (join.seen.renamed > 0)
        table.note(`${join.seen.renamed} queries had the id of another and got one of their own (id#2).`);
      return table.finish(about);
    },
  };
}

/**
 * A score in [0, 1].
 * @throws SignalboxError for a number outside, naming it: a table has one scale
 */
export function unitScore(value: number, what: string, place: Place): number {
  if (value >= 0 && value <= 1) return value;
  throw new SignalboxError(
    'row',
    `${what} is ${shown(value)}; a number in [0, 1] was expected. Choose another score with --metric, or scale it before.`,
    place,
  );
}
