import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import { indexGroups } from '../../core/folds.ts';
import {
  cholesky,
  choleskySolve,
  columnMeans,
  crossProduct,
  gram,
  multiply,
  multiplyTransposed,
} from '../../math/linear.ts';
import { at, type Matrix, matrix, selectRows, transposed } from '../../math/matrix.ts';
import { type Rng, rng, shuffle } from '../../math/rng.ts';
import { eachPart, type Fold } from '../encoded-part.ts';
import type { Plan } from '../protocol.ts';
import { collect, turn } from '../turn.ts';

/** How often outcomes dealt to other queries did as well: p = (1 + as well) / (1 + permutations). */
export type Permutation = {
  readonly p: number;
  readonly permutations: number;
};

export interface PermutationArgs {
  readonly plan: Plan;
  readonly encoder: Encoder;
  readonly permutations: number;
  /** Rows beyond this many are left out, drawn at random: the test needs no more, and costs less. */
  readonly mostRows: number;
}

/** Permutations whose outcomes are fitted side by side: one product serves them all. */
const batch = 25;

/**
 * Is there any signal in the queries (`global`), and any beyond their group (`withinGroup`; null with one group)?
 * Outcomes are dealt to other queries, over all or within their group, and a ridge regression on the same features
 * chooses again; the statistic is its lift over the best single model of the same training rows. The factorisation
 * of a part serves all permutations. The penalty is the mean eigenvalue of the features' scatter: chosen without the
 * outcomes, so that the observed dealing is one among equals and p is exact (FEASIBILITY, C7, C14).
 * Null where there are no features or too few complete rows.
 */
export async function permutationTests(
  args: PermutationArgs,
  context: Context,
): Promise<{ global: Permutation | null; withinGroup: Permutation | null }> {
  const { plan, encoder, permutations } = args;
  const { of, names } = indexGroups(plan.table.examples);
  const parts = rowsOf(plan, drawn(plan, args.mostRows, context.seed));
  const rows = parts.reduce((sum, { test }) => sum + test.length, 0);
  const started = (name: string, strata?: Int32Array): Trial => ({
    seed: `permutation/${name}/${context.seed}`,
    blocks: blocksOf(parts, plan, strata),
    lifts: new Float64Array(1 + permutations),
  });
  const trials = [started('global'), ...(names.length < 2 ? [] : [started('within group', of)])];
  const total = plan.parts.length * trials.length * permutations;
  let [done, possible] = [0, true];
  // All of a part before the next one is encoded: what is learned of five parts is more than the table.
  const onPart = async (fold: Fold, part: number): Promise<void> => {
    const problem = possible ? problemOf(fold, parts[part]!) : undefined;
    possible = problem !== undefined;
    if (problem === undefined) return;
    // What it was made of is as large as what follows.
    collect();
    const room = new Float64Array(
      problem.train.length * plan.table.models.length * Math.min(batch, Math.max(permutations, 1)),
    );
    for (const trial of trials) {
      let first = 0;
      for (const deals of dealings(trial, plan)) {
        context.progress('permutations', done, total);
        await turn(context);
        addLifts(trial.lifts.subarray(first), { problem, deals, rows, quality: plan.table.quality, room });
        // The first is the outcomes as they are.
        if (first > 0) done += deals.length;
        first += deals.length;
      }
    }
  };
  await eachPart({ plan, encoder }, onPart, context);
  if (!possible) return { global: null, withinGroup: null };
  context.progress('permutations', total, total);
  const [global, withinGroup] = trials.map(({ lifts }): Permutation => {
    const asWell = lifts.subarray(1).filter((lift) => lift >= lifts[0]! - 1e-12).length;
    return { p: (1 + asWell) / (1 + permutations), permutations };
  });
  return { global: global!, withinGroup: withinGroup ?? null };
}

interface Trial {
  readonly seed: string;
  /** Rows that may exchange outcomes. */
  readonly blocks: readonly Int32Array[];
  /** Of the outcomes as they are, then of each dealing, summed over the parts so far. */
  readonly lifts: Float64Array;
}

/** The outcomes as they are, then the dealings some at a time: the same ones for each part. */
function* dealings({ seed, blocks, lifts }: Trial, { table }: Plan): Generator<Int32Array[]> {
  const identity = Int32Array.from(table.examples.keys());
  yield [identity];
  const random = rng(seed);
  for (let done = 1; done < lifts.length; done += batch)
    yield Array.from({ length: Math.min(batch, lifts.length - done) }, () => deal(identity, blocks, random));
}

