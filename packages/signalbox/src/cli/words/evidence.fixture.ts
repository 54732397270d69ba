import type { Estimate, ResultSet, Results, System } from '../../core/results.ts';
import { results } from '../../core/results.ts';
import type {
  CeilingsResult,
  ComplementarityResult,
  ControlsResult,
  DeferralResult,
  LabelsNeeded,
  Ledger,
  NoiseResult,
  RungResult,
  ShiftResult,
  VerdictResult,
  Why,
} from '../../core/results-evidence.ts';
import { fakeResults, fakeSet, type Shape } from './contract.ts';

/** Made-up evidence that fits the made-up systems of `contract.ts`: what a report of a whole table holds. */

const n = 9408;
const at = (value: number, half = 0.012): Estimate => ({ value, low: value - half, high: value + half, n });
const named = <T>(models: readonly string[], of: (i: number) => T): Record<string, T> =>
  Object.fromEntries(models.map((model, i) => [model, of(i)]));
const square = (size: number, of: (i: number, j: number) => number): number[][] =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1 : of(i, j))));

interface Basis {
  readonly set: ResultSet;
  readonly best: number;
  readonly bestModel: string;
  /** More than one sample of every answer. */
  readonly repeats: boolean;
}

function verdictOf({ bestModel, repeats }: Basis): VerdictResult {
  const incumbent = bestModel;
  return {
    quality: {
      answer: 'task-table',
      by: 'task-table',
      lift: { value: 0.021, low: 0.009, high: 0.033, n },
      minimumEffect: 0.005,
      needs: { labels: [1900, 3400], repeats: repeats ? null : 2 },
      why: 'The task table raises quality over the best single model by 2.1 points (0.9 to 3.3, 9,408 queries), and no router is shown to beat it.',
      whatWouldChange: 'A router whose lower bound over the task table exceeds 0.',
    },
    cost: {
      answer: 'yes',
      by: 'residual',
      incumbent,
      epsilon: 0.02,
      delta: 0.05,
      saving: { value: 0.31, low: 0.26, high: 0.36, n },
      certified: { parameter: 0.043, share: 0.42, bound: 0.0174 },
      why: `residual costs 31 % less than ${incumbent} (26 to 36 %, 9,408 queries) by sending 42 % of queries elsewhere, and with 95 % confidence loses at most 2 points of quality.`,
      whatWouldChange: 'Prices or traffic by which the lower bound of the saving falls from 26 % to 10 %.',
    },
    parameters: {
      minimumEffect: 0.005,
      epsilons: [0.05, 0.02, 0.01, 0.005],
      delta: 0.05,
      qualityEpsilon: 0.01,
      savingFloor: 0.1,
    },
  };
}

function ceilingsOf({ set, best, repeats }: Basis): CeilingsResult {
  const own = (shift: number): Omit<CeilingsResult, 'groups'> => ({
    oneSample: at(best + 0.15 + shift),
    splitHalf: repeats ? at(best + 0.07 + shift) : null,
    splitHalfByAccuracy: repeats ? at(best + 0.074 + shift) : null,
    plugIn: at(best + (repeats ? 0.11 : 0.15) + shift),
    extrapolated: repeats ? at(best + 0.085 + shift, 0.02) : null,
    taskTable: at(best + 0.021 + shift),
    raschNull: at(best + 0.142 + shift),
    raschNullByGroup: at(best + 0.139 + shift),
    band: repeats ? { low: best + 0.058 + shift, high: best + 0.122 + shift } : null,
  });
  return {
    ...own(0),
    groups: Object.fromEntries(set.groups.map((group, g) => [group, own(0.01 * g - 0.02)])),
  };
}

