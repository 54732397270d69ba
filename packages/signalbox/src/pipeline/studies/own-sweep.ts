import { expectedOf, shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import type { Forecasts } from '../../core/policy.ts';
import type { SweepsResult } from '../../core/results-sweeps.ts';
import { type Matrix, matrix, selectRows } from '../../math/matrix.ts';
import { mean } from '../../math/order.ts';
import {
  curveReference,
  curveStatistic,
  fromPoints,
  pointsOf,
  type Sweep,
  singlesSweep,
  sweep,
} from '../../metrics/curve.ts';
import { asEstimate, interval } from '../../metrics/interval.ts';
import { sampleStatistic } from '../../metrics/statistic.ts';
import { findPolicy, findRouter } from '../config.ts';
import { crossFit } from '../cross-fit.ts';
import { designOf } from '../design.ts';
import { eachPart, type Fold, visible } from '../encoded-part.ts';
import type { RouterChoice } from '../fitted.ts';
import { comparedQuality, observedCost, observedLatency } from '../forecast.ts';
import type { Plan } from '../protocol.ts';
import { turn } from '../turn.ts';

interface Sweepable {
  readonly router: string;
  readonly parameter: string;
  /** Values of a parameter that only `predict` reads, so that one fit serves all; none: the policy utility's price of cost is the paper's own. */
  readonly values?: readonly number[];
}

/** From quality alone to cost alone; closer at first, where costs differ a hundredfold. */
const alphas = [1, 0.99, 0.98, 0.96, ...Array.from({ length: 20 }, (_, i) => Math.round(95 - 5 * i) / 100)];

const swept: readonly Sweepable[] = [
  { router: 'avengers-pro', parameter: 'alpha', values: alphas },
  { router: 'avengers-pro:rank', parameter: 'alpha', values: alphas },
  { router: 'soft-label:probability', parameter: 'lambda' },
  { router: 'soft-label:knn,probability', parameter: 'lambda' },
  { router: 'uniroute', parameter: 'lambda' },
];

/** Swept by a price of time as well, where it is recorded: the paper's utility has one of each. */
const timed = ['soft-label:probability', 'soft-label:knn,probability'];

/**
 * Routers swept by their own parameters, each row by the fit that had not seen it. None where neither costs nor
 * latencies are known of all calls.
 */
export async function ownSweeps(
  { plan, encoder, draws }: { readonly plan: Plan; readonly encoder: Encoder; readonly draws?: number },
  context: Context,
): Promise<SweepsResult | undefined> {
  const recorded = recordedPrices(plan);
  if (recorded.cost === undefined && recorded.latency === undefined) return undefined;
  const quality = comparedQuality(plan);
  const design = designOf(plan, { draws, seed: context.seed });
  const jobs = await jobsOf({ plan, encoder, recorded, quality }, context);
  const stage = 'routers swept by their own parameters';
  const out: SweepsResult = [];
  for (const [done, { router, parameter, price, observed, run }] of jobs.entries()) {
    context.progress(stage, done, jobs.length);
    const valued = await run();
    const found = valued(observed);
    const singles = singlesSweep({ quality, cost: observed });
    // The cost at a share of the best single model's quality is not asked for.
    const none = { quality: new Float64Array(design.rows), cost: new Float64Array(design.rows) };
    const figures = curveStatistic(found, curveReference(singles, none));
    const [aiq, aiqLift] = sampleStatistic(design, (...sample) => figures(...sample).slice(0, 2)).map(
      (sampled, i) => asEstimate(interval(sampled, design), i === 1 ? -1 : 0),
    );
    const [dollars, milliseconds] = [recorded.cost, recorded.latency].map(
      (matrix) => matrix && pointsOf(valued(matrix)),
    );
    const curve = pointsOf(found).map(({ quality, parameter }, j) => ({
      cost: dollars ? dollars[j]!.cost : null,
      ...(milliseconds && { latencyMs: milliseconds[j]!.cost }),
      quality,
      parameter,
    }));
    out.push({ router, parameter, price, aiq: aiq!, aiqLift: aiqLift!, curve });
  }
  context.progress(stage, jobs.length, jobs.length);
  return out;
}

interface Recorded {
  readonly cost: Matrix | undefined;
  readonly latency: Matrix | undefined;
}

/** Of the compared rows. */
function recordedPrices({ table, compared }: Plan): Recorded {
  return {
    cost: table.cost && observedCost(table, compared),
    latency: observedLatency(table, compared),
  };
}

/** A sweep, valued by one matrix of prices or another: the choices are the same. */
type Valued = (prices: Matrix) => Sweep;

interface Job {
  readonly router: string;
  readonly parameter: string;
  readonly price: SweepsResult[number]['price'];
  /** Along which AIQ is measured. */
  readonly observed: Matrix;
  run(): Promise<Valued>;
}

async function jobsOf(
  args: {
    readonly plan: Plan;
    readonly encoder: Encoder;
    readonly recorded: Recorded;
    readonly quality: Matrix;
  },
  context: Context,
): Promise<Job[]> {
  const { plan, encoder, recorded, quality } = args;
  const { cost, latency } = recorded;
  const byCost = (observed: Matrix): Job[] =>
    swept.map(({ router, parameter, values }) => ({
      router,
      parameter,
      price: 'cost',
      observed,
      run: async () => {
        const choice = await findRouter(router);
        const shared = { plan, encoder, choice, quality };
        return values
          ? byParameter({ ...shared, parameter, values }, context)
          : byUtility(await forecastsOf(shared, context), quality);
      },
    }));
  const jobs = cost ? byCost(cost) : [];
  if (latency === undefined) return jobs;
  const time = await latencyForecast({ plan, encoder }, context);
  for (const router of timed) {
    const choice = await findRouter(router);
    const forecasts = async (): Promise<Forecasts> => forecastsOf({ plan, encoder, choice }, context);
    jobs.push({
      router,
      parameter: 'beta',
      price: 'latency',
      observed: latency,
      run: async () => byUtility({ ...(await forecasts()), cost: time }, quality),
    });
    if (cost === undefined) continue;
    const [perDollar, perMillisecond] = [
      1 / usual(plan, plan.table.cost!),
      1 / usual(plan, plan.table.latencyMs!),
    ];
    const both = (dollars: Matrix, milliseconds: Matrix): Matrix => {
      const out = matrix(dollars.rows, dollars.cols);
      for (let c = 0; c < out.data.length; c++)
        out.data[c] = (dollars.data[c]! * perDollar + milliseconds.data[c]! * perMillisecond) / 2;
      return out;
    };
    jobs.push({
      router,
      parameter: 'alpha and beta',
      price: 'both',
      observed: both(cost, latency),
      run: async () => {
        const own = await forecasts();
        return byUtility({ ...own, cost: both(own.cost!, time) }, quality);
      },
    });
  }
  return jobs;
}

/** Mean over the calls of training rows, in which cost and time become comparable. */
function usual({ parts }: Plan, prices: Matrix): number {
  const rows = [...new Set(parts.flatMap(({ train }) => [...train]))];
  const value = mean(selectRows(prices, rows).data);
  return value > 0 ? value : 1;
}

/** Of each compared call, in milliseconds, by the model that forecasts cost. */
async function latencyForecast(
  { plan, encoder }: { readonly plan: Plan; readonly encoder: Encoder },
  context: Context,
): Promise<Matrix> {
  const table = { ...plan.table, cost: plan.table.latencyMs! };
  const choice = await findRouter('best-single');
  return (await forecastsOf({ plan: { ...plan, table }, encoder, choice }, context)).cost!;
}

async function forecastsOf(
  { plan, encoder, choice }: Pick<Args, 'plan' | 'encoder' | 'choice'>,
  context: Context,
): Promise<Forecasts> {
  const [fitted] = await crossFit(plan, { choices: [choice], encoder, tune: false }, context);
  return fitted!.forecasts;
}

async function byUtility(forecasts: Forecasts, quality: Matrix): Promise<Valued> {
  const { policy } = await findPolicy('utility');
  return (cost) => sweep(forecasts, policy, { quality, cost });
}

interface Args {
  readonly plan: Plan;
  readonly encoder: Encoder;
  readonly choice: RouterChoice;
  /** Observed, of the compared rows. */
  readonly quality: Matrix;
}

/** At each value the model of the greatest prediction answers. */
async function byParameter(
  {
    plan,
    encoder,
    choice: { router, params },
    quality: observed,
    parameter,
    values,
  }: Args & { readonly parameter: string; readonly values: readonly number[] },
  context: Context,
): Promise<Valued> {
  const qualities = values.map(() => matrix(observed.rows, observed.cols));
  const onPart = async ({ train, test, place }: Fold): Promise<void> => {
    await turn(context);
    const state = await router.fit(train, params, context);
    for (const [v, value] of values.entries()) {
      const at = { ...params, [parameter]: value };
      const { quality } = await router.predict(visible(test, router), state, at, context);
      put(quality, place, qualities[v]!);
    }
  };
  await eachPart({ plan, encoder }, onPart, context);
  return (cost) =>
    fromPoints(values, (v) => {
      const share = shares(qualities[v]!);
      return { quality: expectedOf(share, observed), cost: expectedOf(share, cost) };
    });
}

function put(from: Matrix, place: Int32Array, to: Matrix): void {
  place.forEach((row, i) => {
    if (row !== -1) to.data.set(from.data.subarray(i * from.cols, (i + 1) * from.cols), row * from.cols);
  });
}
