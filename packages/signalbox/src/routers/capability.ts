import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Newcomer, Router } from '../core/router.ts';
import { multiplyTransposed, normaliseRows } from '../math/linear.ts';
import { fitLogisticPrior } from '../math/logistic-prior.ts';
import { at, hstack, type Matrix, matrix, row } from '../math/matrix.ts';
import { argmax, mean } from '../math/order.ts';
import { compress, giveTest, type Items, takeTest } from './capability/aptitude.ts';
import { chooseHead, type Head, queryCells, shrinkages, twoAnswers } from './capability/head.ts';
import { capabilityScores } from './capability/scores.ts';
import { clamped, poolMeans } from './shared/admitted.ts';
import { growTree, type LabelTree, leafProbabilities } from './shared/label-tree.ts';
import { unit } from './shared/neighbours.ts';
import { seenModels, toQuality, withVector } from './shared/pool-prior.ts';
import { inOwnOrder } from './shared/row-order.ts';

const params = z.strictObject({
  /** Whether the interaction of profile and query is learned, or a model's profile near the query taken as it is. */
  learned: z.boolean().default(true),
  /** Categories of the test, about; every group has one at least. */
  categories: z.int().positive().default(50),
  /** Questions of each category, at most. */
  items: z.int().positive().default(20),
  /** Dimensions that profiles are compressed to, at most; fewer where the pool is small. */
  profile: z.int().positive().default(8),
  /** Principal components of the encoded query. */
  components: z.int().positive().default(64),
  /** Of the interaction. */
  rank: z.int().positive().default(8),
  /** Weight of the group softmax beside the log loss. */
  group: z.number().nonnegative().default(0.5),
  rate: z.number().positive().default(3e-3),
  /** Candidates for what shrinks the weights (L2 by its decoupled form), chosen on held-out rows and models. */
  decay: z.array(z.number().nonnegative()).min(1).default([0.1, 1, 10]),
  /** Candidates for whether the reader is given what a model scored in the categories near the query; likewise. */
  near: z.array(z.boolean()).min(1).default([true, false]),
  /** Candidates for how profiles are shrunk: by as many answers as the pool shows, or by two; likewise. */
  shrinkage: z
    .array(z.enum(shrinkages))
    .min(1)
    .default([...shrinkages]),
  /** Cells (a query and a model) of a batch, about. */
  batch: z.int().positive().default(512),
  epochs: z.int().positive().default(60),
  /** Epochs without a lesser loss on the held-out rows after which training stops. */
  patience: z.int().positive().default(6),
});
type Params = z.infer<typeof params>;

type State = {
  readonly tree: LabelTree;
  readonly items: Items;
  /** How much further apart the test puts models than other questions do. */
  readonly gain: number;
  /** The pool's mean in each category. */
  readonly level: Float64Array;
  /** Models x categories: above the pool's mean, and standard errors. */
  readonly vectors: Matrix & { readonly data: Float64Array };
  readonly errors: Matrix;
  /** Variance of profiles over categories, beyond chance. */
  readonly spread: number;
  readonly abilities: Float64Array;
  readonly seen: Int32Array;
  /** Null for the baseline without training. */
  readonly head: Head | null;
};

/**
 * Model-SAT (Zhang and others, 2502.17282): each model takes an aptitude test, 20 questions in each of 50 categories,
 * and its profile and the query are read together by one model that says whether it will succeed. A model that joins
 * takes the test; nothing is trained again.
 *
 * Departures. The paper writes a profile as text and has a language model of 4 B parameters read it with the query;
 * here the profile is numbers, the query the principal components of its encoding, and the reader
 * b + a . e + d . c + g t + (U e) . (V c), of rank 8, learned by log loss and half the paper's group softmax (one who
 * succeeded among those who failed). Categories are the table's groups and clusters of text below them, not those of
 * MMLU, and the questions training rows that tell the pool apart best. A profile counts each
 * category against the pool's mean there, shrunk to the model's own mean by empirical Bayes, or by two answers as in
 * (k + 1) / (n + 2); it keeps its standard errors, and is compressed to at most 8 principal components of
 * the pool's, entries weighted by those errors: 20 answers are little more than a coin's flips. The log odds are
 * calibrated on a held-out inner fold by one rising curve. With fewer than 15 models a profile is as good as an id: so
 * few points in its space teach no more than who is who, and what is said of a newcomer is then an extrapolation.
 * Against that the reader is given t, what the model scored in the categories near the query, whose one weight g
 * holds for models of any profile.
 *
 * How strongly weights are shrunk, whether t is read, and how profiles are shrunk is chosen in each fit: readers learn
 * from some models of the pool, on at most 2,000 rows, and the least log loss on the held-out inner fold decides, over
 * the models that they learned from and those that they did not, alike.
 *
 * A newcomer's answers need not be to the questions of the test: others count by their nearest category, against what
 * the pool is expected to be worth on them and made as far-reaching as the test; and it has an offset of its own, for
 * how good it is beyond what the pool's components can say. `training-free` is the baseline without a reader: the
 * profiles of the categories near the query, by softmax of cosines.
 */
