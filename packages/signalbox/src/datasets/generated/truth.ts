import { at, type Matrix, row } from '../../math/matrix.ts';
import { argmax } from '../../math/order.ts';

/** Expected quality and expected US dollars a call. */
export interface Worth {
  readonly quality: number;
  readonly cost: number;
}

/** What is true of a made-up world, computed from the probability behind each cell, not from draws. */
export interface Truth {
  /** The best model on average over the training rows. */
  readonly bestSingle: Worth & { readonly model: string };
  /** The best model of each group over the training rows. */
  readonly taskTable: Worth & { readonly choices: Readonly<Record<string, string>> };
  /** The model of highest probability on each row, the cheapest of equals: nothing that decides beforehand does better. */
  readonly bestRouter: Worth;
  /** The least cost at which a router that knows all probabilities keeps the quality of best single. */
  readonly equalQuality: Worth;
  /** What the per-query oracle over drawn outcomes shows on average, luck included. */
  readonly oracle: number;
  /** Rows that these are means over: the test part, or all. */
  readonly rows: number;
}

/** A world before outcomes are drawn. Rows in `train` choose, rows in `test` count. */
export interface Known {
  readonly probability: Matrix;
  readonly cost: Matrix;
  readonly models: readonly string[];
  readonly groups: readonly string[];
  /** Group of each row, as an index. */
  readonly groupOf: ArrayLike<number>;
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly repeats: number;
}

export function truthOf(world: Known): Truth {
  const { models, groups, groupOf, train, test } = world;
  const best = argmax(means(world, train));
  const byGroup = groups.map((_, g) => {
    const some = train.filter((i) => groupOf[i] === g);
    return some.length === 0 ? best : argmax(means(world, some));
  });
  const single = worthOf(world, () => best);
  return {
    bestSingle: { ...single, model: models[best]! },
    taskTable: {
      ...worthOf(world, (i) => byGroup[groupOf[i]!]!),
      choices: Object.fromEntries(groups.map((name, g) => [name, models[byGroup[g]!]!])),
    },
    bestRouter: worthOf(world, (i) => bestAt(world, i)),
    equalQuality: cheapestAt(world, single.quality),
    oracle:
      test.reduce((sum, i) => sum + expectedMost(row(world.probability, i), world.repeats), 0) / test.length,
    rows: test.length,
  };
}

function means({ probability }: Known, rows: readonly number[]): number[] {
  const sums = Array.from({ length: probability.cols }, () => 0);
  for (const i of rows) for (let j = 0; j < sums.length; j++) sums[j]! += at(probability, i, j);
  return sums.map((sum) => sum / rows.length);
}

function worthOf({ probability, cost, test }: Known, choose: (row: number) => number): Worth {
  let quality = 0;
  let dollars = 0;
  for (const i of test) {
    quality += at(probability, i, choose(i));
    dollars += at(cost, i, choose(i));
  }
  return { quality: quality / test.length, cost: dollars / test.length };
}

function bestAt({ probability, cost }: Known, i: number): number {
  const p = row(probability, i);
  let best = 0;
  for (let j = 1; j < p.length; j++) {
    if (p[j]! > p[best]! || (p[j] === p[best] && at(cost, i, j) < at(cost, i, best))) best = j;
  }
  return best;
}

/**
 * The least cost at which a mixture of choices reaches the mean quality `target` over the rows in `test`, or the
 * most quality where it cannot. Each row starts at its cheapest model; steps up its own concave hull are bought where they give most
 * quality for their cost, until the target is reached, the last step in part. Exact for mixtures of choices.
 */
export function cheapestAt(world: Pick<Known, 'probability' | 'cost' | 'test'>, target: number): Worth {
  const { test } = world;
  const steps: { gain: number; price: number }[] = [];
  let quality = 0;
  let cost = 0;
  for (const i of test) {
    const hull = hullOf(row(world.probability, i), row(world.cost, i));
    quality += hull[0]!.quality;
    cost += hull[0]!.cost;
    for (let s = 1; s < hull.length; s++) {
      steps.push({ gain: hull[s]!.quality - hull[s - 1]!.quality, price: hull[s]!.cost - hull[s - 1]!.cost });
    }
  }
  steps.sort((a, b) => b.gain / b.price - a.gain / a.price);
  for (const { gain, price } of steps) {
    const lack = target * test.length - quality;
    if (lack <= 0) break;
    const part = Math.min(1, lack / gain);
    quality += part * gain;
    cost += part * price;
  }
  return { quality: quality / test.length, cost: cost / test.length };
}

/** Corners of the concave, rising hull of one row's models, from the cheapest (the best of equally cheap ones) on. */
function hullOf(p: ArrayLike<number>, cost: ArrayLike<number>): Worth[] {
  const points = Array.from({ length: p.length }, (_, j) => ({ quality: p[j]!, cost: cost[j]! }));
  points.sort((a, b) => a.cost - b.cost || b.quality - a.quality);
  const hull: Worth[] = [];
  for (const point of points) {
    const top = hull.at(-1);
    if (top && point.quality <= top.quality) continue;
    while (hull.length > 1 && slope(hull.at(-2)!, hull.at(-1)!) <= slope(hull.at(-1)!, point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

function slope(a: Worth, b: Worth): number {
  return (b.quality - a.quality) / (b.cost - a.cost);
}

/** Expected maximum of independent means of `repeats` draws with these probabilities. */
function expectedMost(p: ArrayLike<number>, repeats: number): number {
  const below = Array.from({ length: repeats }, () => 1);
  for (let j = 0; j < p.length; j++) {
    let sum = 0;
    let term = (1 - p[j]!) ** repeats;
    for (let successes = 0; successes < repeats; successes++) {
      sum += term;
      below[successes]! *= sum;
      term *= ((repeats - successes) / (successes + 1)) * (p[j]! / (1 - p[j]!));
    }
  }
  // E[max] = sum over thresholds of P(max > threshold).
  return below.reduce((total, chance) => total + (1 - chance) / repeats, 0);
}
