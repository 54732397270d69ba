import type { RouterEvalResult } from '../../core/results-routereval.ts';
import { columnMeans } from '../../core/table.ts';
import { at, column, type Matrix, matrix, selectRows } from '../../math/matrix.ts';
import { argmax, mean } from '../../math/order.ts';
import { asEstimate, interval } from '../../metrics/interval.ts';
import {
  type LeaderboardParams,
  type LeaderboardWorld,
  leaderboardWorld,
  maskOf,
  type PoolSetting,
  packed,
  pickPool,
  poolSettings,
  randomPool,
  ranked,
} from '../config.ts';
import { sampled } from './routereval-measure.ts';
import type { MeasuredPool, Pool } from './routereval-pool.ts';

/** One generated leaderboard, and what pools are picked from it. */
export interface Generated {
  readonly world: LeaderboardWorld;
  /** Models of the pool as RouterEval picks it: by all items. */
  pick(setting: PoolSetting, size: number): Int32Array;
  /** Picked in the same way by training items alone. */
  pickOnTraining(setting: PoolSetting, size: number): Int32Array;
  drawn(setting: PoolSetting, size: number, draw: number): Int32Array;
}

export function generated(params: LeaderboardParams, seed: number): Generated {
  const world = leaderboardWorld(params, seed);
  const scores = packed(world.outcomes, world.items);
  const all = maskOf(Array(world.items).keys(), scores.words);
  const training = maskOf([...world.parts.train, ...world.parts.val], scores.words);
  const orders = { all: ranked(scores, all), training: ranked(scores, training) };
  const picked = (by: 'all' | 'training', setting: PoolSetting, size: number): Int32Array =>
    pickPool(setting, {
      scores,
      order: orders[by],
      mask: by === 'all' ? all : training,
      size,
      seed: `${seed}/${setting}/${size}`,
    });
  return {
    world,
    pick: (setting, size) => picked('all', setting, size),
    pickOnTraining: (setting, size) => picked('training', setting, size),
    drawn: (setting, size, draw) =>
      randomPool(setting, { order: orders.all, size, seed: `${seed}/${setting}/${size}/${draw}` }),
  };
}

/** The pool as its published file would hold it, with the probabilities behind it. */
export function poolOf(
  { world, pick }: Generated,
  { setting, size, quick }: { readonly setting: PoolSetting; readonly size: number; readonly quick: boolean },
): Pool {
  const models = pick(setting, size);
  const { train, test } = world.parts;
  const cells = (items: Int32Array, of: (model: number, item: number) => number): Matrix => {
    const out = matrix(items.length, models.length);
    items.forEach((item, i) => {
      models.forEach((model, m) => {
        out.data[i * models.length + m] = of(model, item);
      });
    });
    return out;
  };
  const outcome = (model: number, item: number): number => world.outcomes[model * world.items + item]!;
  return {
    setting,
    quick,
    models: Array.from(models, (m) => world.models[m]!),
    train: selectRows(world.features, train),
    test: selectRows(world.features, test),
    labels: cells(train, outcome),
    scores: cells(test, outcome),
    probabilities: cells(test, world.probability),
  };
}

const randomDraws = 10;
type Column = 'picked' | 'pickedOnTraining' | 'random' | 'probability' | 'bestSingle';

/** What the best choice on each test row reaches, over several leaderboards drawn alike. */
export function reachOf(
  worlds: readonly Generated[],
  { size, draws, seed }: { readonly size: number; readonly draws: number; readonly seed: number },
): Omit<RouterEvalResult['reach'], 'routerLift'> {
  const columns: Record<Column, number[]> = {
    picked: [],
    pickedOnTraining: [],
    random: [],
    probability: [],
    bestSingle: [],
  };
  for (const setting of poolSettings)
    for (const one of worlds) {
      const test = [...one.world.parts.test];
      const { outcomes, items, probability } = one.world;
      const solved = (models: Int32Array, item: number): number =>
        models.some((m) => outcomes[m * items + item] === 1) ? 1 : 0;
      const picked = one.pick(setting, size);
      const training = one.pickOnTraining(setting, size);
      const random = Array.from({ length: randomDraws }, (_, draw) => one.drawn(setting, size, draw));
      const known = test.map((item) => Float64Array.from(picked, (m) => probability(m, item)));
      const single = indexOfGreatest(picked.length, (m) => mean(known.map((row) => row[m]!)));
      test.forEach((item, i) => {
        columns.picked.push(solved(picked, item));
        columns.pickedOnTraining.push(solved(training, item));
        columns.random.push(mean(random.map((models) => solved(models, item))));
        columns.probability.push(known[i]!.reduce((a, b) => Math.max(a, b)));
        columns.bestSingle.push(known[i]![single]!);
      });
    }
  const names = Object.keys(columns) as Column[];
  const { weighted, design } = sampled(Object.values(columns), { settings: poolSettings, draws, seed });
  const estimates = weighted.map((values) => asEstimate(interval(values, design), 0, 1));
  const of = (name: Column) => estimates[names.indexOf(name)]!;
  return {
    picked: of('picked'),
    pickedOnTraining: of('pickedOnTraining'),
    random: of('random'),
    probability: of('probability'),
    bestSingle: of('bestSingle'),
  };
}

function indexOfGreatest(n: number, of: (i: number) => number): number {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const value = of(i);
    if (value > most) [most, best] = [value, i];
  }
  return best;
}

/** The best of the routers less the best single model, by the probabilities of what they chose; null where these are not known. */
export function routerLiftOf(
  pools: readonly MeasuredPool[],
  routers: readonly string[],
  { draws, seed }: { readonly draws: number; readonly seed: number },
): RouterEvalResult['reach']['routerLift'] {
  const single = pools.flatMap(({ pool: { probabilities } }) =>
    probabilities === undefined ? [] : [...column(probabilities, argmax(columnMeans(probabilities)))],
  );
  if (pools.some(({ pool }) => pool.probabilities === undefined)) return null;
  const lifts = routers.map((name) => {
    const own = pools.flatMap(({ pool, systems }) =>
      Array.from(systems.get(name)!.choice!, (m, i) => at(pool.probabilities!, i, m)),
    );
    return own.map((value, i) => value - single[i]!);
  });
  const { weighted, design } = sampled(lifts, {
    settings: pools.map(({ pool }) => pool.setting),
    draws,
    seed,
  });
  const best = indexOfGreatest(weighted.length, (r) => weighted[r]!.value);
  return asEstimate(interval(weighted[best]!, design), -1, 1);
}
