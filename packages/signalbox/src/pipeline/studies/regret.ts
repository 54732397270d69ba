import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import { assignFolds } from '../../core/folds.ts';
import type { Estimate } from '../../core/results.ts';
import type { BanditsResult } from '../../core/results-bandits.ts';
import type { Encoded, Training } from '../../core/router.ts';
import { columnMeans } from '../../core/table.ts';
import { studentTQuantile } from '../../math/hypothesis.ts';
import { type Matrix, selectRows } from '../../math/matrix.ts';
import { mean } from '../../math/order.ts';
import { rng, shuffle } from '../../math/rng.ts';
import { heightAt, hull } from '../../metrics/hull.ts';
import { budgetPacer } from '../budget-pacer.ts';
import { findRouter } from '../config.ts';
import { eachPart, type Fold } from '../encoded-part.ts';
import type { Plan } from '../protocol.ts';
import { turn } from '../turn.ts';
import { type Bandit, type Replayed, replay, type Stream, taughtBy } from './bandit-replay.ts';

/** Who is replayed; `teacher` is the router that a bandit's belief comes from. */
const entrants: readonly { router: string; prior: string; teacher?: string; learns: boolean }[] = [
  { router: 'linucb:cold', prior: 'none', learns: true },
  { router: 'linucb', prior: 'table', learns: true },
  { router: 'linucb', prior: 'table', learns: false },
  { router: 'linucb', prior: 'residual', teacher: 'residual', learns: true },
  { router: 'thompson:cold', prior: 'none', learns: true },
  { router: 'thompson', prior: 'table', learns: true },
];
/** Answers after which regret is told, beside the last. */
const stops = [100, 200, 400, 800];
/** The budget: a quarter of what the best single model costs on the prior rows. */
const share = 0.25;

/**
 * Regret over time: bandits answer recorded queries one by one, against the best fixed choice at equal spend, with
 * and without a budget. One row in five, of each group alike, is known beforehand and gives the encoder, the belief
 * and the budget; the others are answered in as many random orders as there are seeds.
 * @returns undefined where the table records no cost, or too few rows
 */
export async function regretOverTime(
  { plan, encoder, seeds }: { readonly plan: Plan; readonly encoder: Encoder; readonly seeds: number },
  context: Context,
): Promise<BanditsResult | undefined> {
  const { table, compared } = plan;
  if (table.cost === undefined || compared.length < 5 * stops[0]!) return undefined;
  const folds = assignFolds(table.examples, 5, `${context.seed}/regret`);
  const parts = [
    { train: compared.filter((i) => folds[i] === 0), test: compared.filter((i) => folds[i] !== 0) },
  ];
  const onPart = async ({ train, test }: Fold): Promise<BanditsResult | undefined> => {
    const rows = parts[0]!.test.filter((i) => known(table.cost!, i));
    const places = Int32Array.from(parts[0]!.test.keys()).filter((at) =>
      known(table.cost!, parts[0]!.test[at]!),
    );
    const stream = {
      input: pick(test, places),
      quality: selectRows(table.quality, rows),
      cost: selectRows(table.cost!, rows),
    };
    const budget = share * costOfBest(train);
    if (!(budget > 0)) return undefined;
    const bandits = await ready(train, context);
    const runs: BanditsResult['bandits'] = [];
    for (const paced of [false, true]) {
      for (const bandit of bandits) {
        context.progress('regret', runs.length, 2 * bandits.length);
        await turn(context);
        const told = Array.from({ length: seeds }, (_, seed) =>
          one(bandit, stream, { seed, ...(paced && { budget }) }, context),
        );
        runs.push({
          router: bandit.choice.router.name,
          prior: bandit.prior,
          learns: bandit.learns,
          paced,
          ...over(told, rows.length),
        });
      }
    }
    context.progress('regret', runs.length, runs.length);
    return { priorRows: train.queries.length, answers: rows.length, seeds, budget, bandits: runs };
  };
  const [found] = await eachPart({ plan: { ...plan, parts }, encoder }, onPart, context);
  return found;
}

function known(cost: Matrix, i: number): boolean {
  return cost.data.subarray(i * cost.cols, (i + 1) * cost.cols).every((value) => !Number.isNaN(value));
}

