import type { Example } from '../../core/query.ts';
import type { TableBuilder } from './build.ts';
import type { Cell } from './calls.ts';

/** Rows of a long source: a query is one row however many lines tell of it, calls of one model on it are its repeats. */
export interface KeyedRows {
  /** The row of this key; what the first line says of it holds, and an id that another key has gets `#2`. */
  row(key: string, example: Example): number;
  cell(row: number, model: string, cell: Cell): void;
  /** Notes how many calls were repeats. */
  end(): void;
}

export function keyedRows(table: TableBuilder): KeyedRows {
  const rows = new Map<string, number>();
  const ids = new Set<string>();
  const calls = new Map<number, number>();
  let repeats = 0;
  return {
    row: (key, example) => {
      const known = rows.get(key);
      if (known !== undefined) return known;
      let { id } = example;
      for (let n = 2; ids.has(id); n++) id = `${example.id}#${n}`;
      ids.add(id);
      const row = table.example({ ...example, id });
      rows.set(key, row);
      return row;
    },
    cell: (row, model, cell) => {
      const column = table.model(model);
      // Rows and models are far fewer than 2^26: the product is exact.
      const place = row * 2 ** 26 + column;
      const sample = calls.get(place) ?? 0;
      calls.set(place, sample + 1);
      if (sample > 0) repeats++;
      table.cell(row, column, { ...cell, sample });
    },
    end: () => {
      if (repeats > 0)
        table.note(
          `${repeats} calls repeat a query and model of an earlier one; they are taken as its further samples.`,
        );
    },
  };
}

/** The part that the name of a file speaks of. */
export function partOfName(name: string): 'train' | 'val' | 'test' | undefined {
  const word = /(?:^|[^a-z])(train|test|val|valid|validation|dev)(?:\d*)(?:[^a-z]|$)/i.exec(
    name.replace(/^.*[/\\]/, ''),
  )?.[1];
  if (word === undefined) return undefined;
  const part = word.toLowerCase();
  return part === 'train' || part === 'test' ? part : 'val';
}

/** What an example says of its part: validation is training here, and told by `source`. */
export function splitOf(part: 'train' | 'val' | 'test' | undefined): Pick<Example, 'split' | 'source'> {
  if (part === undefined) return {};
  return part === 'val' ? { split: 'train', source: 'val' } : { split: part };
}
