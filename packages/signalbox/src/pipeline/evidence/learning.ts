import { shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import { at } from '../../math/matrix.ts';
import { rng, shuffle } from '../../math/rng.ts';
import { fitOnSome } from '../cross-fit.ts';
import { eachPart, type Fold } from '../encoded-part.ts';
import type { CrossFitted, RouterChoice } from '../fitted.ts';
import { comparedQuality } from '../forecast.ts';
import type { Plan } from '../protocol.ts';
import { turn } from '../turn.ts';
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
 * Values by argmax as labelled training rows grow. Smaller samples are parts of larger ones (of one repeat), so that
 * curves rise by what is learned and not by which rows were drawn. Test rows are the plan's own throughout.
 */
export async function learningCurve(args: LearningArgs, context: Context): Promise<LearningPoint[]> {
  const { plan, choices, encoder, repeats, sizes, whole } = args;
  const all = Math.min(...plan.parts.map(({ train }) => train.length));
  const known = choices.map(({ name }) => whole.find(({ choice }) => choice.name === name));
  const fitted = sizes.filter((size) => size < all || known.includes(undefined));
  const quality = comparedQuality(plan);
  const points = sizes.flatMap((rows) =>
    choices.map(
      ({ name }, c): LearningPoint => ({
        rows,
        system: name,
        repeats: fitted.includes(rows)
          ? Array.from({ length: repeats }, () => new Float64Array(plan.compared.length))
          : [qualityUnder(shares(known[c]!.forecasts.quality), plan)],
      }),
    ),
  );
  const quiet = { ...context, progress: () => {} };
  let done = 0;
  const total = plan.parts.length * repeats * fitted.length;
  const onPart = async (fold: Fold, part: number): Promise<void> => {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = Int32Array.from(fold.trainRows.keys());
      shuffle(order, rng(`learning/${context.seed}/${repeat}/${part}`));
      for (const rows of fitted) {
        context.progress('learning curve', done++, total);
        await turn(context);
        for (const choice of choices) {
          const some = order.slice(0, rows).sort();
          const { forecasts, place } = await fitOnSome(choice, { fold, plan }, some, quiet);
          const share = shares(forecasts.quality);
          const point = points.find((one) => one.rows === rows && one.system === choice.name)!;
          place.forEach((to, i) => {
            if (to === -1) return;
            let value = 0;
            for (let m = 0; m < share.cols; m++) value += at(share, i, m) * at(quality, to, m);
            point.repeats[repeat]![to] = value;
          });
        }
      }
    }
  };
  await eachPart({ plan, encoder }, onPart, quiet);
  context.progress('learning curve', total, total);
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
