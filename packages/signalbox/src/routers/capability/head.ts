import type { Context } from '../../core/context.ts';
import type { Training } from '../../core/router.ts';
import { takeModels, takeRows } from '../../core/table.ts';
import { hstack, type Matrix, matrix, selectCols, selectRows } from '../../math/matrix.ts';
import { mean } from '../../math/order.ts';
import { alongComponents, type PrincipalComponents, principalComponents } from '../../math/pca.ts';
import { shuffle } from '../../math/rng.ts';
import { cellLoss, descend } from '../shared/cell-descent.ts';
import { holdOut } from '../shared/held-out.ts';
import { fitOutcomeScale } from '../shared/outcome-scale.ts';
import { seenModels } from '../shared/pool-prior.ts';
import { compress, nearRows, type Profiles, type Test } from './aptitude.ts';
import { type CapabilityWeights, capabilityGradients, capabilityScores } from './scores.ts';

/** Of the candidates, what did best on held-out rows. */
type Setting = {
  readonly decay: number;
  /** Whether t is read. */
  readonly near: boolean;
  readonly shrinkage: Shrinkage;
};

/** The learned part: who reads a profile and a query together. */
export type Head = {
  readonly queryAxes: PrincipalComponents;
  readonly profileAxes: PrincipalComponents;
  readonly weights: CapabilityWeights;
  /** From scores to log odds of held-out rows. */
  readonly slope: number;
  readonly intercept: number;
  readonly setting: Setting;
};

export const shrinkages = ['empirical-bayes', 'two-answers'] as const;
type Shrinkage = (typeof shrinkages)[number];
/** Variance of categories under which a right or wrong answer's, 1/4, is worth half an answer: (k + 1) / (n + 2). */
export const twoAnswers = 1 / 8;

interface Params {
  readonly profile: number;
  readonly components: number;
  readonly rank: number;
  readonly group: number;
  readonly rate: number;
  readonly batch: number;
  readonly epochs: number;
  readonly patience: number;
  readonly decay: readonly number[];
  readonly near: readonly boolean[];
  readonly shrinkage: readonly Shrinkage[];
}

/** What readers learn from. */
interface Work {
  readonly train: Training;
  /** Queries x components. */
  readonly e: Matrix;
  /** Of each shrinkage. */
  readonly tests: ReadonlyMap<Shrinkage, { readonly profiles: Profiles; readonly near: Matrix }>;
  readonly params: Params;
}

/** The reader that learned on all models and rows, under the settings that do best on held-out rows and models. */
export function chooseHead(
  train: Training,
  given: {
    readonly tests: ReadonlyMap<Shrinkage, Test>;
    readonly shares: Matrix;
    readonly labels: Int32Array;
    readonly params: Params;
  },
  context: Context,
): Head {
  const { shares, labels, params } = given;
  const { quality } = train.table;
  const queryAxes = principalComponents(train.features, {
    width: params.components,
    random: context.rng.fork('capability/queries'),
  });
  const tests = new Map(
    Array.from(given.tests, ([how, test]) => [
      how,
      { profiles: test.profiles, near: nearRows(test, { shares, labels, quality }) },
    ]),
  );
  const work = { train, e: queryCells(train.features, queryAxes), tests, params };
  const setting = chosen(work, context);
  const all = Int32Array.from(train.table.models.keys());
  const reader = learn(work, { setting, models: all }, context);
  const { held, kept } = holdOut(train);
  const looked = held.length > 0 ? held : kept;
  const scale = fitOutcomeScale(
    scoresOn(work, { setting, reader, rows: looked }),
    selectRows(quality, looked),
    {
      shared: true,
    },
  );
  const one = scale.slope.findIndex((slope) => !Number.isNaN(slope));
  const [slope, intercept] = one === -1 ? [1, 0] : [scale.slope[one]!, scale.intercept[one]!];
  return { queryAxes, ...reader, slope, intercept, setting };
}

/** One setting after the other: the candidate of the least loss, of equals the first. */
function chosen(whole: Work, context: Context): Setting {
  const { params } = whole;
  let best: Setting = { decay: params.decay[0]!, near: params.near[0]!, shrinkage: params.shrinkage[0]! };
  const folds = modelFolds(whole.train.table.quality, context);
  const work = fewer(whole, context);
  if (folds.length < 2 || holdOut(work.train).held.length === 0)
    return { ...best, decay: middle(params.decay) };
  const stages: readonly Partial<Setting>[][] = [
    params.decay.map((decay) => ({ decay })),
    params.near.map((near) => ({ near })),
    params.shrinkage.map((shrinkage) => ({ shrinkage })),
  ];
  const known = new Map<string, number>();
  const loss = (setting: Setting): number => {
    const key = JSON.stringify(setting);
    const found = known.get(key) ?? tried(work, { setting, folds }, context);
    known.set(key, found);
    return found;
  };
  for (const stage of stages) {
    if (stage.length === 1) continue;
    const settings = stage.map((one) => ({ ...best, ...one }));
    best = settings.reduce((a, b) => (loss(b) < loss(a) ? b : a));
  }
  return best;
}

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Log loss on held-out rows, over all models, by readers that learned from all but one part of them. */
function tried(
  work: Work,
  { setting, folds }: { readonly setting: Setting; readonly folds: readonly Int32Array[] },
  context: Context,
): number {
  const { held } = holdOut(work.train);
  const outcomes = selectRows(work.train.table.quality, held);
  const losses = folds.map((_, out) => {
    const models = Int32Array.from(folds.flatMap((fold, f) => (f === out ? [] : [...fold]))).sort();
    const reader = learn(work, { setting, models }, context);
    return cellLoss(scoresOn(work, { setting, reader, rows: held }), outcomes).loss;
  });
  return mean(losses);
}