function ladderOf({ best, repeats }: Basis): RungResult[] {
  const rung = (name: string, lift: number, more: Partial<RungResult> = {}): RungResult => ({
    rung: name,
    phase: 'before',
    value: at(best + lift),
    lift: at(lift, name === 'constant' ? 0 : 0.012),
    ...more,
  });
  return [
    rung('constant', 0, { system: 'best-single' }),
    rung('task-table', 0.021, { system: 'task-table' }),
    rung('clusters', 0.016, { system: 'clusters' }),
    rung('knn', 0.012, { system: 'knn' }),
    rung('linear', -0.009, { system: 'ridge' }),
    rung('best-router', 0.023, { system: 'residual' }),
    rung('post-generation', 0.041, { phase: 'after', system: 'vote-subset' }),
    ...(repeats ? [rung('split-half', 0.07, { phase: 'ceiling' })] : []),
    rung('one-sample', 0.15, { phase: 'ceiling' }),
  ];
}

const controls: ControlsResult = {
  shuffledLabels: { value: -0.001, low: -0.006, high: 0.004, n },
  randomFeatures: { value: 0, low: 0, high: 0, n },
  permutationGlobal: { p: 0.004975, permutations: 200 },
  permutationWithinGroup: { p: 0.318, permutations: 200 },
};

function complementarityOf({ set: { models }, best }: Basis): ComplementarityResult {
  const m = models.length;
  const shape = Array.from({ length: m + 1 }, (_, k) => 1 + 3 * Math.abs(k / m - 0.5));
  const total = shape.reduce((a, b) => a + b, 0);
  const matrices = m <= 60;
  return {
    allRight: at(0.31),
    noneRight: at(0.16),
    exactlyOne: at(0.09),
    solvedBy: shape.map((x) => x / total),
    solvedByNull: shape.map((x, k) => (x + (k % 2 ? 0.2 : -0.2)) / (total - (m % 2 ? 0 : 0.2))),
    unique: named(models, (i) => 0.01 + 0.002 * (i % 7)),
    agreement: matrices ? square(m, (i, j) => 0.6 + 0.3 / (1 + Math.abs(i - j))) : null,
    kappa: matrices ? square(m, (i, j) => (i + j === 1 ? -0.05 : 0.5 / (1 + Math.abs(i - j)))) : null,
    marginal: named(models, (i) => 0.004 + 0.003 * (i % 5)),
    poolCurve: models.map((model, i) => ({ model, oracle: best + 0.15 * (1 - 0.5 ** i) })),
  };
}

function noiseOf({ set: { models }, bestModel, repeats }: Basis): NoiseResult {
  return {
    flipRate: named(models, (i) => (repeats && i !== 1 ? 0.05 + 0.02 * (i % 6) : null)),
    reliability: named(models, (i) => (repeats && i !== 1 ? 0.9 - 0.05 * (i % 6) : null)),
    repeats: repeats ? [5, 10] : [1, 1],
    bestProbability: named(models, (i) => (models[i] === bestModel ? 0.93 : 0.07 / (models.length - 1 || 1))),
    coBest: [...new Set([bestModel, models[0]!])],
    incumbent: models[0]!,
  };
}

function deferralOf({ set, bestModel }: Basis): DeferralResult {
  const points = Array.from({ length: 21 }, (_, i) => {
    const share = (i / 20) ** 1.5 * 0.9;
    const loss = 0.09 * share ** 2 - 0.01 * share;
    return {
      parameter: -0.2 + 0.025 * i,
      share,
      loss: { value: loss, low: loss - 0.02 * share, high: loss + 0.02 * share, n: 1880 },
      cost: 1 - 0.7 * share,
    };
  });
  const certificate = (epsilon: number, share: number): DeferralResult['certified'][number] => ({
    epsilon,
    incumbent: bestModel,
    betting: { parameter: 0.5 * share, share, bound: 0.9 * epsilon },
    hoeffding: share > 0.3 ? { parameter: 0.3 * share, share: 0.6 * share, bound: 0.95 * epsilon } : null,
    clopperPearson: 0.8 * epsilon,
    saving: { value: 0.7 * share, low: 0.7 * share - 0.05, high: 0.7 * share + 0.05, n },
    worstGroup: { group: set.groups[0] ?? 'all', loss: { value: 0.02, low: -0.01, high: 0.05, n: 120 } },
    cascade: {
      name: `cascade from ${bestModel}`,
      betting: { parameter: 0.1, share: 0.9 * share, bound: 0.8 * epsilon },
      saving: { value: 0.6 * share, low: 0.6 * share - 0.05, high: 0.6 * share + 0.05, n },
    },
  });
  return {
    system: 'residual',
    bestSingle: bestModel,
    calibrationRows: 1880,
    points,
    certified: [
      certificate(0.05, 0.61),
      certificate(0.02, 0.42),
      certificate(0.01, 0.17),
      {
        epsilon: 0.005,
        incumbent: bestModel,
        betting: null,
        hoeffding: null,
        clopperPearson: null,
        saving: null,
        worstGroup: null,
      },
    ],
  };
}