/** Rows of the table, of one part. */
interface Rows {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** The rows that are kept, of each part. */
function rowsOf({ parts }: Plan, kept: ReadonlySet<number>): Rows[] {
  const some = (rows: Int32Array): Int32Array => rows.filter((row) => kept.has(row));
  return parts.map(({ train, test }) => ({ train: some(train), test: some(test) }));
}

interface Problem extends Rows {
  /** What the regression on outcomes of the training rows (rows x any) says of the test rows. */
  predict(y: Matrix): Matrix;
}

/** Undefined where there are no features or too few rows. */
function problemOf(fold: Fold, rows: Rows): Problem | undefined {
  const [{ features }, tested] = [fold.train, fold.test.features];
  if (features.cols === 0 || rows.train.length < 20 || rows.test.length === 0) return undefined;
  const trainAt = places(fold.trainRows, rows.train);
  const testAt = places(fold.testRows, rows.test);
  const shift = columnMeans(features, { rows: trainAt });
  const x = shifted(selectRows(features, trainAt), shift);
  const factor = cholesky(raised(gram(x)));
  if (factor === undefined) return undefined;
  return { ...rows, predict: regression(x, factor, shifted(selectRows(tested, testAt), shift)) };
}

/** Thousands of columns are fitted: the way over test rows x training rows is taken once where it is the shorter one. */
function regression(x: Matrix, factor: Matrix, tested: Matrix): Problem['predict'] {
  const p = x.cols;
  if (tested.rows * x.rows > p * (x.rows + p + tested.rows))
    return (y) => multiply(tested, choleskySolve(factor, crossProduct(x, y)));
  return through(multiplyTransposed(transposed(choleskySolve(factor, transposed(tested))), x));
}

/** On its own: a closure beside one that holds all of the above would hold it as well. */
const through =
  (hat: Matrix): Problem['predict'] =>
  (y) =>
    multiply(hat, y);

/** Adds to each dealing's lift of the ridge's choice over the best single model, over all `rows` test rows, that of one part's. */
function addLifts(
  out: Float64Array,
  {
    problem: { train, test, predict },
    deals,
    rows,
    quality,
    room,
  }: {
    readonly problem: Problem;
    readonly deals: readonly Int32Array[];
    readonly rows: number;
    readonly quality: Matrix;
    /** For the outcomes as dealt, each time the same: they are what is largest here. */
    readonly room: Float64Array;
  },
): void {
  const m = quality.cols;
  const cols = m * deals.length;
  const y = { rows: train.length, cols, data: room.subarray(0, train.length * cols) };
  for (const [d, deal] of deals.entries()) dealTo(y, d * m, { quality, deal, train });
  const means = columnMeans(y);
  const best = deals.map((_, d) => greatest(means, d * m, m));
  const predicted = predict(y);
  for (let i = 0; i < test.length; i++) {
    deals.forEach((deal, d) => {
      const row = deal[test[i]!]!;
      const scores = predicted.data.subarray(i * y.cols + d * m, i * y.cols + (d + 1) * m);
      let chosen = 0;
      for (let j = 1; j < m; j++)
        if (scores[j]! + means[d * m + j]! > scores[chosen]! + means[d * m + chosen]!) chosen = j;
      out[d]! += (at(quality, row, chosen) - at(quality, row, best[d]!)) / rows;
    });
  }
}

function greatest(values: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let j = 1; j < count; j++) if (values[from + j]! > values[from + best]!) best = j;
  return best;
}

/** Outcomes as dealt less their row's mean, which is what a choice depends on, to the columns of `to` from this one on. */
function dealTo(
  to: Matrix,
  column: number,
  {
    quality,
    deal,
    train,
  }: { readonly quality: Matrix; readonly deal: Int32Array; readonly train: Int32Array },
): void {
  const m = quality.cols;
  for (let i = 0; i < train.length; i++) {
    const from = deal[train[i]!]! * m;
    let mean = 0;
    for (let j = 0; j < m; j++) mean += quality.data[from + j]! / m;
    const start = i * to.cols + column;
    for (let j = 0; j < m; j++) to.data[start + j] = quality.data[from + j]! - mean;
  }
}

/** Complete rows, at most so many. */
function drawn({ table, parts }: Plan, most: number, seed: number): Set<number> {
  const { cols, data } = table.quality;
  const complete = Int32Array.from(new Set(parts.flatMap(({ train, test }) => [...train, ...test]))).filter(
    (row) => !data.subarray(row * cols, (row + 1) * cols).some(Number.isNaN),
  );
  if (complete.length > most) shuffle(complete, rng(`permutation/rows/${seed}`));
  return new Set(complete.slice(0, most));
}

/** Rows that may exchange outcomes: with a given split only within its parts, and within strata where there are some. */
function blocksOf(parts: readonly Rows[], { folds }: Plan, strata: Int32Array | undefined): Int32Array[] {
  const sides =
    folds === undefined
      ? [parts[0]!.train, parts[0]!.test]
      : [Int32Array.from(parts.flatMap(({ test }) => [...test]))];
  if (strata === undefined) return sides;
  return sides.flatMap((rows) =>
    [...Map.groupBy(rows, (row) => strata[row]!).values()].map((block) => Int32Array.from(block)),
  );
}

function deal(identity: Int32Array, blocks: readonly Int32Array[], random: Rng): Int32Array {
  const out = identity.slice();
  for (const block of blocks) {
    const to = block.slice();
    shuffle(to, random);
    block.forEach((row, i) => {
      out[row] = to[i]!;
    });
  }
  return out;
}

/** Where some of these rows stand among them; in the order of all. */
function places(all: Int32Array, some: Int32Array): Int32Array {
  const wanted = new Set(some);
  return Int32Array.from(all.keys()).filter((i) => wanted.has(all[i]!));
}

function shifted(x: Matrix, shift: Float64Array): Matrix {
  const out = matrix(x.rows, x.cols);
  for (let i = 0, c = 0; i < x.rows; i++)
    for (let j = 0; j < x.cols; j++, c++) out.data[c] = x.data[c]! - shift[j]!;
  return out;
}

/** With the mean of the diagonal added to it. */
function raised(a: Matrix): Matrix {
  let by = 0;
  for (let i = 0; i < a.rows; i++) by += at(a, i, i) / a.rows;
  for (let i = 0; i < a.rows; i++) a.data[i * a.cols + i]! += by;
  return a;
}