export const capability: Router<Params, State> = {
  name: 'capability',
  summary: "a model's results in an aptitude test, read together with the query (Model-SAT)",
  paper: '2502.17282',
  params,
  needs: { features: true, group: false },
  variants: {
    learned: { learned: true },
    'training-free': { learned: false },
    'no-group-loss': { group: 0 },
    'no-test-term': { near: [false] },
    'two-answers': { shrinkage: ['two-answers'] },
  },
  fit: (given, params, context) => {
    const train = inOwnOrder(given, context);
    const { quality } = train.table;
    const { tree, labels } = growTree(
      train,
      { leaves: params.categories, smallest: 2 * params.items },
      context,
    );
    const size = tree.parent.length;
    const tests = new Map(
      params.shrinkage.map((how) => [
        how,
        giveTest(train, {
          labels,
          size,
          count: params.items,
          ...(how === 'two-answers' && { spread: twoAnswers }),
        }),
      ]),
    );
    const head = params.learned
      ? chooseHead(
          train,
          { tests, shares: leafProbabilities(unit(train.features, context), tree), labels, params },
          context,
        )
      : null;
    const { items, profiles, gain } = tests.get(head?.setting.shrinkage ?? params.shrinkage[0]!)!;
    return {
      tree,
      items,
      gain,
      level: levels(quality, labels, size),
      vectors: { ...profiles.values, data: Float64Array.from(profiles.values.data) },
      errors: profiles.errors,
      spread: profiles.spread,
      abilities: new Float64Array(quality.cols),
      seen: seenModels(quality),
      head,
    };
  },
  predict: ({ features }, state, _, context) => ({ quality: expected(features, state, context) }),
  admit: (newcomer, state, _, context) => join(newcomer, state, context),
  explain: ({ features }, state, _, models) => {
    const shares = leafProbabilities(normaliseRows(features), state.tree);
    const near = argmax(row(shares, 0));
    const better = (m: number): number => (state.seen[m] === 0 ? Number.NaN : at(state.vectors, m, near));
    const best = argmax(models.map((_, m) => better(m)));
    const group = state.tree.groups[state.tree.parent[near]!];
    return [
      `It is most like category ${near + 1} of ${shares.cols}${group ? ` (${group})` : ''}, in whose test ${models[best]} lies ${(100 * better(best)).toFixed(0)} points above the pool (standard error ${(100 * at(state.errors, best, near)).toFixed(0)}).`,
    ];
  },
};

function expected(features: Matrix, state: State, context: Context): Matrix {
  if (state.head === null) return nearProfiles(features, state, context);
  const { slope, intercept } = state.head;
  const scores = scoresOf(features, state, { head: state.head, context });
  return toQuality({ ...scores, data: scores.data.map((score) => slope * score + intercept) }, state);
}

function scoresOf(
  features: Matrix,
  { tree, vectors: values, errors }: Pick<State, 'tree' | 'vectors' | 'errors'>,
  { head, context }: { readonly head: Head; readonly context: Context },
): Matrix {
  const near = multiplyTransposed(leafProbabilities(unit(features, context), tree), values);
  const x = hstack([queryCells(features, head.queryAxes), near]);
  return capabilityScores(head.weights, x, compress({ values, errors }, head.profileAxes));
}

/**
 * The baseline without training: the level of the categories near the query, and how far above it the model lies there;
 * the questions of the test put models `gain` times as far apart as others do.
 */
function nearProfiles(
  features: Matrix,
  { tree, level, vectors, seen, gain }: State,
  context: Context,
): Matrix {
  const shares = leafProbabilities(unit(features, context), tree);
  const out = multiplyTransposed(shares, vectors);
  for (let i = 0; i < out.rows; i++) {
    const share = row(shares, i);
    const usual = level.reduce((sum, value, k) => sum + share[k]! * value, 0);
    for (let m = 0; m < out.cols; m++) {
      const c = i * out.cols + m;
      out.data[c] = seen[m] === 0 ? Number.NaN : clamped(usual + out.data[c]! / gain);
    }
  }
  return out;
}

function join({ queries, features, quality }: Newcomer, state: State, context: Context): State {
  const { tree, head, errors: before } = state;
  const shares = leafProbabilities(unit(features, context), tree);
  const profile = takeTest(state, {
    queries,
    quality,
    labels: Int32Array.from({ length: shares.rows }, (_, i) => argmax(row(shares, i))),
    expected: poolMeans(expected(features, state, context)),
    size: shares.cols,
  });
  const vector = Float64Array.from(profile.values.data);
  const errors = matrix(before.rows + 1, before.cols);
  errors.data.set(before.data);
  errors.data.set(profile.errors.data, before.data.length);
  const joined = { ...state, ...withVector(state, { vector, ability: 0 }), errors };
  if (head === null) return joined;
  const own = scoresOf(
    features,
    { tree, vectors: { ...profile.values, data: vector }, errors: profile.errors },
    { head, context },
  );
  const [ability] = fitLogisticPrior({
    x: matrix(quality.length, 1, 1),
    y: quality,
    offset: Float64Array.from(own.data, (score) => head.slope * score + head.intercept),
    precision: Float64Array.of(1),
  });
  return { ...joined, abilities: Float64Array.of(...state.abilities, ability!) };
}

/** The pool's mean in each category; over all of them where none of its rows was observed. */
function levels(quality: Matrix, labels: Int32Array, size: number): Float64Array {
  const pool = poolMeans(quality);
  const usual = mean(pool);
  return Float64Array.from({ length: size }, (_, k) => {
    const own = mean(pool.filter((_, i) => labels[i] === k));
    return Number.isNaN(own) ? usual : own;
  });
}
