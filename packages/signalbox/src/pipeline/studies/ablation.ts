import { expectedOf, shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import type { AblationsResult } from '../../core/results-ablations.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import { rng } from '../../math/rng.ts';
import { asEstimate, interval } from '../../metrics/interval.ts';
import { findRouter } from '../config.ts';
import { crossFit } from '../cross-fit.ts';
import { designOf } from '../design.ts';
import { estimateOf, liftOf, qualityUnder, sampledOf } from '../evidence/values.ts';
import type { CrossFitted } from '../fitted.ts';
import { observedCost } from '../forecast.ts';
import type { Plan } from '../protocol.ts';
import { turn } from '../turn.ts';

/**
 * A router beside itself without a part, fitted with several seeds on the same parts and features, and with each model
 * lost in turn at serving. Undefined where the router is not among those compared.
 */
export async function ablationsOf(
  args: {
    readonly plan: Plan;
    readonly encoder: Encoder;
    readonly fitted: readonly CrossFitted[];
    readonly router: string;
    readonly ablated: readonly string[];
    readonly seeds: number;
    readonly draws?: number;
  },
  context: Context,
): Promise<AblationsResult | undefined> {
  const { plan, encoder, fitted, router, ablated, seeds } = args;
  const bestSingle = fitted.find(({ choice }) => choice.name === 'best-single');
  if (bestSingle === undefined || !fitted.some(({ choice }) => choice.name === router)) return undefined;
  const names = [router, ...ablated];
  const choices = await Promise.all(names.map((name) => findRouter(name)));
  const bySeed: Matrix[][] = [];
  for (let seed = 0; seed < seeds; seed++) {
    context.progress(`${router} without its parts`, seed, seeds);
    await turn(context);
    const own = { ...context, seed: context.seed + seed, rng: rng(context.seed + seed), progress: () => {} };
    const found = await crossFit(plan, { choices, encoder, tune: false }, own);
    bySeed.push(found.map(({ forecasts }) => forecasts.quality));
  }
  context.progress(`${router} without its parts`, seeds, seeds);
  const design = designOf(plan, { draws: args.draws, seed: context.seed });
  const over = (of: (forecasts: readonly Matrix[]) => Float64Array): Float64Array => meanOf(bySeed.map(of));
  const value = (line: number, lost = -1): Float64Array =>
    over((forecasts) => qualityUnder(shares(without(forecasts[line]!, lost)), plan));
  const sampled = sampledOf(
    names.map((_, line) => value(line)),
    { plan, design },
  );
  const cost = observedCost(plan.table, plan.compared);
  const costs =
    cost &&
    plan.table.cost &&
    sampledOf(
      names.map((_, line) => over((forecasts) => expectedOf(shares(forecasts[line]!), cost))),
      { plan: { ...plan, table: { ...plan.table, primary: 'quality' } }, design },
    );
  return [
    {
      router,
      seeds,
      lines: names.map((system, i) => ({
        system,
        value: estimateOf(sampled[i]!, design),
        cost: costs ? asEstimate(interval(costs[i]!, design), 0) : null,
        difference: i === 0 ? null : liftOf(sampled[i]!, sampled[0]!, design),
      })),
      lost: plan.table.models.map(({ id }, m) => {
        const rest = qualityUnder(shares(without(bestSingle.forecasts.quality, m)), plan);
        const [ours, single] = sampledOf([value(0, m), rest], { plan, design });
        return {
          model: id,
          value: estimateOf(ours!, design),
          bestSingle: estimateOf(single!, design),
          lift: liftOf(ours!, single!, design),
        };
      }),
    },
  ];
}

/** Forecasts in which a model is never chosen; -1 = all stay. */
function without(forecasts: Matrix, model: number): Matrix {
  if (model === -1) return forecasts;
  const out = matrix(forecasts.rows, forecasts.cols);
  out.data.set(forecasts.data);
  for (let c = model; c < out.data.length; c += out.cols) out.data[c] = Number.NEGATIVE_INFINITY;
  return out;
}

function meanOf(values: readonly Float64Array[]): Float64Array {
  return values[0]!.map((_, i) => values.reduce((sum, list) => sum + list[i]!, 0) / values.length);
}
