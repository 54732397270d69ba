import { shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import { at } from '../../math/matrix.ts';
import { rng, shuffle } from '../../math/rng.ts';
import { fitOnSome } from '../cross-fit.ts';
import { eachOpenPart, type Fold, type OpenPart, openPart, placeOf } from '../encoded-part.ts';
import type { CrossFitted, RouterChoice } from '../fitted.ts';
import { comparedQuality } from '../forecast.ts';
import { keptOrLater } from '../kept-fits.ts';
import type { Plan } from '../protocol.ts';
import { collect, turn } from '../turn.ts';
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
  /** Quality of a part's test rows, one after the other: of each repeat, size and choice in turn; -1 rows are not compared. */
  const learn = async (fold: Fold, part: number): Promise<Float64Array> => {
    const values = new Float64Array(repeats * fitted.length * choices.length * fold.place.length);
    let from = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = Int32Array.from(fold.trainRows.keys());
      shuffle(order, rng(`learning/${context.seed}/${repeat}/${part}`));
      for (const rows of fitted) {
        context.progress('learning curve', done++, total);
        await turn(context);
        collect();
        for (const choice of choices) {
          const some = order.slice(0, rows).sort();
          const { forecasts, place } = await fitOnSome(choice, { fold, plan }, some, quiet);
          const share = shares(forecasts.quality);
          place.forEach((to, i) => {
            if (to === -1) return;
            let value = 0;
            for (let m = 0; m < share.cols; m++) value += at(share, i, m) * at(quality, to, m);
            values[from + i] = value;
          });
          from += place.length;
        }
      }
    }
    return values;
  };
  const put = (values: Float64Array, place: Int32Array): void => {
    let from = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const rows of fitted) {
        for (const { name } of choices) {
          const point = points.find((one) => one.rows === rows && one.system === name)!;
          place.forEach((to, i) => {
            if (to !== -1) point.repeats[repeat]![to] = values[from + i]!;
          });
          from += place.length;
        }
      }
    }
  };
  // Of a router of the user's own nothing is kept, nor of a curve beside it.
  const first = choices.find(({ module }) => module !== undefined) ?? choices[0]!;
  const others = choices.filter((choice) => choice !== first);
  const later: (() => Promise<void>)[] = [];
  const onPart = async ({ number }: OpenPart): Promise<void> => {
    const part = plan.parts[number]!;
    const fold = (): Promise<Fold> => openPart(plan, number, { encoder }, quiet).fold();
    const place = placeOf(plan, part);
    const found = await keptOrLater(
      { choice: first, encoder, plan, part },
      {
        more: ['learning curve', others.map(({ name, params }) => [name, params]), repeats, fitted, number],
        make: async () => learn(await fold(), number),
      },
      context,
    );
    if (typeof found === 'function') later.push(async () => put(await found(), place));
    else put(found, place);
  };
  await eachOpenPart({ plan, encoder }, onPart, quiet);
  for (const piece of later) await piece();
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
