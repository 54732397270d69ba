import type { Estimate, ResultSet } from '../../core/results.ts';

/** Made-up evidence for a made-up set; every number is plain, so that a test finds it on a face. */

export const near = (value: number, half = 0.01, n = 900): Estimate => ({
  value,
  low: value - half,
  high: value + half,
  n,
});

const square = (n: number, of: (i: number, j: number) => number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : of(i, j))));

type Defined<T> = { [K in keyof T]-?: Exclude<T[K], undefined> };

type Evidence = Defined<
  Pick<
    ResultSet,
    | 'verdict'
    | 'ceilings'
    | 'ladder'
    | 'controls'
    | 'why'
    | 'complementarity'
    | 'noise'
    | 'labelQuality'
    | 'deferral'
    | 'labelsNeeded'
    | 'shift'
    | 'ledger'
    | 'money'
  >
>;

export const evidenceFields = [
  'verdict',
  'ceilings',
  'ladder',
  'controls',
  'why',
  'complementarity',
  'noise',
  'labelQuality',
  'deferral',
  'labelsNeeded',
  'shift',
  'ledger',
  'money',
] as const satisfies readonly (keyof Evidence)[];

export const withEvidence = (set: ResultSet): ResultSet => ({ ...set, ...evidenceOf(set) });

export function evidenceOf(set: ResultSet): Evidence {
  return {
    ...ruled(set),
    ...limits(),
    ...pool(set),
    ...rows(set),
    ...price(),
    why: {
      allRight: near(0.4712),
      noneRight: near(0.1622),
      exactlyOne: near(0.1234),
      agreement: square(set.models.length, (i, j) => 0.6 + 0.01 * Math.abs(i - j)),
      kappa: square(set.models.length, () => 0.42),
      learningCurve: [50, 200, 800].flatMap((n) =>
        ['residual', 'knn'].map((system) => ({ rows: n, system, value: near(0.6 + n / 10000) })),
      ),
      controls: limits().controls,
      contamination: {
        leaks: 7,
        models: Object.fromEntries(
          set.models.map((model) => [model, { train: near(0.824), test: near(0.696) }]),
        ),
      },
    },
  };
}

function ruled(set: ResultSet): Pick<Evidence, 'verdict' | 'ladder'> {
  const best = set.models.at(-1) ?? 'none';
  return {
    verdict: {
      quality: {
        answer: 'insufficient',
        by: 'task-table',
        lift: near(0.0025, 0.0123),
        minimumEffect: 0.005,
        needs: { labels: [759, 3461], repeats: 4 },
        why: 'The task table raises quality by 0.25 points (-0.99 to 1.5, 900 queries): neither a gain of 0.5 points nor its absence is shown.',
        whatWouldChange: 'It would be settled by about 759 to 3,461 labelled queries.',
      },
      cost: {
        answer: 'yes',
        by: 'residual',
        incumbent: best,
        epsilon: 0.02,
        delta: 0.05,
        saving: near(0.31, 0.05),
        certified: { parameter: 0.12, share: 0.37, bound: 0.0187 },
        why: `Routing saves 31 % (26 to 36) against ${best}, losing at most 2 points.`,
        whatWouldChange: 'Prices by which the lower bound of the saving falls to 10 %.',
      },
      parameters: {
        minimumEffect: 0.005,
        epsilons: [0.05, 0.02, 0.01, 0.005],
        delta: 0.05,
        qualityEpsilon: 0.01,
        savingFloor: 0.1,
      },
    },
    ladder: [
      { rung: 'constant', phase: 'before', system: 'best-single', value: near(0.701), lift: near(0, 0) },
      { rung: 'task-table', phase: 'before', system: 'task-table', value: near(0.706), lift: near(0.005) },
      { rung: 'clusters', phase: 'before', system: 'clusters', value: near(0.703), lift: near(0.002) },
      { rung: 'knn', phase: 'before', system: 'knn', value: near(0.702), lift: near(0.001) },
      { rung: 'linear', phase: 'before', system: 'ridge', value: near(0.699), lift: near(-0.002) },
      { rung: 'best-router', phase: 'before', system: 'residual', value: near(0.711), lift: near(0.01) },
      { rung: 'post-generation', phase: 'after', value: near(0.731), lift: near(0.03) },
      { rung: 'split-half', phase: 'ceiling', value: near(0.785), lift: near(0.084) },
      { rung: 'one-sample', phase: 'ceiling', value: near(0.875), lift: near(0.174) },
    ],
  };
}

function limits(): Pick<Evidence, 'ceilings' | 'controls'> {
  return {
    ceilings: {
      oneSample: near(0.875),
      splitHalf: near(0.785),
      splitHalfByAccuracy: near(0.8),
      plugIn: near(0.833),
      extrapolated: near(0.815),
      taskTable: near(0.706),
      raschNull: near(0.869),
      raschNullByGroup: near(0.866),
      band: { low: 0.7751, high: 0.8432 },
      groups: {},
    },
    controls: {
      shuffledLabels: near(-0.0031, 0.004),
      randomFeatures: near(-0.0012, 0.003),
      permutationGlobal: { p: 0.005, permutations: 200 },
      permutationWithinGroup: { p: 0.31, permutations: 200 },
    },
  };
}

