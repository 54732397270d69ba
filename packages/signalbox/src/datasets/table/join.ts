import { type Example, textOf } from '../../core/query.ts';
import type { TableBuilder } from './build.ts';

/** Joins queries of several logs: the same text is the same query, whatever each log calls it. */
export interface QueryJoin {
  /** Begins a log; ids hold within it. */
  log(): QueryLog;
  readonly seen: JoinCounts;
}

export interface QueryLog {
  /**
   * Row of the query that this log calls `key`.
   * @param example what this log says of it; what an earlier one said holds, and what it did not say is added
   * @param identity what makes it the same query in every log, where that is not the text
   */
  row(key: string, example: Example, identity?: string): number;
}

export interface JoinCounts {
  /** Queries that stood in an earlier log too. */
  joined: number;
  /** Queries whose id was another query's already, and that got one of their own. */
  renamed: number;
  /** Queries that a later log puts in another group than the first. */
  otherGroup: number;
}

/**
 * The text by which queries are joined: Unicode NFC, lines ending in LF, without white space around it. One text
 * that stands several times in a log is as many queries, and the first of them is joined to the first elsewhere.
 * A query without text is joined by its id.
 * @param scopeOf what besides the text must be the same, such as the task of an evaluation
 */
export function queryJoin(table: TableBuilder, scopeOf: (example: Example) => string = () => ''): QueryJoin {
  const byText = new Map<string, number[]>();
  const byId = new Map<string, number>();
  const seen: JoinCounts = { joined: 0, renamed: 0, otherGroup: 0 };
  const add = (example: Example): number => {
    let { id } = example;
    for (let n = 2; byId.has(id); n++) id = `${example.id}#${n}`;
    if (id !== example.id) seen.renamed++;
    const row = table.example({ ...example, id });
    byId.set(id, row);
    return row;
  };
  const complete = (row: number, example: Example): number => {
    const before = table.examples[row]!;
    seen.joined++;
    if (example.group !== undefined && before.group !== undefined && example.group !== before.group)
      seen.otherGroup++;
    const messages = before.messages.length > 0 ? before.messages : example.messages;
    table.examples[row] = { ...example, ...before, messages };
    return row;
  };
  const rowOfId = (example: Example): number | undefined => {
    const row = byId.get(example.id);
    return row !== undefined && scopeOf(table.examples[row]!) === scopeOf(example) ? row : undefined;
  };
  const log = (): QueryLog => {
    const own = new Map<string, number>();
    const times = new Map<string, number>();
    const taken = new Set<number>();
    const find = (example: Example, text: string): number | undefined => {
      const sameId = rowOfId(example);
      if (text === '') return sameId;
      const key = JSON.stringify([scopeOf(example), text]);
      const time = times.get(key) ?? 0;
      times.set(key, time + 1);
      const rows = byText.get(key) ?? [];
      byText.set(key, rows);
      if (rows[time] !== undefined) return rows[time];
      // An earlier log may have had the id without the text.
      const blank = sameId !== undefined && normalText(textOf(table.examples[sameId]!)) === '';
      const row = blank && !taken.has(sameId) ? sameId : undefined;
      if (row !== undefined) rows.push(row);
      return row;
    };
    return {
      row: (key, example, identity) => {
        const known = own.get(key);
        if (known !== undefined) return known;
        const text = normalText(identity ?? textOf(example));
        const found = find(example, text);
        const row = found === undefined || taken.has(found) ? add(example) : complete(found, example);
        if (found === undefined && text !== '')
          byText.get(JSON.stringify([scopeOf(example), text]))!.push(row);
        taken.add(row);
        own.set(key, row);
        return row;
      },
    };
  };
  return { log, seen };
}

export function normalText(text: string): string {
  return text.normalize('NFC').replace(/\r\n?/g, '\n').trim();
}
