import type { Context } from '../core/context.ts';
import type { Call, Dataset } from '../core/dataset.ts';
import { nearest, type Place, SignalboxError } from '../core/errors.ts';
import type { SourceFile } from '../core/format.ts';
import type { ModelId, Price } from '../core/model.ts';
import { matrix } from '../math/matrix.ts';
import { readCsv } from './files/csv-rows.ts';
import { digestsOf, headText, readBytes } from './files/files.ts';
import { members } from './files/json-object.ts';
import { numberIn, shown } from './files/numbers.ts';
import { listFiles } from './list.ts';
import { listed } from './table/build.ts';

/** Prices of models, and the file that they come from. */
export interface Prices {
  readonly file: string;
  /** SHA-256 of the file. */
  readonly digest: string;
  readonly byModel: ReadonlyMap<ModelId, Price>;
}

const columns = ['model', 'input', 'output'] as const;

/**
 * Prices in US dollars per million tokens, as JSON (`{"model": {"input": 0.15, "output": 0.6}}`) or CSV with
 * the columns `model`, `input` and `output`.
 * @throws SignalboxError naming file and line for anything else, and for a model that stands twice
 */
export async function readPrices(path: string, context: Context): Promise<Prices> {
  const [file] = await listFiles([path]);
  if (file === undefined || file.path !== path) {
    throw new SignalboxError('file', 'this is a folder; a file of prices was expected, as JSON or CSV.', {
      file: path,
    });
  }
  const byModel = new Map<ModelId, Price>();
  for await (const row of rowsOf(file, context)) {
    const { model, place } = row;
    if (model === '') throw new SignalboxError('row', 'the name of the model is empty.', place);
    if (byModel.has(model)) {
      throw new SignalboxError('row', `\`${model}\` has a price already: leave one of the two out.`, place);
    }
    byModel.set(model, { input: priceIn(row, 'input'), output: priceIn(row, 'output') });
  }
  if (byModel.size === 0) throw new SignalboxError('table', 'there are no prices in it.', { file: path });
  const digests = await digestsOf([file]);
  return { file: path, digest: digests[path]!, byModel };
}

interface PriceRow {
  readonly model: string;
  readonly input: unknown;
  readonly output: unknown;
  /** Whether numbers come as text, as in CSV. */
  readonly text: boolean;
  readonly place: Place;
}

function priceIn(row: PriceRow, name: 'input' | 'output'): number {
  const what = `the ${name} price of ${row.model}`;
  const price = numberIn(row[name], { what, low: 0, text: row.text, place: row.place });
  if (price !== undefined) return price;
  throw new SignalboxError(
    'row',
    `${what} is missing; US dollars per million tokens were expected. Leave out a model whose prices are not known.`,
    row.place,
  );
}

async function* rowsOf(file: SourceFile, context: Context): AsyncGenerator<PriceRow> {
  if (/^\s*[{[]/.test(headText(file))) yield* jsonRows(await readBytes(file), file.path);
  else yield* csvRows(file, context);
}

function* jsonRows(bytes: Buffer, path: string): Generator<PriceRow> {
  for (const { name: model, value, line } of members(bytes, path)) {
    const place = { file: path, line };
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new SignalboxError(
        'row',
        `the price of ${model} is ${shown(value)}; {"input": number, "output": number} was expected.`,
        place,
      );
    }
    const { input, output } = value as Record<string, unknown>;
    yield { model, input, output, text: false, place };
  }
}

async function* csvRows(file: SourceFile, context: Context): AsyncGenerator<PriceRow> {
  const { header, rows } = await readCsv(file, context);
  const missing = columns.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new SignalboxError(
      'format',
      `there is no column ${missing.map((name) => `\`${name}\``).join(', ')}. Prices are JSON, {"model": {"input": number, "output": number}}, or CSV with the columns model, input and output.`,
      { file: file.path, line: 1 },
    );
  }
  const [model, input, output] = columns.map((name) => header.indexOf(name));
  for await (const { cells, place } of rows) {
    yield { model: cells[model!]!, input: cells[input!], output: cells[output!], text: true, place };
  }
}

/**
 * The table with the cost of each call that has tokens, a price, and no recorded cost. What has no price stays
 * unknown and is named in the notes.
 */
export function priced(table: Dataset, prices: Prices): Dataset {
  const { models, quality, tokensIn, tokensOut } = table;
  const priceOf = models.map(({ id }) => prices.byModel.get(id));
  const cost = matrix(quality.rows, quality.cols, Number.NaN);
  if (table.cost) cost.data.set(table.cost.data);
  let filled = 0;
  if (tokensIn && tokensOut) {
    for (let cell = 0; cell < cost.data.length; cell++) {
      const price = priceOf[cell % cost.cols];
      const dollars =
        price && (tokensIn.data[cell]! * price.input + tokensOut.data[cell]! * price.output) / 1e6;
      if (dollars === undefined || Number.isNaN(dollars) || !Number.isNaN(cost.data[cell]!)) continue;
      cost.data[cell] = dollars;
      filled++;
    }
  }
  const { calls } = table;
  const each = (i: number, j: number): readonly Call[] =>
    calls!(i, j).map((call) => ({ ...call, cost: call.cost ?? dollarsOf(call, priceOf[j]) }));
  return {
    ...table,
    ...((table.cost || filled > 0) && { cost }),
    ...(calls && { calls: each }),
    models: models.map((model, j) => ({ ...model, price: priceOf[j] ?? model.price })),
    notes: [...table.notes, ...sentences({ table, prices, filled })],
    digests: { ...table.digests, [prices.file]: prices.digest },
  };
}

function dollarsOf({ tokensIn, tokensOut }: Call, price: Price | undefined): number | undefined {
  if (price === undefined || tokensIn === undefined || tokensOut === undefined) return undefined;
  return (tokensIn * price.input + tokensOut * price.output) / 1e6;
}

function sentences(work: {
  readonly table: Dataset;
  readonly prices: Prices;
  readonly filled: number;
}): string[] {
  const { table, prices, filled } = work;
  const { models, tokensIn, tokensOut } = table;
  const first =
    tokensIn && tokensOut
      ? `The cost of ${filled} calls is their tokens at the prices of ${prices.file}; recorded costs stand as they are.`
      : `The prices of ${prices.file} were not used: the table does not record tokens_in and tokens_out.`;
  const unknown = models.map(({ id }) => id).filter((id) => !prices.byModel.has(id));
  if (unknown.length === 0) return [first];
  const near = nearest(unknown[0]!, [...prices.byModel.keys()]);
  const hint = near === undefined ? '' : ` Is \`${near}\` meant for \`${unknown[0]}\`?`;
  return [first, `Without a price in ${prices.file}: ${listed(unknown)}${hint}`];
}
