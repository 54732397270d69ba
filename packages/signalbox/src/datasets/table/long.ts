import type { Context } from '../../core/context.ts';
import { type Place, SignalboxError } from '../../core/errors.ts';
import type { ReadOptions } from '../../core/format.ts';
import {
  type Details,
  detailsIn,
  type Fields,
  requiredText,
  scoreKindIn,
  statusIn,
  textIn,
} from '../files/fields.ts';
import { numberIn, shown } from '../files/numbers.ts';
import type { TableBuilder } from './build.ts';
import { longFields, slipOf } from './canonical.ts';

const known: ReadonlySet<string> = new Set(longFields);
const required = ['query_id', 'model', 'score'] as const;
/** What belongs to the query, though a log may name it otherwise from call to call: the first holds, and a note says so. */
const perQuery: ReadonlySet<keyof Details> = new Set(['group', 'cluster', 'reference', 'dataset']);

/** Takes rows of the canonical long form, in any order and from any number of files, into a table. */
export interface LongReader {
  /** @throws SignalboxError where a column that is needed is missing, or one is a slip of a known name */
  columns(header: readonly string[], place: Place): void;
  row(fields: Fields, place: Place): void;
  /** Notes what differed between rows of one query, once all rows are read. */
  end(): void;
}

/** @param text whether numbers come as text, as in CSV */
export function longReader(table: TableBuilder, options: ReadOptions, text: boolean): LongReader {
  const queries = new Map<string, number>();
  const firstPlaces: Place[] = [];
  const differing = new Map<string, { rows: number; at: Place }>();
  const seen = new Set<string>(options.ignoreColumns ?? []);
  const checkName = (name: string, place: Place): void => {
    if (known.has(name) || seen.has(name)) return;
    seen.add(name);
    const slip = slipOf(name, longFields);
    if (slip !== undefined) {
      throw new SignalboxError(
        'row',
        `the field \`${name}\` is not known: did you mean \`${slip}\`? To leave it out, give --ignore-column ${name}.`,
        place,
      );
    }
    table.note(`The field \`${name}\` is not part of the canonical form and was not read.`);
  };
  const queryOf = (fields: Fields, place: Place): number => {
    const id = requiredText(fields, 'query_id', place);
    const details = detailsIn(fields, place);
    const index = queries.get(id);
    if (index !== undefined) {
      for (const name of merge({ table, index, details, place, first: firstPlaces[index]! })) {
        const { rows, at } = differing.get(name) ?? { rows: 0, at: place };
        differing.set(name, { rows: rows + 1, at });
      }
      return index;
    }
    const added = table.example({ messages: [], ...details, id });
    queries.set(id, added);
    firstPlaces[added] = place;
    return added;
  };
  const number = (
    fields: Fields,
    name: string,
    rule: { low?: number; high?: number; whole?: boolean; place: Place },
  ) => numberIn(fields[name], { what: `\`${name}\``, text, ...rule });
  return {
    columns: (header, place) => {
      for (const name of header) checkName(name, place);
      const missing = required.find((name) => !header.includes(name));
      if (missing !== undefined) throw missingColumn(missing, place);
    },
    row: (fields, place) => {
      for (const name in fields) checkName(name, place);
      const example = queryOf(fields, place);
      const model = table.model(requiredText(fields, 'model', place));
      table.cell(example, model, {
        score: number(fields, 'score', { low: 0, high: 1, place }),
        sample: number(fields, 'sample', { low: 0, whole: true, place }),
        k: number(fields, 'k', { low: 1, whole: true, place }),
        rawScore: number(fields, 'raw_score', { place }),
        cost: number(fields, 'cost', { low: 0, place }),
        tokensIn: number(fields, 'tokens_in', { low: 0, place }),
        tokensOut: number(fields, 'tokens_out', { low: 0, place }),
        latencyMs: number(fields, 'latency_ms', { low: 0, place }),
        propensity: number(fields, 'propensity', { low: 0, high: 1, place }),
        answer: textIn(fields, 'answer', place),
        status: statusIn(fields, 'status', place),
        kind: scoreKindIn(fields, 'score_kind', place),
        place,
      });
    },
    end: () => {
      for (const [name, { rows, at }] of differing) {
        table.note(
          `${rows} rows name another \`${name}\` than the first row of their query, which holds; the first of them stands in ${at.file}:${at.line}.`,
        );
      }
    },
  };
}

