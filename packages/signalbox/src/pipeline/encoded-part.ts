import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import type { Encoder } from '../core/encoder.ts';
import { assignFolds } from '../core/folds.ts';
import { asQuery, type Query } from '../core/query.ts';
import type { Encoded, Router, Training } from '../core/router.ts';
import { takeRows } from '../core/table.ts';
import { type Matrix, matrix32 } from '../math/matrix.ts';
import { type CostState, fitCosts } from './cost.ts';
import type { Plan } from './protocol.ts';
import { setAside } from './set-aside.ts';
import { turn } from './turn.ts';

const innerFolds = 5;

/** The training rows of a table, encoded, with their inner folds. */
export function training(table: Dataset, features: Matrix, seed: number): Training {
  return {
    table,
    queries: table.examples.map(asQuery),
    features,
    folds: assignFolds(table.examples, innerFolds, `${seed}/inner`),
  };
}

/** Queries as a router may see them: without the group where it does not ask for it. */
export function visible(input: Encoded, router: Router): Encoded {
  if (router.needs.group) return input;
  return { ...input, queries: input.queries.map(({ id, messages }): Query => ({ id, messages })) };
}

/** One part of a plan: training rows and test rows, encoded, the encoder fitted on the training rows alone. */
export interface Fold {
  readonly train: Training;
  readonly test: Encoded;
  /** Where each test row stands among the compared rows; -1 = not compared. */
  readonly place: Int32Array;
  /** Rows of the table. */
  readonly trainRows: Int32Array;
  readonly testRows: Int32Array;
  readonly costs: CostState | undefined;
  readonly fresh?: Encoded;
}

/** How the parts of a plan are encoded. */
interface Encoding {
  readonly encoder: Encoder;
  /** Queries beyond the table, encoded by each part's encoder as well. */
  readonly fresh?: readonly Query[];
  /** False where no later comparison has the same parts; then no encoding is kept beyond its part. */
  readonly keep?: boolean;
}

/**
 * What `use` makes of each part, encoded, one after the other: the encoder is fitted on its training rows alone. Nothing
 * here holds a part when the next one is encoded (a variable of a loop would).
 */
export async function eachPart<T>(
  { plan, ...encoding }: Encoding & { readonly plan: Plan },
  use: (fold: Fold, part: number) => T | Promise<T>,
  context: Context,
): Promise<T[]> {
  const one = async (part: number): Promise<T> =>
    use(await encodePart(plan, plan.parts[part]!, encoding, context), part);
  const made: T[] = [];
  for (const part of plan.parts.keys()) {
    // The collector of garbage is let in, too: five parts are more than all else.
    await turn(context);
    made.push(await one(part));
  }
  return made;
}

async function encodePart(
  plan: Plan,
  part: Plan['parts'][number],
  { encoder, fresh, keep = true }: Encoding,
  context: Context,
): Promise<Fold> {
  const keys = [encoder, part.train, part.test];
  const { trained, tested, testQueries, beyond } =
    keep && fresh === undefined
      ? (await context.once('encoded part', keys, () => keptRows(plan, part, encoder, context)))()
      : await encodeRows(plan, { ...part, fresh }, encoder, context);
  // The same numbers under names of this fold's own: what routers keep of them (unit rows, neighbours) goes with the fold.
  const [features, testFeatures] = [{ ...trained }, { ...tested }];
  const train = training(takeRows(plan.table, part.train), features, context.seed);
  const places = new Map(Array.from(plan.compared, (row, i) => [row, i]));
  const costs = (): CostState | undefined => fitCosts(train, context);
  return {
    train,
    test: { queries: testQueries, features: testFeatures },
    place: Int32Array.from(part.test, (i) => places.get(i) ?? -1),
    trainRows: part.train,
    testRows: part.test,
    costs: plan.table.cost ? context.once('costs', [plan.table.cost, encoder, part.train], costs) : costs(),
    ...(fresh && beyond && { fresh: { queries: fresh, features: beyond } }),
  };
}

interface EncodedRows {
  readonly trained: Matrix;
  readonly tested: Matrix;
  readonly testQueries: Query[];
  readonly beyond?: Matrix;
}

/** The same for every comparison that asks: of a large table all parts' encodings are more than all else, and wait on disk. */
async function keptRows(...of: Parameters<typeof encodeRows>): Promise<() => EncodedRows> {
  const { trained, tested, testQueries } = await encodeRows(...of);
  const [train, test] = [setAside(trained), setAside(tested)];
  return () => ({ trained: train(), tested: test(), testQueries });
}

/**
 * Queries of a part, encoded: the same for every comparison on it, whatever its outcomes are. What the encoder learned
 * goes: of a large table's texts it is as much as their encoding.
 */
async function encodeRows(
  { table }: Plan,
  { train, test, fresh }: Plan['parts'][number] & { readonly fresh?: readonly Query[] | undefined },
  encoder: Encoder,
  context: Context,
): Promise<EncodedRows> {
  const queries = Array.from(train, (i) => asQuery(table.examples[i]!));
  const testQueries = Array.from(test, (i) => asQuery(table.examples[i]!));
  const state = await encoder.fit(queries, context);
  return {
    trained: await encoder.encode(queries, state, context),
    tested: await encoder.encode(testQueries, state, context),
    testQueries,
    ...(fresh && { beyond: await encoder.encode(fresh, state, context) }),
  };
}

/** An encoder that sees nothing: for tables without text, and for routers that need none. */
export const noEncoder: Encoder<null> = {
  name: 'none',
  settings: {},
  fit: async () => null,
  encode: async (queries) => matrix32(queries.length, 0),
  width: () => 0,
};