function pool(set: ResultSet): Pick<Evidence, 'complementarity' | 'noise' | 'labelQuality'> {
  const n = set.models.length;
  const each = <T>(of: (m: number) => T): Record<string, T> =>
    Object.fromEntries(set.models.map((model, m) => [model, of(m)]));
  return {
    complementarity: {
      allRight: near(0.4712),
      noneRight: near(0.1622),
      exactlyOne: near(0.1234),
      solvedBy: Array.from({ length: n + 1 }, (_, k) => (1 + (k % 3)) / (2 * (n + 1))),
      solvedByNull: Array.from({ length: n + 1 }, () => 1 / (n + 1)),
      unique: each((m) => 0.011 + 0.003 * m),
      agreement: square(n, () => 0.7),
      kappa: square(n, (i, j) => 0.3 + 0.01 * (i + j)),
      marginal: each((m) => 0.004 * m),
      poolCurve: set.models.map((model, m) => ({ model, oracle: 0.7 + 0.02 * m })),
    },
    noise: {
      flipRate: each((m) => (m === 0 ? null : 0.08 + 0.001 * m)),
      reliability: each((m) => (m === 0 ? null : 0.77)),
      repeats: [1, 10],
      bestProbability: each((m) => (m === n - 1 ? 0.9 : 0.1 / Math.max(1, n - 1))),
      coBest: set.models.slice(-2),
      incumbent: set.models.at(-2) ?? set.models[0] ?? null,
    },
    labelQuality: {
      statuses: each((m) => ({ ok: 900 - m, refused: m, truncated: 2 })),
      asWrong: each((m) => 0.6 + 0.01 * m),
      leftOut: each((m) => 0.61 + 0.01 * m),
      guessing: { options: 4, single: 0.25, oracle: 0.58 },
      agreement: { kappa: near(0.713), icc: near(0.744) },
      corrected: each((m) => ({ roganGladen: m === 0 ? null : near(0.633), predictionPowered: near(0.641) })),
    },
  };
}

function price(): Pick<Evidence, 'deferral' | 'labelsNeeded' | 'money'> {
  return {
    deferral: {
      system: 'residual',
      bestSingle: 'best',
      calibrationRows: 900,
      points: Array.from({ length: 12 }, (_, i) => ({
        parameter: i / 20 - 0.1,
        share: i / 12,
        loss: near((i / 12) ** 2 * 0.08 - 0.002),
        cost: 1 - i / 20,
      })),
      certified: [0.05, 0.02, 0.01, 0.005].map((epsilon, i) => ({
        epsilon,
        incumbent: 'best',
        betting: i < 2 ? { parameter: 0.3 - 0.2 * i, share: 0.66 - 0.29 * i, bound: epsilon - 0.0013 } : null,
        hoeffding: i < 1 ? { parameter: -0.1, share: 0, bound: epsilon - 0.0002 } : null,
        clopperPearson: i < 2 ? 0.0817 : null,
        saving: i < 2 ? near(0.52 - 0.21 * i, 0.05) : null,
        worstGroup: i < 2 ? { group: 'algebra', loss: near(0.067, 0.03, 40) } : null,
      })),
    },
    labelsNeeded: {
      curves: ['task-table', 'linear'].map((rung, r) => ({
        rung,
        points: [50, 200, 800].map((n) => ({
          rows: n,
          value: near(0.69 + (0.02 * Math.log(n)) / 7 - 0.01 * r),
        })),
        fit: r === 0 ? { limit: 0.7125, scale: 0.24, power: 0.6 } : null,
      })),
      best: 0.701,
      discordance: near(0.074),
      paired: [1568, 4270],
      curve: [1200, 2400],
      perGroup: { minimum: 70, short: { algebra: 12, law: 3 } },
      more: [668, 3370],
    },
    money: {
      volume: 100000,
      now: near(4321, 100),
      policy: 'residual',
      with: near(2981, 120),
      routerCost: 12.5,
      labellingCost: 640,
      breakEvenMonths: 0.48,
    },
  };
}

/** Text that breaks out of markup where it is not escaped. */
export const hostile = '</td><script>alert("x")</script>&\u202e';

function rows(set: ResultSet): Pick<Evidence, 'shift' | 'ledger'> {
  const entry = (i: number, won: boolean) => ({
    query: `q-${won ? 'won' : 'lost'}-${i}`,
    ...(set.groups.length > 0 ? { group: set.groups[i % set.groups.length]! } : {}),
    text: `Which of these is number ${i}? ${hostile}`,
    chosen: set.models[0] ?? 'none',
    quality: won ? 1 : 0,
    incumbentQuality: won ? 0 : 1,
    answer: `The answer is ${i}. ${hostile}`,
    incumbentAnswer: `It is not ${i}.`,
    cost: 0.0012,
    incumbentCost: 0.0123,
  });
  return {
    shift: {
      leaveOneGroupOut: {
        system: 'residual',
        lift: near(-0.0211),
        groups: Object.fromEntries(set.groups.map((group, g) => [group, near(0.01 - 0.01 * g, 0.02, 100)])),
      },
      timeSplit: { system: 'residual', lift: near(0.0033) },
      live: {
        rows: 5000,
        auc: near(0.613),
        groupMix: { chiSquare: 31.4, p: 0.002 },
        lift: near(0.0071),
        effectiveSampleSize: 433.2,
        refused: false,
      },
    },
    ledger: {
      system: 'residual',
      incumbent: 'best-single',
      wins: 130,
      losses: 95,
      ties: 675,
      won: Array.from({ length: 20 }, (_, i) => entry(i, true)),
      lost: Array.from({ length: 20 }, (_, i) => entry(i, false)),
      redacted: false,
    },
  };
}
