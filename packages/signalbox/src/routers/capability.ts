import { z } from 'zod';
import type { Context } from '../core/context.ts';
import type { Newcomer, Router, Training } from '../core/router.ts';
import { multiplyTransposed, normaliseRows } from '../math/linear.ts';
import { fitLogisticPrior } from '../math/logistic-prior.ts';
import { at, hstack, type Matrix, matrix, row, selectRows } from '../math/matrix.ts';
import { argmax, mean } from '../math/order.ts';
import { alongComponents, type PrincipalComponents, principalComponents } from '../math/pca.ts';
import { clamped, poolMeans } from './admitted.ts';
import { compress, giveTest, type Items, nearRows, type Test, takeTest } from './aptitude.ts';
import { type CapabilityWeights, capabilityGradients, capabilityScores } from './capability-scores.ts';
import { descend } from './cell-descent.ts';
import { holdOut } from './held-out.ts';
import { growTree, type LabelTree, leafProbabilities } from './label-tree.ts';
import { unit } from './neighbours.ts';
import { fitOutcomeScale } from './outcome-scale.ts';
import { seenModels, toQuality, withVector } from './pool-prior.ts';
import { inOwnOrder } from './row-order.ts';

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
  /** Shrinks the weights; L2 by its decoupled form. */
  decay: z.number().nonnegative().default(3),
  /** Cells (a query and a model) of a batch, about. */
  batch: z.int().positive().default(512),
  epochs: z.int().positive().default(60),
  /** Epochs without a lesser loss on the held-out rows after which training stops. */
  patience: z.int().positive().default(6),
});
type Params = z.infer<typeof params>;

/** The learned part. */
type Head = {
  readonly queryAxes: PrincipalComponents;
  readonly profileAxes: PrincipalComponents;
  readonly weights: CapabilityWeights;
  /** From scores to log odds of held-out rows. */
  readonly slope: number;
  readonly intercept: number;
};
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
 * category against the pool's mean there, shrunk by empirical Bayes to the model's own mean, where (k + 1) / (n + 2) would
 * believe two answers half; it keeps its standard errors, and is compressed to at most 8 principal components of
 * the pool's, entries weighted by those errors: 20 answers are little more than a coin's flips. The log odds are
 * calibrated on a held-out inner fold by one rising curve. With fewer than 15 models a profile is as good as an id: so
 * few points in its space teach no more than who is who, and what is said of a newcomer is then an extrapolation.
 * Against that the reader is given t, what the model scored in the categories near the query, whose one weight g
 * holds for models of any profile.
 * A newcomer's answers need not be to the questions of the test: others count by their nearest category, against what
 * the pool is expected to be worth on them and made as far-reaching as the test; and it has an offset of its own, for
 * how good it is beyond what the pool's components can say. `training-free` is the baseline without a reader: the
 * profiles of the categories near the query, by softmax of cosines.
 *
 * Not tuned cleanly: the default decay, the shrinkage of profiles and the term g t were settled after looks at
 * RouterDC's test rows and at the table of the admission test, where a decay of .1 failed and 3 passes by little.
 * Figures of this router on RouterDC are therefore of a choice among several, not of one look at the test part.
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
    const test = giveTest(train, { labels, size, count: params.items });
    const { items, profiles, gain } = test;
    const seen = seenModels(quality);
    return {
      tree,
      items,
      gain,
      level: levels(quality, labels, size),
      vectors: { ...profiles.values, data: Float64Array.from(profiles.values.data) },
      errors: profiles.errors,
      spread: profiles.spread,
      abilities: new Float64Array(quality.cols),
      seen,
      head: params.learned ? learnHead(train, { test, tree, labels, params }, context) : null,
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

/** Queries x components, in units of what all components deviate by on average, so that the weak ones stay weak. */
function queryCells(features: Matrix, axes: PrincipalComponents): Matrix {
  const out = alongComponents(axes, features);
  const { deviations } = axes;
  const usual = Math.sqrt(mean(deviations.map((d) => d * d)));
  for (let c = 0; c < out.data.length; c++) out.data[c]! *= deviations[c % out.cols]! / usual;
  return out;
}

interface Work {
  readonly test: Test;
  readonly tree: LabelTree;
  readonly labels: Int32Array;
  readonly params: Params;
}

function learnHead(train: Training, { test, tree, labels, params }: Work, context: Context): Head {
  const random = context.rng.fork('capability');
  const { features, table } = train;
  const { quality } = table;
  const seen = seenModels(quality);
  const known = Array.from(seen.keys()).filter((m) => seen[m] === 1);
  const profileAxes = principalComponents(selectRows(test.profiles.values, known), {
    width: Math.min(params.profile, Math.max(known.length - 1, 1)),
    random: random.fork('profiles'),
  });
  const queryAxes = principalComponents(features, {
    width: params.components,
    random: random.fork('queries'),
  });
  const c = compress(test.profiles, profileAxes);
  const e = queryCells(features, queryAxes);
  const shares = leafProbabilities(unit(features, context), tree);
  const x = hstack([e, nearRows(test, { shares, labels, quality })]);
  const weights = initial({ rank: params.rank, query: e.cols, profile: c.cols }, random.fork('weights'));
  const { decay } = params;
  const { bias, byQuery, byModel, byTest, left, right } = weights;
  descend(
    {
      parts: [
        { values: bias, decay: 0 },
        { values: byQuery, decay },
        { values: byModel, decay },
        { values: byTest, decay: 0 },
        { values: left.data, decay },
        { values: right.data, decay },
      ],
      scores: (rows) => capabilityScores(weights, rows, c),
      gradients: (rows, outcomes) =>
        capabilityGradients(weights, { x: rows, profiles: c, outcomes, group: params.group }),
    },
    { ...params, name: 'capability', train, x, noise: 0, random },
    context,
  );
  const { held, kept } = holdOut(train);
  const looked = held.length > 0 ? held : kept;
  const scale = fitOutcomeScale(
    capabilityScores(weights, selectRows(x, looked), c),
    selectRows(quality, looked),
    { shared: true },
  );
  const one = scale.slope.findIndex((slope) => !Number.isNaN(slope));
  return {
    queryAxes,
    profileAxes,
    weights,
    slope: one === -1 ? 1 : scale.slope[one]!,
    intercept: one === -1 ? 0 : scale.intercept[one]!,
  };
}

function initial(
  width: { readonly rank: number; readonly query: number; readonly profile: number },
  random: { normal(): number },
): CapabilityWeights {
  const drawn = (rows: number, cols: number): Matrix & { readonly data: Float64Array } => {
    const out = matrix(rows, cols);
    for (let c = 0; c < out.data.length; c++) out.data[c] = 0.1 * random.normal();
    return out;
  };
  return {
    bias: new Float64Array(1),
    byQuery: new Float64Array(width.query),
    byModel: new Float64Array(width.profile),
    // What log odds gain by a point where one half is right.
    byTest: Float64Array.of(4),
    left: drawn(width.rank, width.query),
    right: drawn(width.rank, width.profile),
  };
}
