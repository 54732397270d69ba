import { shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import { rng, shuffle } from '../../math/rng.ts';
import { type CrossFitted, crossFit, type RouterChoice } from '../cross-fit.ts';
import type { Part, Plan } from '../protocol.ts';
import { qualityUnder } from './values.ts';

/** What routers reach with part of the training rows. */
export interface LearningPoint {
  /** Training rows of one fit. */
  readonly rows: number;
  readonly system: string;
  /** Quality of each compared row in each repeat. */
  readonly repeats: readonly Float64Array[];
}

export interface LearningArgs {
  readonly plan: Plan;
  readonly choices: readonly RouterChoice[];
  readonly encoder: Encoder;
  /** Drawings of one size; in cross-validation each fold draws rows of its own. */
  readonly repeats: number;
  readonly sizes: readonly number[];
  /** The comparison's own forecasts: with all training rows nothing is fitted anew. */
  readonly whole: readonly CrossFitted[];
}

/**
 * Values by argmax as training rows grow. Smaller samples are parts of larger ones (of one repeat), so that
 * curves rise by what is learned and not by which rows were drawn. Test rows are the plan's own throughout.
 */
export async function learningCurve(args: LearningArgs, context: Context): Promise<LearningPoint[]> {
  const { plan, choices, encoder, repeats, sizes, whole } = args;
  const all = Math.min(...plan.parts.map(({ train }) => train.length));
  const known = choices.map(({ name }) => whole.find(({ choice }) => choice.name === name));
  const orders = Array.from({ length: repeats }, (_, repeat) =>
    plan.parts.map(({ train }, part) => {
      const order = train.slice();
      shuffle(order, rng(`learning/${context.seed}/${repeat}/${part}`));
      return order;
    }),
  );
  const points: LearningPoint[] = [];
  for (const [done, size] of sizes.entries()) {
    if (size >= all && known.every((one) => one !== undefined)) {
      known.forEach(({ choice, forecasts }) => {
        const values = qualityUnder(shares(forecasts.quality), plan);
        points.push({ rows: size, system: choice.name, repeats: [values] });
      });
      context.progress('learning curve', done + 1, sizes.length);
      continue;
    }
    const found = choices.map((): Float64Array[] => []);
    for (const order of orders) {
      const parts = plan.parts.map(
        ({ test }, part): Part => ({ train: order[part]!.slice(0, size).sort(), test }),
      );
      const fitted = await crossFit(
        { ...plan, parts },
        { choices, encoder, tune: false },
        { ...context, progress: () => {} },
      );
      fitted.forEach(({ forecasts }, j) => {
        found[j]!.push(qualityUnder(shares(forecasts.quality), plan));
      });
    }
    choices.forEach(({ name }, j) => {
      points.push({ rows: size, system: name, repeats: found[j]! });
    });
    context.progress('learning curve', done + 1, sizes.length);
  }
  return points;
}

/** Quality of each row, averaged over the repeats. */
export function averaged({ repeats }: LearningPoint): Float64Array {
  return repeats[0]!.map((_, i) => repeats.reduce((sum, values) => sum + values[i]!, 0) / repeats.length);
}

/** 50, 100, 200, 500, 1000, ... and all. */
export function curveSizes(plan: Plan): number[] {
  const all = Math.min(...plan.parts.map(({ train }) => train.length));
  const steps = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];
  return [...steps.filter((size) => size < 0.7 * all), all];
}
