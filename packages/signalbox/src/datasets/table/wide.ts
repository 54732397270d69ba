import type { Context } from '../../core/context.ts';
import { nearest, type Place, SignalboxError } from '../../core/errors.ts';
import type { ReadOptions } from '../../core/format.ts';
import { detailsIn, type Fields, requiredText, statusIn, textIn } from '../files/fields.ts';
import { numberIn, numeric } from '../files/numbers.ts';
import type { TableBuilder } from './build.ts';
import { reservedNames, slipOf, type WideEnding, wideEndings } from './canonical.ts';
import { growing } from './growing.ts';
import type { WideBlock } from './wide-block.ts';

const reserved: ReadonlySet<string> = new Set(reservedNames);

/** A column of scores, and the columns that stand beside it. */
interface ModelColumn {
  readonly id: string;
  readonly beside: Partial<Record<WideEnding, string>>;
  /** The reserved name that this one is close to. */
  readonly slip?: string;
}

/** Takes one file in the canonical wide form into a table. */
export interface WideReader {
  /** Columns that tell of the query. */
  readonly about: readonly string[];
  /** Columns that tell of a model's call on it. */
  readonly cells: readonly string[];
  /** Adds a query; each of its cells is set next, in whatever order. @returns its number in this file */
  query(about: Fields, place: Place): number;
  /** @param column place among `cells` */
  set(query: number, column: number, value: unknown): void;
  /** Warns of models whose names are close to reserved ones, once all their cells have turned out to be scores. */
  end(): void;
}

export interface WideSource {
  readonly header: readonly string[];
  /** Where the header stands. */
  readonly place: Place;
  /** Whether numbers come as text, as in CSV. */
  readonly text: boolean;
  /** Ids of all files so far, and where they stand. */
  readonly ids: Map<string, Place>;
  readonly table: TableBuilder;
  readonly options: ReadOptions;
  readonly context: Context;
}

/** @throws SignalboxError for a header that is not of the wide form */
export function wideReader(source: WideSource): WideReader {
  const { table, ids, text, context, header, place: top } = source;
  const models = modelColumns(source);
  const block = table.block(models.map(({ id }) => id));
  const lines = growing();
  const cells = models.flatMap(({ id, beside }, model): CellColumn[] => [
    { name: id, model, field: 'score' },
    ...wideEndings.flatMap((field) => {
      const name = beside[field];
      return name === undefined ? [] : [{ name, model, field }];
    }),
  ]);
  const placeOf = (query: number): Place => ({
    ...(top.file !== undefined && { file: top.file }),
    line: lines.at(query),
  });
  return {
    about: header.filter((name) => reserved.has(name)),
    cells: cells.map(({ name }) => name),
    query: (about, place) => {
      const id = requiredText(about, 'query_id', place);
      const before = ids.get(id);
      if (before !== undefined) {
        const where = `${before.file === place.file ? '' : `${before.file}, `}line ${before.line}`;
        throw new SignalboxError(
          'row',
          `the query_id ${id} is here a second time; the first stands in ${where}.`,
          place,
        );
      }
      ids.set(id, place);
      lines.push(place.line ?? 0);
      return block.row(table.example({ messages: [], ...detailsIn(about, place), id }));
    },
    set: (query, column, value) => {
      const { name, model, field } = cells[column]!;
      const cell = query * models.length + model;
      if (field === 'score') {
        const quick = quickScore(value, text);
        block.score.set(cell, quick ?? scoreIn(models[model]!, value, { top, text, place: placeOf(query) }));
      } else if (value !== undefined && value !== null && value !== '')
        setBeside(block, { cell, field }, { name, value, text, place: placeOf(query) });
    },
    end: () => {
      for (const { id, slip } of models) {
        if (slip === undefined) continue;
        context.warn(
          `The column \`${id}\` is read as a model, as all its cells are scores; its name is close to \`${slip}\`.`,
        );
      }
    },
  };
}

interface CellColumn {
  readonly name: string;
  readonly model: number;
  readonly field: 'score' | WideEnding;
}

/** The score of a cell that is plainly one; nothing is made for it. */
function quickScore(value: unknown, text: boolean): number | undefined {
  if (value === null || value === undefined || (text && value === '')) return Number.NaN;
  const number = typeof value === 'string' && !text ? undefined : numeric(value);
  return number !== undefined && (Number.isNaN(number) || (number >= 0 && number <= 1)) ? number : undefined;
}