/** Observed models in parts at random, each left out in turn: two parts of a large pool, three of a small one. */
function modelFolds(quality: Matrix, context: Context): Int32Array[] {
  const seen = seenModels(quality);
  const known = Int32Array.from(seen.keys()).filter((m) => seen[m] === 1);
  const parts = known.length >= 6 ? 2 : Math.min(known.length, 3);
  const order = shuffle(known, context.rng.fork('capability/models'));
  return Array.from({ length: parts }, (_, part) => order.filter((_, i) => i % parts === part));
}

/** Rows that settings are tried on, at most. */
const mostRows = 2000;

function fewer(work: Work, context: Context): Work {
  const { train, e, tests } = work;
  if (train.queries.length <= mostRows) return work;
  const all = Int32Array.from(train.queries.keys());
  const rows = shuffle(all, context.rng.fork('capability/rows')).subarray(0, mostRows).sort();
  return {
    ...work,
    e: selectRows(e, rows),
    tests: new Map(
      Array.from(tests, ([how, { profiles, near }]) => [how, { profiles, near: selectRows(near, rows) }]),
    ),
    train: {
      table: takeRows(train.table, rows),
      queries: Array.from(rows, (i) => train.queries[i]!),
      features: selectRows(train.features, rows),
      folds: Int32Array.from(rows, (i) => train.folds[i]!),
    },
  };
}

type Reader = Pick<Head, 'profileAxes' | 'weights'>;

/** A reader of some models' profiles. */
function learn(
  { train, e, tests, params }: Work,
  { setting, models }: { readonly setting: Setting; readonly models: Int32Array },
  context: Context,
): Reader {
  const random = context.rng.fork('capability');
  const { profiles, near } = tests.get(setting.shrinkage)!;
  const table = takeModels(train.table, models);
  const own = {
    values: selectRows(profiles.values, models),
    errors: selectRows(profiles.errors, models),
  };
  const seen = seenModels(table.quality);
  const known = Array.from(seen.keys()).filter((m) => seen[m] === 1);
  const profileAxes = principalComponents(selectRows(own.values, known), {
    width: Math.min(params.profile, Math.max(known.length - 1, 1)),
    random: random.fork('profiles'),
  });
  const c = compress(own, profileAxes);
  const x = hstack([e, setting.near ? selectCols(near, models) : matrix(e.rows, models.length)]);
  const weights = initial(
    { rank: params.rank, query: e.cols, profile: c.cols, near: setting.near },
    random.fork('weights'),
  );
  const { decay } = setting;
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
    { ...params, name: 'capability', train: { ...train, table }, x, noise: 0, random },
    context,
  );
  return { profileAxes, weights };
}

/** Of all models, whether the reader learned from them or not. */
function scoresOn(
  { e, tests }: Work,
  {
    setting,
    reader,
    rows,
  }: { readonly setting: Setting; readonly reader: Reader; readonly rows: Int32Array },
): Matrix {
  const { profiles, near } = tests.get(setting.shrinkage)!;
  const x = hstack([selectRows(e, rows), selectRows(near, rows)]);
  return capabilityScores(reader.weights, x, compress(profiles, reader.profileAxes));
}

/** Queries x components, in units of what all components deviate by on average, so that the weak ones stay weak. */
export function queryCells(features: Matrix, axes: PrincipalComponents): Matrix {
  const out = alongComponents(axes, features);
  const { deviations } = axes;
  const usual = Math.sqrt(mean(deviations.map((d) => d * d)));
  for (let c = 0; c < out.data.length; c++) out.data[c]! *= deviations[c % out.cols]! / usual;
  return out;
}

function initial(
  width: { readonly rank: number; readonly query: number; readonly profile: number; readonly near: boolean },
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
    // What log odds gain by a point where one half is right; without t it stays 0.
    byTest: Float64Array.of(width.near ? 4 : 0),
    left: drawn(width.rank, width.query),
    right: drawn(width.rank, width.profile),
  };
}
