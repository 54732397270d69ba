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

/** Each part encoded, one after the other: the encoder is fitted on its training rows alone. */
export async function* encodedParts(plan: Plan, encoder: Encoder, context: Context): AsyncGenerator<Fold> {
  for (const part of plan.parts) yield await encodePart(plan, part, { encoder }, context);
}

/** `keep`: false where no later comparison has the same parts; then no encoding is kept beyond its part. */
export async function encodePart(
  plan: Plan,
  part: Plan['parts'][number],
  {
    encoder,
    fresh,
    keep = true,
  }: { readonly encoder: Encoder; readonly fresh?: readonly Query[]; readonly keep?: boolean },
  context: Context,
): Promise<Fold> {
  const encode = (): ReturnType<typeof encodeRows> => encodeRows(plan, { ...part, fresh }, encoder, context);
  const { trained, tested, testQueries, beyond } = await (keep && fresh === undefined
    ? context.once('encoded part', [encoder, part.train, part.test], encode)
    : encode());
  // The same numbers under names of this fold's own: what routers keep of them (unit rows, neighbours) goes with the
  // fold, while the encoding stays for the next comparison.
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
    costs: plan.table.cost ? context.once('costs', [plan.table.cost, trained], costs) : costs(),
    ...(fresh && beyond && { fresh: { queries: fresh, features: beyond } }),
  };
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
): Promise<{ trained: Matrix; tested: Matrix; testQueries: Query[]; beyond?: Matrix }> {
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
