import type { Context } from '../../core/context.ts';
import { type Place, SignalboxError } from '../../core/errors.ts';
import type { SourceFile } from '../../core/format.ts';
import { csvHeader } from '../files/csv-rows.ts';
import { type Fields, requiredText, textIn } from '../files/fields.ts';
import { numberIn, numeric } from '../files/numbers.ts';
import { firstRecord, rowsOf } from '../files/records.ts';
import { unitScore } from './logs.ts';

/**
 * Scores of calls in a file beside their log, which has none: CSV or JSON lines of the call's id, `model` where one id
 * is of several models, and one or several scores by name.
 */
export interface SideScores {
  /** Names of the scores. */
  readonly names: readonly string[];
  /**
   * The scores of one call by name.
   * @throws SignalboxError where the id is of several models and the file does not tell them apart
   */
  of(id: string, model: string): ReadonlyMap<string, SideScore>;
  /** Rows that `of` was never asked for. */
  unused(): number;
}

export interface SideScore {
  readonly value: number;
  readonly place: Place;
}

/** Whether a file holds such scores, by its first line. @param id name of the id */
export function isSideScores(file: SourceFile, id: string): boolean {
  const first = firstRecord(file);
  if (first === undefined) {
    const header = csvHeader(file);
    return header.includes(id) && header.length > 1 && header.length < 12 && !header.includes('query_id');
  }
  return id in first && Object.entries(first).every(([name, value]) => isPlain(name, value, id));
}

function isPlain(name: string, value: unknown, id: string): boolean {
  return name === id || name === 'model' || value === null || ['number', 'boolean'].includes(typeof value);
}

interface Row {
  readonly scores: Map<string, SideScore>;
  readonly place: Place;
  used?: string;
}

/** @throws SignalboxError for a score outside [0, 1], and a call that is scored twice */
export async function readSideScores(
  files: readonly SourceFile[],
  id: string,
  context: Context,
): Promise<SideScores> {
  const rows = new Map<string, Row>();
  const names = new Set<string>();
  for (const file of files) {
    for await (const { fields, place } of rowsOf(file, context)) {
      const model = textIn(fields, 'model', place);
      const key = JSON.stringify([requiredText(fields, id, place), model]);
      if (rows.has(key))
        throw new SignalboxError('row', `\`${id}\` ${key} is scored a second time here.`, place);
      const scores = new Map<string, SideScore>();
      for (const [name, given] of Object.entries(fields)) {
        if (name === id || name === 'model') continue;
        names.add(name);
        const value = numberIn(typeof given === 'boolean' ? Number(given) : given, {
          what: `\`${name}\``,
          text: true,
          place,
        });
        if (value !== undefined) scores.set(name, { value: unitScore(value, `\`${name}\``, place), place });
      }
      rows.set(key, { scores, place });
    }
  }
  return {
    names: [...names],
    of: (call, model) => {
      const row = rows.get(JSON.stringify([call, model])) ?? rows.get(JSON.stringify([call, undefined]));
      if (row === undefined) return new Map();
      if (row.used !== undefined && row.used !== model && !rows.has(JSON.stringify([call, model]))) {
        throw new SignalboxError(
          'row',
          `\`${call}\` was answered by ${row.used} and by ${model}; add \`model\` to tell which of them is scored.`,
          row.place,
        );
      }
      row.used = model;
      return row.scores;
    },
    unused: () => [...rows.values()].filter(({ used }) => used === undefined).length,
  };
}

/** The scores that stand in a log's own row, added to it: each number or truth that the log's writer does not know. */
export function ownScores(fields: Fields, known: ReadonlySet<string>, place: Place): Map<string, SideScore> {
  const scores = new Map<string, SideScore>();
  for (const [name, value] of Object.entries(fields)) {
    if (known.has(name)) continue;
    const number =
      typeof value === 'boolean' ? Number(value) : typeof value === 'number' ? numeric(value) : undefined;
    if (number !== undefined) scores.set(name, { value: number, place });
  }
  return scores;
}
