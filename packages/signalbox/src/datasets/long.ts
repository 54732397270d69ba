import type { Context } from '../core/context.ts';
import { type Place, SignalboxError } from '../core/errors.ts';
import type { ReadOptions } from '../core/format.ts';
import type { TableBuilder } from './build.ts';
import { longFields, slipOf } from './canonical.ts';
import {
  type Details,
  detailsIn,
  type Fields,
  requiredText,
  scoreKindIn,
  statusIn,
  textIn,
} from './fields.ts';
import { numberIn } from './numbers.ts';

const known: ReadonlySet<string> = new Set(longFields);
const required = ['query_id', 'model', 'score'] as const;
/** What may not differ between the rows of one query. */
const shared = ['messages', 'group', 'split', 'cluster', 'reference'] as const;

/** Takes rows of the canonical long form, in any order and from any number of files, into a table. */
export interface LongReader {
  /** @throws SignalboxError where a column that is needed is missing, or one is a slip of a known name */
  columns(header: readonly string[], place: Place): void;
  row(fields: Fields, place: Place): void;
}

/** @param text whether numbers come as text, as in CSV */
export function longReader(table: TableBuilder, options: ReadOptions, text: boolean): LongReader {
  const queries = new Map<string, number>();
  const firstPlaces: Place[] = [];
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
      merge({ table, index, details, place, first: firstPlaces[index]! });
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
  };
}

/** What a table says of itself; read from the first line of JSONL and from the key-values of Parquet. */
export interface Roles {
  primary?: 'quality' | 'macro';
  weak?: string;
  strong?: string;
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
    else
      context.warn(`The table says \`${name}\` of itself, which is not known; primary, weak and strong are.`);
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

/** Adds what a further row of a query knows of it. */
function merge(work: {
  readonly table: TableBuilder;
  readonly index: number;
  readonly details: Details;
  readonly place: Place;
  readonly first: Place;
}): void {
  const { table, index, details, place, first } = work;
  const before = table.examples[index]!;
  for (const name of shared) {
    const [given, had] = [details[name], before[name]];
    if (given === undefined || had === undefined || given === had) continue;
    if (name === 'messages' && (had.length === 0 || JSON.stringify(given) === JSON.stringify(had))) continue;
    const where = `${first.file === place.file ? '' : `${first.file}, `}line ${first.line}`;
    const field = name === 'messages' ? 'text' : name;
    throw new SignalboxError(
      'row',
      `the query ${before.id} has another ${field} here than from ${where} on. Rows of one query_id must agree.`,
      place,
    );
  }
  table.examples[index] = {
    ...details,
    ...before,
    ...(before.messages.length === 0 && details.messages && { messages: details.messages }),
  };
}
