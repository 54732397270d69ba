import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Encoded, Router } from '../core/router.ts';
import { type Matrix, matrix, type Numbers, row, selectRows } from '../math/matrix.ts';
import { innerProducts } from '../math/nearest.ts';
import { addProduct } from '../math/product.ts';
import { type Battles, bradleyTerry } from './bradley-terry.ts';
import { unit } from './shared/neighbours.ts';
import { referenceModel } from './shared/reference-model.ts';

const params = z.strictObject({
  /** A training query weighs base^(its cosine with the query / the greatest such cosine). */
  base: z.number().min(1).default(10),
});
type Params = z.infer<typeof params>;
type State = {
  /** At length 1. */
  readonly features: Matrix;
  readonly quality: Matrix;
  /** Column of the model that the others are held against. */
  readonly reference: number;
  /** 1 for each model that was ever observed. */
  readonly seen: Int32Array;
};

/**
 * RouteLLM's similarity-weighted ranking (Ong and others, 2406.18665): for each query the strengths of the models are
 * fitted anew, by Bradley and Terry, to all training battles, each weighing 10 x 10^(similarity / greatest similarity).
 *
 * Departures. Battles are all pairs of models observed on a training query; i beats j by (1 + q_i - q_j) / 2 of a
 * battle, which for right and wrong is a win, a loss or half of each, as published. The factor 10 before the power
 * changes nothing and is left out. Every pair is given one tie of mean weight besides, so that strengths are
 * finite. Models are not gathered in tiers. With more than two models each is held against the declared strong model,
 * or else the best single one: expected is that model's weighted mean plus 2 p - 1, which is the difference of
 * outcomes that such battles stand for.
 */
export const similarityWeighted: Router<Params, State> = {
  name: 'similarity-weighted',
  summary: 'strengths of the models by Bradley and Terry, similar queries weighing more (RouteLLM)',
  paper: '2406.18665',
  params,
  needs: { features: true, group: false },
  variants: { sharp: { base: 1e6 } },
  fit: ({ table, features }, _, context) => ({
    features: unit(features, context),
    quality: table.quality,
    reference: referenceModel(table).at,
    seen: Int32Array.from(table.models, (_, m) => (everSeen(table.quality, m) ? 1 : 0)),
  }),
  predict: (input, state, { base }, context) => ({ quality: predictAll(input, state, { base, context }) }),
  explain: (_, { quality }) => [
    `Pairs of models on ${quality.rows} training queries decide, those of similar queries weighing most.`,
  ],
};

/** Queries whose similarities are held at once. */
const chunk = 64;

function predictAll(
  { features }: Encoded,
  state: State,
  { base, context }: { readonly base: number; readonly context: Context },
): Matrix {
  const x = unit(features, context);
  const out = matrix(x.rows, state.quality.cols);
  const complete = !state.quality.data.some(Number.isNaN);
  for (let start = 0; start < x.rows; start += chunk) {
    context.signal?.throwIfAborted();
    const rows = Int32Array.from({ length: Math.min(chunk, x.rows - start) }, (_, i) => start + i);
    const cosines = innerProducts(selectRows(x, rows), state.features);
    const weights = matrix(cosines.rows, cosines.cols);
    for (let i = 0; i < weights.rows; i++) toWeights(row(cosines, i), row(weights, i), base);
    const sums = complete ? weightedSums(weights, state.quality) : undefined;
    rows.forEach((to, i) => {
      const battles = sums
        ? battlesOfSums(row(sums, i), total(row(weights, i)))
        : battlesOfRows(row(weights, i), state.quality);
      out.data.set(expected(battles, row(weights, i), state), to * out.cols);
    });
  }
  return out;
}

/** Where nothing is similar all weigh alike. */
function toWeights(cosines: Numbers, weights: Numbers, base: number): void {
  let most = 0;
  for (const cosine of cosines) most = Math.max(most, cosine);
  const power = most > 0 ? Math.log(base) / most : 0;
  for (let r = 0; r < cosines.length; r++) weights[r] = Math.exp(power * cosines[r]!);
}

/** Queries x models: sums of outcomes over training rows by weight. */
function weightedSums(weights: Matrix, quality: Matrix): Matrix {
  const out = matrix(weights.rows, quality.cols);
  addProduct(
    { data: weights.data, stride: weights.cols, rows: weights.rows, transposed: false },
    { data: quality.data, stride: quality.cols, rows: quality.cols, transposed: true },
    { data: out.data, depth: weights.cols },
  );
  return out;
}

/** Where every cell is observed, all that counts of the rows is each model's sum: shares of battles are linear in outcomes. */
function battlesOfSums(sums: ArrayLike<number>, weight: number): Battles {
  const models = sums.length;
  const wins = new Float64Array(models * models);
  for (let i = 0; i < models; i++)
    for (let j = 0; j < models; j++) wins[i * models + j] = (weight + sums[i]! - sums[j]!) / 2;
  return { models, wins, met: new Float64Array(models * models).fill(weight) };
}

function battlesOfRows(weights: ArrayLike<number>, quality: Matrix): Battles {
  const models = quality.cols;
  const wins = new Float64Array(models * models);
  const met = new Float64Array(models * models);
  for (let r = 0; r < quality.rows; r++) {
    const [q, weight] = [row(quality, r), weights[r]!];
    for (let i = 0; i < models; i++) {
      for (let j = 0; j < models; j++) {
        const gap = q[i]! - q[j]!;
        if (Number.isNaN(gap)) continue;
        wins[i * models + j]! += (weight * (1 + gap)) / 2;
        met[i * models + j]! += weight;
      }
    }
  }
  return { models, wins, met };
}

function expected(
  battles: Battles,
  weights: ArrayLike<number>,
  { quality, reference, seen }: State,
): Float64Array {
  const strength = bradleyTerry(battles, total(weights) / Math.max(weights.length, 1));
  let [sum, weight] = [0, 0];
  for (let r = 0; r < quality.rows; r++) {
    const outcome = quality.data[r * quality.cols + reference]!;
    if (Number.isNaN(outcome)) continue;
    sum += weights[r]! * outcome;
    weight += weights[r]!;
  }
  return strength.map((own, m) => {
    if (seen[m] === 0) return Number.NaN;
    return sum / weight + 2 / (1 + Math.exp(strength[reference]! - own)) - 1;
  });
}

function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

function everSeen(quality: Matrix, model: number): boolean {
  for (let c = model; c < quality.data.length; c += quality.cols)
    if (!Number.isNaN(quality.data[c]!)) return true;
  return false;
}