function pick(input: Encoded, places: Int32Array): Encoded {
  return {
    queries: Array.from(places, (i) => input.queries[i]!),
    features: selectRows(input.features, places),
  };
}

function costOfBest({ table }: Training): number {
  const [quality, cost] = [columnMeans(table.quality), columnMeans(table.cost!)];
  return cost[quality.indexOf(Math.max(...quality))]!;
}

async function ready(train: Training, context: Context): Promise<Bandit[]> {
  const taught = new Map<string, Training>();
  const out: Bandit[] = [];
  for (const { router: name, prior, teacher, learns } of entrants) {
    const choice = await findRouter(name);
    if (teacher !== undefined && !taught.has(teacher))
      taught.set(teacher, await taughtBy(await findRouter(teacher), train, context));
    const from = teacher === undefined ? train : taught.get(teacher)!;
    out.push({ choice, prior, learns, state: await choice.router.fit(from, choice.params, context) });
  }
  return out;
}

/** What one order of the rows came to. */
interface Told {
  readonly quality: number;
  readonly cost: number;
  readonly fixed: number;
  readonly regret: readonly { readonly answers: number; readonly total: number }[];
}

/** The orders are the same for every bandit, with and without a budget. */
function one(
  bandit: Bandit,
  stream: Stream,
  { seed, budget }: { readonly seed: number; readonly budget?: number },
  context: Context,
): Told {
  const name = `${context.seed}/regret/${seed}`;
  const order = shuffle(
    Int32Array.from({ length: stream.quality.rows }, (_, i) => i),
    rng(name),
  );
  const pacer = budget === undefined ? {} : { pacer: budgetPacer(budget) };
  const made = replay(bandit, stream, { order, random: rng(`${name}/choices`), ...pacer }, context);
  const ends = [...stops.filter((stop) => stop < order.length), order.length];
  const regret = ends.map((answers) => ({ answers, ...after(answers, { order, stream, made }) }));
  const { quality, cost, fixed } = regret.at(-1)!;
  return { quality, cost, fixed, regret };
}

/**
 * Regret after so many answers, against the choice that is the best in hindsight on the same rows: a single model or
 * a mix of two, fixed beforehand, that spends as much a call as the bandit has.
 */
function after(
  answers: number,
  of: { readonly order: Int32Array; readonly stream: Stream; readonly made: Replayed },
): { quality: number; cost: number; fixed: number; total: number } {
  const rows = of.order.subarray(0, answers);
  const [qualities, costs] = [
    columnMeans(selectRows(of.stream.quality, rows)),
    columnMeans(selectRows(of.stream.cost, rows)),
  ];
  const singles = Array.from(qualities, (quality, m) => ({ quality, cost: costs[m]! }));
  const quality = mean(of.made.quality.subarray(0, answers));
  const cost = mean(of.made.cost.subarray(0, answers));
  const fixed = heightAt(hull(singles), cost);
  return { quality, cost, fixed, total: answers * (fixed - quality) };
}

function over(
  told: readonly Told[],
  n: number,
): Pick<BanditsResult['bandits'][number], 'quality' | 'cost' | 'greatestCost' | 'fixed' | 'regret'> {
  return {
    quality: meanOf(
      told.map(({ quality }) => quality),
      n,
    ),
    cost: meanOf(
      told.map(({ cost }) => cost),
      n,
    ),
    greatestCost: Math.max(...told.map(({ cost }) => cost)),
    fixed: meanOf(
      told.map(({ fixed }) => fixed),
      n,
    ),
    regret: told[0]!.regret.map(({ answers }, stop) => ({
      answers,
      total: meanOf(
        told.map(({ regret }) => regret[stop]!.total),
        answers,
      ),
    })),
  };
}

/** Mean over orders with its t interval. */
function meanOf(values: readonly number[], n: number): Estimate {
  const value = mean(values);
  if (values.length < 2) return { value, low: value, high: value, n };
  const variance = values.reduce((sum, x) => sum + (x - value) ** 2, 0) / (values.length - 1);
  const reach = studentTQuantile(0.975, values.length - 1) * Math.sqrt(variance / values.length);
  return { value, low: value - reach, high: value + reach, n };
}
