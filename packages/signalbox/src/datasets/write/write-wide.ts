import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { Context } from '../../core/context.ts';
import type { Dataset } from '../../core/dataset.ts';
import type { Matrix } from '../../math/matrix.ts';
import { stopIfAborted } from '../files/files.ts';
import { reservedNames } from '../table/canonical.ts';
import type { Said } from '../table/long.ts';
import { detailsOf } from './long-rows.ts';

/** From so many cells on, a row for each of them would take many times the room and the time. */
export const manyCells = 2 ** 20;
const groupRows = 2 ** 15;

/** Whether the wide form has a place for all that the table says: scores, samples behind them and costs alone. */
export function fitsWide(table: Dataset): boolean {
  const { samples, completion, calls, rawScore, tokensIn, tokensOut, latencyMs, propensity } = table;
  const more = [samples, completion, calls, rawScore, tokensIn, tokensOut, latencyMs, propensity];
  const taken: ReadonlySet<string> = new Set(reservedNames);
  return (
    more.every((each) => each === undefined) &&
    table.models.every(
      ({ id }) => id !== '' && !id.includes('|') && !taken.has(id) && !['model', 'score'].includes(id),
    )
  );
}

/** Writes the table in the canonical wide form as Parquet: a row for each query, a column for each model. */
export async function writeWide(
  table: Dataset,
  { path, said }: { readonly path: string; readonly said: Said },
  context: Context,
): Promise<void> {
  const { examples, models, quality, k, cost } = table;
  const details = examples.map(detailsOf);
  const repeated = k.data.some((n) => n > 1);
  const about = reservedNames.filter((name) => details.some((row) => row[name] !== undefined));
  const columns: Column[] = [
    ...about.map((name): Column => ({ name, type: 'BYTE_ARRAY', of: (i) => textOf(details[i]![name]) })),
    ...models.flatMap(({ id }, m): Column[] => [
      numbers(id, quality, m),
      ...(repeated ? [numbers(`${id}|k`, k, m, 0)] : []),
      ...(cost ? [numbers(`${id}|cost`, cost, m)] : []),
    ]),
  ];
  const told = { ...said, ...(table.scoreKind && { score_kind: table.scoreKind }) };
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaOf)],
    kvMetadata: keyValues(told),
    createdBy: 'signalbox',
  });
  for (let first = 0; first < examples.length; first += groupRows) {
    stopIfAborted(context);
    context.progress('writing', first, examples.length);
    const count = Math.min(groupRows, examples.length - first);
    // Each column is made when its turn comes, so that one is held at a time.
    const columnData = columns.map(({ name, of }) => ({
      name,
      get data() {
        return Array.from({ length: count }, (_, i) => of(first + i));
      },
    }));
    await writer.write({ columnData, rowGroupSize: groupRows });
  }
  await writer.finish();
  context.progress('writing', examples.length, examples.length);
}

/** What a table says of itself, as Parquet has a place for it. */
export function keyValues(told: object): { readonly key: string; readonly value: string }[] {
  return Object.entries(told).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
}

interface Column {
  readonly name: string;
  readonly type: 'BYTE_ARRAY' | 'INT32' | 'DOUBLE';
  /** Whether no row is without a value. */
  readonly whole?: boolean;
  readonly of: (row: number) => string | number | null;
}

/** A column of numbers; what is `absent` is left empty. */
function numbers(name: string, { cols, data }: Matrix, m: number, absent = Number.NaN): Column {
  return {
    name,
    type: data instanceof Uint8Array ? 'INT32' : 'DOUBLE',
    whole: data instanceof Uint8Array && Number.isNaN(absent),
    of: (i) => {
      const value = data[i * cols + m]!;
      return Object.is(value, absent) ? null : value;
    },
  };
}

function schemaOf({ name, type, whole = false }: Column) {
  return {
    name,
    type,
    repetition_type: whole ? ('REQUIRED' as const) : ('OPTIONAL' as const),
    ...(type === 'BYTE_ARRAY' && { converted_type: 'UTF8' as const }),
  };
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