function labelsNeededOf({ set, best }: Basis): LabelsNeeded {
  const curve = (rung: string, limit: number, scale: number): LabelsNeeded['curves'][number] => ({
    rung,
    points: [50, 200, 800, 3200, 7526].map((rows) => ({ rows, value: at(limit - scale * rows ** -0.5) })),
    fit: { limit, scale, power: 0.5 },
  });
  return {
    curves: [
      curve('task-table', best + 0.022, 0.3),
      { ...curve('knn', best + 0.018, 0.5), fit: null },
      curve('best-router', best + 0.03, 0.6),
    ],
    best,
    discordance: at(0.11, 0.006),
    paired: [11300, 12800],
    curve: [4100, 6700],
    perGroup: { minimum: 40, short: set.groups[1] ? { [set.groups[1]]: 12 } : {} },
    more: [1900, 3400],
  };
}

const shiftOf = ({ set }: Basis): ShiftResult => ({
  leaveOneGroupOut: {
    system: 'residual',
    lift: { value: -0.004, low: -0.011, high: 0.003, n },
    groups: Object.fromEntries(
      set.groups.map((group, g) => [group, { value: 0.01 - 0.006 * g, low: -0.03, high: 0.04, n: 900 }]),
    ),
  },
  timeSplit: { system: 'residual', lift: { value: 0.012, low: 0.001, high: 0.023, n: 1882 } },
  paraphrases: {
    system: 'residual',
    flipRate: { value: 0.14, low: 0.1, high: 0.19, n: 240 },
    clusters: 80,
  },
  live: {
    rows: 5021,
    auc: { value: 0.61, low: 0.59, high: 0.63, n: 5021 },
    groupMix: { chiSquare: 84.2, p: 0.0004 },
    lift: { value: 0.014, low: 0.002, high: 0.026, n },
    effectiveSampleSize: 3120,
    refused: false,
  },
});

/** Texts, models and answers that must stay text. */
export const hostile = '<script>alert("x")</script><img src=x onerror=alert(1)> & \u202e"quoted\'';

function ledgerOf({ set, bestModel }: Basis): Ledger {
  const entry = (i: number, won: boolean): Ledger['won'][number] => ({
    query: `q${won ? 1000 + i : 2000 + i}`,
    group: set.groups[i % Math.max(1, set.groups.length)] ?? 'all',
    text:
      i === 0
        ? hostile
        : `Question ${i}: what is ${i} times ${i + 1}? ${'It is asked at length. '.repeat(i)}`,
    chosen: set.models[i % set.models.length]!,
    quality: won ? 1 : 0,
    incumbentQuality: won ? 0 : 1,
    answer: i === 1 ? hostile : `The answer is ${i * (i + 1)}.`,
    incumbentAnswer: `It is ${i}.`,
    cost: 0.00021,
    incumbentCost: 0.0009,
  });
  const list = (length: number, won: boolean) => Array.from({ length }, (_, i) => entry(i, won));
  return {
    system: 'residual',
    incumbent: bestModel,
    wins: 611,
    losses: 414,
    ties: n - 1025,
    won: list(12, true),
    lost: list(9, false),
    regret: [null, ...set.groups].map((group, g) => ({
      group,
      system: { value: 0.18 + 0.01 * g, low: 0.17 + 0.01 * g, high: 0.19 + 0.01 * g, n },
      incumbent: { value: 0.2 + 0.01 * g, low: 0.19 + 0.01 * g, high: 0.21 + 0.01 * g, n },
      saved: { value: 0.02, low: 0.01, high: 0.03, n },
    })),
    redacted: false,
  };
}