/** What a table says of itself; read from the first line of JSONL and from the key-values of Parquet. */
export interface Roles {
  primary?: 'quality' | 'macro';
  weak?: string;
  strong?: string;
}

/** What a table says of itself, as it is written. */
export interface Said extends Roles {
  /** Rows that its source left out, by reason. */
  readonly rows_dropped?: Readonly<Record<string, number>>;
}

/**
 * The rows that a table's source left out, by reason; as an object in JSONL, as its JSON in Parquet.
 * @throws SignalboxError for anything but counts
 */
export function droppedIn({ rows_dropped: said }: Fields, place: Place): Record<string, number> {
  if (said === undefined) return {};
  let counts: unknown = said;
  try {
    if (typeof said === 'string') counts = JSON.parse(said);
  } catch {
    // Refused below, with all else that is no object.
  }
  const known = typeof counts === 'object' && counts !== null && !Array.isArray(counts);
  if (known && Object.values(counts as object).every((n) => Number.isSafeInteger(n) && n >= 0))
    return counts as Record<string, number>;
  throw new SignalboxError(
    'row',
    `\`rows_dropped\` is ${shown(said)}; {"reason": count} was expected.`,
    place,
  );
}

/** @throws SignalboxError for a value that is none of the kind */
export function rolesIn(fields: Fields, place: Place, context: Context): Roles {
  const roles: Roles = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'primary') {
      if (value !== 'quality' && value !== 'macro') {
        throw new SignalboxError(
          'row',
          `\`primary\` is ${JSON.stringify(value)}; quality or macro was expected.`,
          place,
        );
      }
      roles.primary = value;
    } else if (name === 'weak' || name === 'strong') roles[name] = requiredText(fields, name, place);
    else if (name !== 'rows_dropped')
      context.warn(
        `The table says \`${name}\` of itself, which is not known; primary, weak, strong and rows_dropped are.`,
      );
  }
  return roles;
}

function missingColumn(name: string, place: Place): SignalboxError {
  return new SignalboxError(
    'format',
    `there is no column \`${name}\`. The long form needs query_id, model and score; the wide form has one column for each model and neither model nor score.`,
    place,
  );
}

/** Adds what a further row of a query knows of it. @returns what it says otherwise than the rows before, and may */
function merge(work: {
  readonly table: TableBuilder;
  readonly index: number;
  readonly details: Details;
  readonly place: Place;
  readonly first: Place;
}): (keyof Details)[] {
  const { table, index, details, place, first } = work;
  const before = table.examples[index]!;
  const names = Object.keys(details) as (keyof Details)[];
  const absent = (name: keyof Details): boolean =>
    name === 'messages' ? before.messages.length === 0 : !(name in before);
  const added = names.filter(absent);
  const other = names.filter(
    (name) => !absent(name) && JSON.stringify(details[name]) !== JSON.stringify(before[name]),
  );
  for (const [name, field] of [
    ['messages', 'text'],
    ['split', 'split'],
  ] as const) {
    if (!other.includes(name)) continue;
    const where = `${first.file === place.file ? '' : `${first.file}, `}line ${first.line}`;
    throw new SignalboxError(
      'row',
      `the query ${before.id} has another ${field} here than from ${where} on. Rows of one query_id must agree.`,
      place,
    );
  }
  if (added.length > 0) {
    table.examples[index] = { ...before, ...Object.fromEntries(added.map((name) => [name, details[name]])) };
  }
  return other.filter((name) => perQuery.has(name));
}
