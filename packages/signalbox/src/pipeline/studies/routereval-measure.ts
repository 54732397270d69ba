import type { Estimate, ResultSet, System } from '../../core/results.ts';
import type { RouterEvalResult } from '../../core/results-routereval.ts';
import { matrix } from '../../math/matrix.ts';
import { mean } from '../../math/order.ts';
import type { Design } from '../../metrics/design.ts';
import { asEstimate, asVersus, interval, minus, type Sampled } from '../../metrics/interval.ts';
import { averages } from '../../metrics/means.ts';
import { skill } from '../../metrics/routereval.ts';
import { type MeasuredPool, mu, routerNames } from './routereval-pool.ts';

/** The mean score of published reference models, by the file's name of a task: the denominator of V_R. */
const references: Readonly<Record<string, number>> = {
  arc: 0.852,
  hellaswag: 0.953,
  mmlu: 0.864,
  harness_truthfulqa_mc_0: 0.669,
  winogrande: 0.875,
  gsm8k: 0.92,
  ifeval: 0.7689,
  bbh: 0.8303,
  gpqa: 0.397,
  musr: 0.699,
  math: 0.4,
  mmlu_pro: 0.637,
};

/** V_B by pool size, the mean over twelve tasks, worked out from the tables that the authors publish as pictures. */
const published: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  3: {
    oracle: 1.397,
    'r_o(0.5)': 1.135,
    LinearR: 1.011,
    MLPR: 0.999,
    'C-RoBERTa': 0.988,
    MLC: 0.964,
    kNN: 0.956,
    random: 0.873,
  },
  5: {
    oracle: 1.544,
    'r_o(0.5)': 1.191,
    LinearR: 0.997,
    MLPR: 0.993,
    'C-RoBERTa': 0.958,
    MLC: 0.919,
    kNN: 0.938,
    random: 0.838,
  },
};

const kinds: Readonly<Record<string, System['kind']>> = {
  random: 'baseline',
  'best-single': 'baseline',
  'best-single-hindsight': 'bound',
  'r_o(0.5)': 'bound',
  oracle: 'oracle',
};

export interface Measuring {
  readonly task: string;
  readonly size: number;
  /** One for each pool setting, over the same test items. */
  readonly pools: readonly MeasuredPool[];
  readonly trainRows: number;
  readonly draws: number;
  readonly seed: number;
}

/** Values of columns over rows of several settings, with their draws: an item is drawn in all settings together. */
export function sampled(
  columns: readonly ArrayLike<number>[],
  {
    settings,
    draws,
    seed,
  }: { readonly settings: readonly string[]; readonly draws: number; readonly seed: number },
): {
  readonly weighted: readonly Sampled[];
  readonly groups: readonly (readonly Sampled[])[];
  readonly design: Design;
} {
  const rows = columns[0]?.length ?? 0;
  const items = rows / settings.length;
  const design: Design = {
    rows,
    groupNames: settings,
    groupOf: Int32Array.from({ length: rows }, (_, i) => Math.floor(i / items)),
    clusters: Int32Array.from({ length: rows }, (_, i) => i % items),
    testOverTrain: 0,
    draws,
    seed,
  };
  const values = matrix(rows, columns.length);
  columns.forEach((column, c) => {
    for (let i = 0; i < rows; i++) values.data[i * columns.length + c] = column[i]!;
  });
  const found = averages(design, values);
  return {
    weighted: found.map(({ weighted }) => weighted),
    groups: found.map(({ groups }) => groups),
    design,
  };
}

/** One set: a task at a pool size, its settings as groups, each test item counted in each of them. */
export function routerEvalSet(given: Measuring): {
  readonly set: Omit<ResultSet, 'routerEval'>;
  readonly measures: Omit<RouterEvalResult, 'reach'>;
  readonly oracle: Estimate;
} {
  const { task, size, pools } = given;
  const settings = pools.map(({ pool }) => pool.setting);
  const names = [...pools[0]!.systems.keys()];
  const columns = names.map((name) =>
    Float64Array.from(pools.flatMap(({ systems }) => [...systems.get(name)!.values])),
  );
  const { weighted, groups, design } = sampled(columns, { settings, draws: given.draws, seed: given.seed });
  const estimates = weighted.map((values) => asEstimate(interval(values, design), 0, 1));
  const single = names.indexOf('best-single');
  const systems = names.map(
    (name, s): System => ({
      name,
      kind: kinds[name] ?? 'router',
      ...(routerNames.includes(name) && { router: name }),
      quality: estimates[s]!,
      macro: estimates[s]!,
      groups: Object.fromEntries(
        settings.map((setting, g) => [setting, asEstimate(interval(groups[s]![g]!, design), 0, 1)]),
      ),
      cost: null,
      choices: null,
      versus: {
        bestSingle: asVersus(interval(minus(weighted[s]!, weighted[single]!), design)),
        taskTable: null,
      },
      ...(routerNames.includes(name) && { choiceEntropy: mean(pools.map((pool) => entropyOf(pool, name))) }),
      fitSeconds: mean(pools.map((pool) => pool.systems.get(name)!.seconds)),
      predictSecondsPer1000: 0,
    }),
  );
  const items = pools[0]!.pool.scores.rows;
  const models = [...new Set(pools.flatMap(({ pool }) => pool.models))];
  return {
    set: {
      dataset: `${task} m=${size}`,
      rows: (items + given.trainRows) * settings.length,
      rowsDropped: {},
      models,
      groups: settings,
      protocol: {
        kind: 'split',
        trainRows: given.trainRows * settings.length,
        testRows: items * settings.length,
        calibrationRows: 0,
        leaks: 0,
        duplicates: 0,
      },
      primary: 'quality',
      costUnit: null,
      systems,
    },
    measures: { task, size, settings, systems: names.map((name, s) => measured(given, name, estimates[s]!)) },
    oracle: estimates[names.indexOf('oracle')]!,
  };
}

function measured(
  { task, size, pools }: Measuring,
  name: string,
  estimate: Estimate,
): RouterEvalResult['systems'][number] {
  const over = (of: (pool: MeasuredPool) => number): number => mean(pools.map(of));
  const own = (pool: MeasuredPool): number => mu(pool.systems.get(name)!);
  const reference = references[task];
  const biases = pools.flatMap(({ systems }) => systems.get(name)!.bias ?? []);
  const figure = published[size]?.[name];
  const gauge = skill(estimate.value, {
    oracle: over(({ systems }) => mu(systems.get('oracle')!)),
    random: over(({ systems }) => mu(systems.get('random')!)),
  });
  return {
    name,
    mu: estimate,
    vr: reference === undefined ? null : estimate.value / reference,
    vb: over((pool) => (pool.best > 0 ? own(pool) / pool.best : 1)),
    ep: biases.length === 0 ? null : mean(biases),
    skill: gauge,
    ...(figure !== undefined && { published: figure }),
  };
}

/** Bits of the shares in which a router chose its models. */
function entropyOf({ systems }: MeasuredPool, name: string): number {
  const choice = systems.get(name)!.choice!;
  const counts = new Map<number, number>();
  for (const m of choice) counts.set(m, (counts.get(m) ?? 0) + 1);
  return [...counts.values()].reduce(
    (bits, n) => bits - (n / choice.length) * Math.log2(n / choice.length),
    0,
  );
}
