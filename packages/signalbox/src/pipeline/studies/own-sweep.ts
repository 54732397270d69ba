import { expectedOf, shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import type { SweepsResult } from '../../core/results-sweeps.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import {
  curveStatistic,
  fromPoints,
  type Observed,
  pointsOf,
  type Sweep,
  singlesSweep,
  sweep,
} from '../../metrics/curve.ts';
import { asEstimate, interval } from '../../metrics/interval.ts';
import { sampleStatistic } from '../../metrics/statistic.ts';
import { findPolicy, findRouter } from '../config.ts';
import { crossFit, encodedParts, type RouterChoice, turn, visible } from '../cross-fit.ts';
import { designOf } from '../design.ts';
import { comparedQuality, observedCost } from '../forecast.ts';
import type { Plan } from '../protocol.ts';

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

/** Routers swept by their own parameters, each row by the fit that had not seen it. None where a cost is missing. */
export async function ownSweeps(
  { plan, encoder, draws }: { readonly plan: Plan; readonly encoder: Encoder; readonly draws?: number },
  context: Context,
): Promise<SweepsResult | undefined> {
  const cost = plan.table.cost && observedCost(plan.table, plan.compared);
  if (cost === undefined) return undefined;
  const observed = { quality: comparedQuality(plan), cost };
  const design = designOf(plan, { draws, seed: context.seed });
  const singles = singlesSweep(observed);
  const out: SweepsResult = [];
  for (const [done, { router, parameter, values }] of swept.entries()) {
    context.progress('routers swept by their own parameters', done, swept.length);
    const choice = await findRouter(router);
    const args = { plan, encoder, choice, observed };
    const found = values
      ? await byParameter({ ...args, parameter, values }, context)
      : await byUtility(args, context);
    // The cost at a share of the best single model's quality is not asked for.
    const none = { quality: new Float64Array(design.rows), cost: new Float64Array(design.rows) };
    const [aiq, aiqLift] = sampleStatistic(design, (weights) =>
      curveStatistic(found, singles, none)(weights).slice(0, 2),
    ).map((sampled, i) => asEstimate(interval(sampled, design), i === 1 ? -1 : 0));
    out.push({ router, parameter, aiq: aiq!, aiqLift: aiqLift!, curve: pointsOf(found) });
  }
  context.progress('routers swept by their own parameters', swept.length, swept.length);
  return out;
}

interface Args {
  readonly plan: Plan;
  readonly encoder: Encoder;
  readonly choice: RouterChoice;
  readonly observed: Observed;
}

async function byUtility({ plan, encoder, choice, observed }: Args, context: Context): Promise<Sweep> {
  const [fitted] = await crossFit(plan, { choices: [choice], encoder, tune: false }, context);
  return sweep(fitted!.forecasts, (await findPolicy('utility')).policy, observed);
}

/** At each value the model of the greatest prediction answers. */
async function byParameter(
  {
    plan,
    encoder,
    choice: { router, params },
    observed,
    parameter,
    values,
  }: Args & { readonly parameter: string; readonly values: readonly number[] },
  context: Context,
): Promise<Sweep> {
  const qualities = values.map(() => matrix(observed.quality.rows, observed.quality.cols));
  for await (const { train, test, place } of encodedParts(plan, encoder, context)) {
    await turn(context);
    const state = await router.fit(train, params, context);
    for (const [v, value] of values.entries()) {
      const at = { ...params, [parameter]: value };
      const { quality } = await router.predict(visible(test, router), state, at, context);
      put(quality, place, qualities[v]!);
    }
  }
  return fromPoints(values, (v) => {
    const share = shares(qualities[v]!);
    return { quality: expectedOf(share, observed.quality), cost: expectedOf(share, observed.cost) };
  });
}

function put(from: Matrix, place: Int32Array, to: Matrix): void {
  place.forEach((row, i) => {
    if (row !== -1) to.data.set(from.data.subarray(i * from.cols, (i + 1) * from.cols), row * from.cols);
  });
}