/** NaN where it is not known. */
function scoreIn(
  { id, slip }: ModelColumn,
  value: unknown,
  { top, text, place }: { readonly top: Place; readonly text: boolean; readonly place: Place },
): number {
  const hint = `A column that holds no scores is left out with --ignore-column ${id}; the text of a query stands in a column \`text\`.`;
  const rule = { what: `the score of ${id}`, low: 0, high: 1, text, hint, place };
  const score =
    slip === undefined
      ? numberIn(value, rule)
      : scoreOrSlip({ model: id, slip, header: top, rule }, { [id]: value });
  return score ?? Number.NaN;
}

function setBeside(
  block: WideBlock,
  { cell, field }: { readonly cell: number; readonly field: WideEnding },
  of: { readonly name: string; readonly value: unknown; readonly text: boolean; readonly place: Place },
): void {
  const { name, value, text, place } = of;
  const rule = { what: `\`${name}\``, text, place };
  if (field === 'k') block.k.set(cell, numberIn(value, { ...rule, low: 1, whole: true }) ?? Number.NaN);
  else if (field === 'cost') block.cost.set(cell, numberIn(value, { ...rule, low: 0 }) ?? Number.NaN);
  else if (field === 'answer') {
    const answer = textIn({ [name]: value }, name, place);
    if (answer !== undefined) block.answers.set(cell, answer);
  } else {
    const status = statusIn({ [name]: value }, name, place);
    if (status !== undefined) block.setStatus(cell, status);
  }
}

/** The score of a column whose name is close to a reserved one: anything but a score shows that it was a slip. */
function scoreOrSlip(
  column: {
    readonly model: string;
    readonly slip: string;
    readonly header: Place;
    readonly rule: Parameters<typeof numberIn>[1];
  },
  fields: Fields,
): number | undefined {
  const { model, slip, header, rule } = column;
  try {
    return numberIn(fields[model], rule);
  } catch (cause) {
    throw new SignalboxError(
      'row',
      `the column \`${model}\` is not known: did you mean \`${slip}\`? A model's cells would all be numbers in [0, 1]. To leave the column out, give --ignore-column ${model}.`,
      { ...header, cause },
    );
  }
}

function modelColumns({ header, place, table, options }: WideSource): ModelColumn[] {
  if (!header.includes('query_id')) {
    const slip = header.find((name) => slipOf(name, ['query_id']) !== undefined);
    const hint =
      slip === undefined
        ? `The columns are ${header.slice(0, 8).join(', ')}`
        : `Is \`${slip}\` meant for it?`;
    throw new SignalboxError(
      'format',
      `there is no column \`query_id\`, which the canonical form needs. ${hint}`,
      place,
    );
  }
  const ignored = new Set(options.ignoreColumns ?? []);
  const models = new Map<string, ModelColumn>();
  const beside: [string, string][] = [];
  for (const name of header) {
    if (reserved.has(name) || ignored.has(name)) continue;
    const bar = name.lastIndexOf('|');
    if (name === '') table.note('A column without a name was not read.');
    else if (bar !== -1) beside.push([name.slice(0, bar), name.slice(bar + 1)]);
    else {
      const slip = slipOf(name, reservedNames);
      models.set(name, { id: name, beside: {}, ...(slip !== undefined && { slip }) });
    }
  }
  for (const [id, ending] of beside) {
    if (ignored.has(id)) continue;
    const known = wideEndings.find((each) => each === ending);
    const model = models.get(id);
    if (model && known) model.beside[known] = `${id}|${known}`;
    else throw strangeBeside({ id, ending, models: [...models.keys()], place, known: known !== undefined });
  }
  if (models.size === 0) {
    throw new SignalboxError(
      'format',
      'no column holds the scores of a model; the wide form has one for each, named as the model is.',
      place,
    );
  }
  return [...models.values()];
}

function strangeBeside(column: {
  readonly id: string;
  readonly ending: string;
  readonly models: readonly string[];
  readonly place: Place;
  readonly known: boolean;
}): SignalboxError {
  const { id, ending, models, place, known } = column;
  const name = `${id}|${ending}`;
  const near = known ? nearest(id, models) : nearest(ending, wideEndings);
  const hint =
    near === undefined ? '' : ` Did you mean \`${known ? `${near}|${ending}` : `${id}|${near}`}\`?`;
  const why = known
    ? `there is no model \`${id}\` for the column \`${name}\`.`
    : `\`${name}\` ends in none of ${wideEndings.join(', ')}.`;
  return new SignalboxError(
    'format',
    `${why}${hint} To leave it out, give --ignore-column '${name}'.`,
    place,
  );
}