/** A set with everything that a report can hold. */
export function fakeEvidence(shape: Shape = {}, repeats = true): ResultSet {
  const set = fakeSet(shape);
  const best = set.systems.find(({ name }) => name === 'best-single')!;
  const bestModel = Object.entries(best.choices!).sort((a, b) => b[1] - a[1])[0]![0];
  const basis: Basis = { set, best: best[set.primary]!.value, bestModel, repeats };
  const statuses = { ok: n - 60, error: 12, truncated: 40, refused: 8 };
  return {
    ...set,
    verdict: verdictOf(basis),
    ceilings: ceilingsOf(basis),
    ladder: ladderOf(basis),
    controls,
    complementarity: complementarityOf(basis),
    noise: noiseOf(basis),
    labelQuality: {
      statuses: named(set.models, () => statuses),
      asWrong: named(set.models, (i) => 0.4 + 0.02 * (i % 9)),
      leftOut: named(set.models, (i) => 0.403 + 0.02 * (i % 9)),
      guessing: { options: 4, single: 0.25, oracle: 0.68 },
      agreement: { kappa: at(0.71, 0.03), icc: at(0.78, 0.03) },
      corrected: named(set.models, (i) => ({
        roganGladen: i === 0 ? null : at(0.41 + 0.02 * (i % 9), 0.03),
        predictionPowered: at(0.42 + 0.02 * (i % 9), 0.02),
      })),
    },
    deferral: deferralOf(basis),
    labelsNeeded: labelsNeededOf(basis),
    shift: shiftOf(basis),
    ledger: ledgerOf(basis),
    money: {
      volume: 1_000_000,
      now: { value: 903.2, low: 880, high: 926, n },
      policy: 'residual',
      with: { value: 623.2, low: 590, high: 656, n },
      routerCost: 40,
      labellingCost: 500,
      breakEvenMonths: 2.1,
    },
  };
}

const policies = ['argmax', 'random-capable', 'prediction', 'sorted-prediction'];
const classifiers = [
  'multi-label',
  'multi-label:mlp,balanced',
  'separate',
  'cluster-sets',
  'cluster-sets:tfidf',
];

/** A scenario of the founding study: routers under policies, the released scoring beside ours, and why. */
export function fakeScenario(shape: Shape = {}): ResultSet {
  const set = fakeSet({ routers: classifiers, ...shape });
  const systems = set.systems.flatMap((system): System[] => {
    if (system.kind !== 'router') return [system];
    return policies.map((policy, p) => ({
      ...system,
      name: `${system.name}+${policy}`,
      policy,
      quality: { ...system.quality!, value: system.quality!.value - 0.003 * p },
      raw: at(system.quality!.value + 0.02),
      ...(p > 0 && { asReleased: at(system.quality!.value + 0.05) }),
      classifier: named(set.models, (i) => ({ weightedF1: 0.6 + 0.01 * i, auc: i === 0 ? null : 0.7 })),
    }));
  });
  const best = systems.find(({ name }) => name === 'best-single')!.quality!.value;
  const size = set.models.length;
  const why: Why = {
    allRight: at(0.31),
    noneRight: at(0.16),
    exactlyOne: at(0.09),
    agreement: square(size, (i, j) => 0.6 + 0.3 / (1 + Math.abs(i - j))),
    kappa: square(size, (i, j) => 0.5 / (1 + Math.abs(i - j))),
    learningCurve: [50, 200, 800, 3200].flatMap((rows) =>
      ['best-single', 'multi-label', 'separate'].map((system, s) => ({
        rows,
        system,
        value: at(s === 0 ? best : best - (0.3 * s) / Math.sqrt(rows)),
      })),
    ),
    controls,
    contamination: {
      leaks: 12,
      models: named(set.models, (i) => ({
        train: at(0.5 + (i === 0 ? 0.2 : 0.01 * i)),
        test: at(0.49 + 0.01 * i),
      })),
    },
  };
  return { ...set, systems, why };
}

