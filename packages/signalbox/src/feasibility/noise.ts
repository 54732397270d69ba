import type { ModelId } from '../core/model.ts';
import type { Flag } from '../core/results.ts';
import type { Matrix } from '../math/matrix.ts';
import { descending, mean, quantile } from '../math/order.ts';
import type { Design } from '../metrics/design.ts';
import type { Sampled } from '../metrics/interval.ts';
import { averages } from '../metrics/means.ts';
import { isRight, type Outcomes, type Repeats, repeatsOf } from './outcomes.ts';

/** How far outcomes are luck, and with it the choice of the best model. */
export interface Noise {
  /** Chance that two runs of one query differ in being right; null where a model has one sample a query. */
  readonly flipRate: Readonly<Record<ModelId, number | null>>;
  /** Share of the variance of single outcomes that is of the queries and not of chance. */
  readonly reliability: Readonly<Record<ModelId, number | null>>;
  /** Samples behind a cell, least and most. */
  readonly repeats: [number, number];
  /** How often each model is the best single one under resampling, ties shared. */
  readonly bestProbability: Readonly<Record<ModelId, number>>;
  /** Models not shown to be worse than another: with 95 % confidence the best is among them. Best first. */
  readonly coBest: readonly ModelId[];
  /** The cheapest of these; null where the cost of one is unknown. */
  readonly incumbent: ModelId | null;
}

export interface NoiseArgs {
  readonly outcomes: Outcomes;
  readonly models: readonly ModelId[];
  readonly design: Design;
  readonly primary: 'quality' | 'macro';
  /** US dollars a call, rows x models; NaN where unknown. */
  readonly cost?: Matrix | undefined;
}

/** Rows on which each model should have been asked twice (FEASIBILITY C1). */
const enoughRepeated = 300;
/** Models are compared with so many of the best: with all others in any pool but huge ones. */
const mostRivals = 60;

export function noise(args: NoiseArgs): { noise: Noise; flags: Flag[] } {
  const { outcomes, models, design, primary, cost } = args;
  const sampled = averages(design, outcomes.quality).map(({ weighted, macro }) =>
    primary === 'macro' ? macro : weighted,
  );
  const flips = models.map((_, m) => flipsOf(outcomes, m));
  const record = <T>(of: (m: number) => T): Record<ModelId, T> =>
    Object.fromEntries(models.map((id, m) => [id, of(m)]));
  const best = bestShares(sampled);
  const coBest = notWorse(sampled);
  const least = cheapest(coBest, cost);
  return {
    noise: {
      flipRate: record((m) => flips[m]!.rate),
      reliability: record((m) => flips[m]!.reliability),
      repeats: range(outcomes.k),
      bestProbability: record((m) => best[m]!),
      coBest: coBest.map((m) => models[m]!),
      incumbent: least === undefined ? null : models[least]!,
    },
    flags: tooFew(models, flips, design.rows),
  };
}

interface Flips {
  /** Rows with two samples or more. */
  readonly rows: number;
  readonly rate: number | null;
  readonly reliability: number | null;
}

/** Over rows with repeats: f = E[2 p (1 - p)] without bias, and 1 - f / (2 y (1 - y)). */
function flipsOf(outcomes: Outcomes, model: number): Flips {
  const { rows, cols } = outcomes.quality;
  let [n, flips, right] = [0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const cell = repeatsOf(outcomes, i * cols + model);
    if (cell.k < 2) continue;
    const p = rightOf(cell) / cell.k;
    n++;
    flips += (2 * p * (1 - p) * cell.k) / (cell.k - 1);
    right += p;
  }
  if (n === 0) return { rows: 0, rate: null, reliability: null };
  const [rate, y] = [flips / n, right / n];
  // The variance of one outcome of a random row, twice, without bias.
  const whole = (2 * y * (1 - y) * n) / Math.max(n - 1, 1);
  return { rows: n, rate, reliability: whole > 0 ? Math.min(1, Math.max(0, 1 - rate / whole)) : null };
}

function rightOf({ right, values }: Repeats): number {
  return Number.isNaN(right) ? values.filter(isRight).length : right;
}

/** Share of draws in which each model is the best; of equals each a part. */
function bestShares(sampled: readonly Sampled[]): Float64Array {
  const out = new Float64Array(sampled.length);
  const draws = sampled[0]?.draws.length ?? 0;
  for (let d = 0; d < draws; d++) {
    const most = sampled.reduce((greatest, { draws: of }) => Math.max(greatest, of[d]!), -1);
    const winners = sampled.flatMap(({ draws: of }, m) => (of[d]! >= most - 1e-12 ? [m] : []));
    for (const m of winners) out[m]! += 1 / winners.length;
  }
  return out.map((wins) => wins / draws);
}

/**
 * Multiple comparisons with the best (Hsu 1984), by the bootstrap: a model goes where some rival leads it by more
 * than the 95 % quantile, over draws, of the greatest studentised lead of any rival beyond what was observed.
 */
function notWorse(sampled: readonly Sampled[]): number[] {
  const order = descending(sampled.map(({ value }) => value));
  const rivals = order.slice(0, mostRivals);
  return order.filter((m) => {
    const leads = rivals.filter((j) => j !== m).map((j) => leadOf(sampled[j]!, sampled[m]!));
    // Where a model behaves as its rival does on all rows there is nothing to compare, or no doubt.
    const doubtful = leads.filter(({ error }) => error > 1e-12);
    if (leads.some(({ lead, error }) => error <= 1e-12 && lead > 1e-12)) return false;
    const greatest = Float64Array.from(sampled[m]!.draws, (_, d) =>
      doubtful.reduce((most, { lead, draws, error }) => Math.max(most, (draws[d]! - lead) / error), 0),
    ).sort();
    const critical = quantile(greatest, 0.95);
    return doubtful.every(({ lead, error }) => lead <= critical * error);
  });
}

interface Lead {
  readonly lead: number;
  readonly draws: Float64Array;
  readonly error: number;
}

function leadOf(rival: Sampled, model: Sampled): Lead {
  const draws = rival.draws.map((x, d) => x - model.draws[d]!);
  const middle = mean(draws);
  const square = mean(draws.map((x) => (x - middle) ** 2));
  return { lead: rival.value - model.value, draws, error: Math.sqrt(square) };
}

function cheapest(among: readonly number[], cost: Matrix | undefined): number | undefined {
  if (cost === undefined) return undefined;
  const costs = among.map((m) =>
    mean(Float64Array.from({ length: cost.rows }, (_, i) => cost.data[i * cost.cols + m]!)),
  );
  if (costs.some(Number.isNaN)) return undefined;
  return among[descending(costs.map((x) => -x))[0]!];
}

function range({ data }: Matrix): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const k of data) {
    least = Math.min(least, k);
    most = Math.max(most, k);
  }
  return data.length === 0 ? [0, 0] : [Math.round(least), Math.round(most)];
}

function tooFew(models: readonly ModelId[], flips: readonly Flips[], rows: number): Flag[] {
  const wanted = Math.min(enoughRepeated, rows);
  const lacking = models.filter((_, m) => flips[m]!.rows < wanted);
  if (lacking.length === 0) return [];
  const who = lacking.length === models.length ? 'Every model' : lacking.join(', ');
  return [
    {
      code: 'too-few-repeats',
      models: [...lacking],
      groups: [],
      message:
        `${who} answered most queries only once. A wrong answer may be bad luck, and whichever model was lucky ` +
        `makes the oracle look higher than any router can reach. Ask each model at least twice on ${wanted} ` +
        `of these queries (four times for the three best) to tell luck from ability.`,
    },
  ];
}
