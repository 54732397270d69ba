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
import { turn } from '../turn.ts';

/** How often outcomes dealt to other queries did as well: p = (1 + as well) / (1 + permutations). */
export interface Permutation {
  readonly p: number;
  readonly permutations: number;
}

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
  const { plan } = args;
  const parts = await problems(args, context);
  if (parts === undefined) return { global: null, withinGroup: null };
  const { of, names } = indexGroups(plan.table.examples);
  const global = await test(parts, { ...args, strata: undefined, name: 'global' }, context);
  const withinGroup =
    names.length < 2 ? null : await test(parts, { ...args, strata: of, name: 'within group' }, context);
  return { global, withinGroup };
}

interface Problem {
  /** Rows of the table. */
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** What the regression on outcomes of the training rows (rows x any) says of the test rows. */
  predict(y: Matrix): Matrix;
}

async function problems(
  { plan, encoder, mostRows }: PermutationArgs,
  context: Context,
): Promise<Problem[] | undefined> {
  const kept = drawn(plan, mostRows, context.seed);
  const onPart = ({ train, test, trainRows, testRows }: Fold): Problem | undefined => {
    const [a, b] = [
      trainRows.map((row) => (kept.has(row) ? 1 : 0)),
      testRows.map((row) => (kept.has(row) ? 1 : 0)),
    ];
    const trainAt = places(a);
    const testAt = places(b);
    if (train.features.cols === 0 || trainAt.length < 20 || testAt.length === 0) return undefined;
    const shift = columnMeans(train.features, { rows: trainAt });
    const x = shifted(selectRows(train.features, trainAt), shift);
    const rows = Int32Array.from(trainAt, (i) => trainRows[i]!);
    const factor = cholesky(raised(gram(x)));
    if (factor === undefined) return undefined;
    return {
      train: rows,
      test: Int32Array.from(testAt, (i) => testRows[i]!),
      predict: regression(x, factor, shifted(selectRows(test.features, testAt), shift)),
    };
  };
  const parts = await eachPart({ plan, encoder }, onPart, context);
  return parts.every((part) => part !== undefined) ? parts : undefined;
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

interface TestArgs extends PermutationArgs {
  readonly strata: Int32Array | undefined;
  readonly name: string;
}

async function test(parts: readonly Problem[], args: TestArgs, context: Context): Promise<Permutation> {
  const { plan, permutations, strata, name } = args;
  const random = rng(`permutation/${name}/${context.seed}`);
  const identity = Int32Array.from(plan.table.examples.keys());
  const blocks = blocksOf(parts, plan, strata);
  const observed = lifts(parts, [identity], plan)[0]!;
  let asWell = 0;
  for (let done = 0; done < permutations; done += batch) {
    context.progress(`permutations, ${name}`, done, permutations);
    await turn(context);
    const deals = Array.from({ length: Math.min(batch, permutations - done) }, () =>
      deal(identity, blocks, random),
    );
    for (const lift of lifts(parts, deals, plan)) if (lift >= observed - 1e-12) asWell++;
  }
  context.progress(`permutations, ${name}`, permutations, permutations);
  return { p: (1 + asWell) / (1 + permutations), permutations };
}

/** Lift of the ridge's choice over the best single model, over all test rows, for each dealing of outcomes. */
function lifts(parts: readonly Problem[], deals: readonly Int32Array[], plan: Plan): Float64Array {
  const { quality } = plan.table;
  const m = quality.cols;
  const out = new Float64Array(deals.length);
  const rows = parts.reduce((sum, { test }) => sum + test.length, 0);
  for (const { train, test, predict } of parts) {
    const y = matrix(train.length, m * deals.length);
    const best = deals.map((deal, d) => {
      const part = differences(
        quality,
        Int32Array.from(train, (row) => deal[row]!),
      );
      for (let i = 0; i < part.rows; i++)
        for (let j = 0; j < m; j++) y.data[i * y.cols + d * m + j] = part.data[i * m + j]!;
      return greatest(columnMeans(part), 0, m);
    });
    const means = columnMeans(y);
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
  return out;
}

function greatest(values: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let j = 1; j < count; j++) if (values[from + j]! > values[from + best]!) best = j;
  return best;
}

/** Outcomes less the row's mean: what a choice depends on. */
function differences(quality: Matrix, rows: Int32Array): Matrix & { readonly data: Float64Array } {
  const m = quality.cols;
  const out = matrix(rows.length, m);
  rows.forEach((row, i) => {
    let mean = 0;
    for (let j = 0; j < m; j++) mean += at(quality, row, j) / m;
    for (let j = 0; j < m; j++) out.data[i * m + j] = at(quality, row, j) - mean;
  });
  return out;
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
function blocksOf(parts: readonly Problem[], { folds }: Plan, strata: Int32Array | undefined): Int32Array[] {
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

function places(mark: Int32Array): Int32Array {
  return Int32Array.from(mark.keys()).filter((i) => mark[i] === 1);
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