/** What every face renders beside the shapes of `contract.ts`. */
export function evidenceShapes(): Readonly<Record<string, Results>> {
  const of = (...sets: ResultSet[]): Results => results.parse({ ...fakeResults(), sets });
  const full = fakeEvidence();
  const empty = fakeEvidence({ models: 2, groups: 0, cost: null }, false);
  return {
    'full evidence': of(full),
    'one sample a cell': of(fakeEvidence({}, false)),
    'evidence, 57 groups, 30 models': of(fakeEvidence({ groups: 57, models: 30 })),
    'evidence, 61 models': of(fakeEvidence({ models: 61, groups: 3, routers: ['residual'] })),
    'evidence, long names': of(fakeEvidence({ longNames: true })),
    'evidence with nulls': of(emptied(empty)),
    'a verdict alone': of({ ...fakeSet(), verdict: full.verdict! }),
    'evidence without systems': of({
      ...full,
      systems: full.systems.filter(({ kind }) => kind === 'single'),
    }),
    'founding study': {
      ...of(
        fakeScenario({ dataset: 'routerdc-gsm8k', groups: 1, kind: 'split', cost: null }),
        fakeScenario({ dataset: 'routerbench-arc', groups: 1, models: 11, seed: 4 }),
        fakeScenario({ dataset: 'routellm-mmlu', groups: 57, models: 2, cost: 'strong share', seed: 5 }),
      ),
      command: 'reproduce lessons --data DIR',
    },
  };
}

/** As `fakeEvidence`, with null and nothing wherever the schema allows it. */
function emptied(set: ResultSet): ResultSet {
  const { verdict, ceilings, labelsNeeded, money, ledger, noise, complementarity } = set;
  const none = { shuffledLabels: null, randomFeatures: null };
  return {
    ...set,
    verdict: {
      ...verdict!,
      quality: { ...verdict!.quality, answer: 'insufficient', needs: { labels: null, repeats: null } },
      cost: {
        ...verdict!.cost,
        answer: 'unknown-cost',
        by: null,
        incumbent: null,
        epsilon: null,
        saving: null,
        certified: null,
      },
    },
    ceilings: { ...ceilings!, raschNull: null, raschNullByGroup: null, taskTable: null, groups: {} },
    ladder: set.ladder!.slice(0, 1),
    controls: { ...none, permutationGlobal: null, permutationWithinGroup: null },
    complementarity: {
      ...complementarity!,
      solvedByNull: null,
      agreement: null,
      kappa: null,
      unique: {},
      marginal: {},
      poolCurve: [],
    },
    noise: { ...noise!, coBest: [], incumbent: null, bestProbability: {} },
    labelQuality: { statuses: null, asWrong: null, leftOut: null, guessing: null },
    deferral: { ...set.deferral!, points: [], certified: [] },
    labelsNeeded: {
      ...labelsNeeded!,
      curves: [],
      discordance: null,
      paired: null,
      curve: null,
      perGroup: null,
      more: null,
    },
    shift: { leaveOneGroupOut: null, timeSplit: null, paraphrases: null, live: null },
    ledger: { ...ledger!, wins: 0, losses: 0, won: [], lost: [], regret: [], redacted: true },
    money: { ...money!, now: null, policy: null, with: null, breakEvenMonths: null },
  };
}
