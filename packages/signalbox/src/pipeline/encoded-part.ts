import type { Context } from '../core/context.ts';
import type { Dataset } from '../core/dataset.ts';
import type { Encoder } from '../core/encoder.ts';
import { assignFolds } from '../core/folds.ts';
import { asQuery, type Query } from '../core/query.ts';
import type { Encoded, Router, Training } from '../core/router.ts';
import { takeRows } from '../core/table.ts';
import { type Matrix, matrix32 } from '../math/matrix.ts';
import { type CostState, fitCosts } from './cost.ts';
import type { Part, Plan } from './protocol.ts';
import { setAside } from './set-aside.ts';
import { collect, turn } from './turn.ts';

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
  /** False where nobody asks what calls cost: the forecast of it is a fit of its own. */
  readonly costs?: boolean;
}

/** A part of a plan that is encoded when its fold is first asked for. */
export interface OpenPart extends Part {
  readonly number: number;
  /** The encoder is fitted on its training rows alone. */
  fold(): Promise<Fold>;
}

/**
 * One part after the other; of two processes one goes from the last to the first. Nothing here holds a part when the next one
 * is encoded (a variable of a loop would).
 */
export async function eachOpenPart(
  { plan, ...encoding }: Encoding & { readonly plan: Plan },
  use: (part: OpenPart) => Promise<void>,
  context: Context,
): Promise<void> {
  const one = async (number: number): Promise<void> => use(openPart(plan, number, encoding, context));
  const numbers = [...plan.parts.keys()];
  for (const number of context.partner?.backwards ? numbers.reverse() : numbers) {
    // The collector of garbage is let in, too: five parts are more than all else.
    await turn(context);
    collect();
    await one(number);
  }
}

export function openPart(plan: Plan, number: number, encoding: Encoding, context: Context): OpenPart {
  const part = plan.parts[number]!;
  let fold: Promise<Fold> | undefined;
  return {
    ...part,
    number,
    fold: () => {
      fold ??= encodePart(plan, part, encoding, context);
      return fold;
    },
  };
}

/** What `use` makes of each part, encoded, in their order. */
export async function eachPart<T>(
  encoding: Encoding & { readonly plan: Plan },
  use: (fold: Fold, part: number) => T | Promise<T>,
  context: Context,
): Promise<T[]> {
  const made: T[] = [];
  const onPart = async ({ number, fold }: OpenPart): Promise<void> => {
    made[number] = await use(await fold(), number);
  };
  await eachOpenPart(encoding, onPart, context);
  return made;
}

/** Where each test row of a part stands among the compared rows; -1 = not compared. */
export function placeOf({ compared }: Plan, { test }: Part): Int32Array {
  const places = new Map(Array.from(compared, (row, i) => [row, i]));
  return Int32Array.from(test, (row) => places.get(row) ?? -1);
}

async function encodePart(
  plan: Plan,
  part: Part,
  { encoder, fresh, keep = true, costs: asked = true }: Encoding,
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
  context.partner?.encoded();
  const costs = (): CostState | undefined => (asked ? fitCosts(train, context) : undefined);
  return {
    train,
    test: { queries: testQueries, features: testFeatures },
    place: placeOf(plan, part),
    trainRows: part.train,
    testRows: part.test,
    costs:
      asked && plan.table.cost
        ? context.once('costs', [plan.table.cost, encoder, part.train], costs)
        : costs(),
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
