import { shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import type { ShiftResult } from '../../core/results-evidence.ts';
import type { Design } from '../../metrics/design.ts';
import { crossFit } from '../cross-fit.ts';
import { designOf } from '../design.ts';
import type { RouterChoice } from '../fitted.ts';
import type { Plan } from '../protocol.ts';
import { liftOf, qualityUnder, sampledOf } from './values.ts';

/** The later part of the rows on which an earlier fit is tested. */
const laterShare = 0.2;

/**
 * Trained on the earlier rows, tested on the latest fifth: what a router meets that is trained today. Null where
 * not every compared row has a time, or all have the same.
 */
export async function timeSplit(
  args: {
    readonly plan: Plan;
    readonly choice: RouterChoice;
    readonly bestSingle: RouterChoice;
    readonly encoder: Encoder;
    readonly draws: number;
  },
  context: Context,
): Promise<ShiftResult['timeSplit']> {
  const { plan, choice, bestSingle, encoder, draws } = args;
  const times = Array.from(plan.compared, (row) => Date.parse(plan.table.examples[row]!.time ?? ''));
  if (times.some(Number.isNaN) || new Set(times).size < 2) return null;
  const order = [...plan.compared.keys()].sort((a, b) => times[a]! - times[b]!);
  // No moment is divided between the two parts.
  const first = times[order[Math.floor((1 - laterShare) * order.length)]!]!;
  const train = plan.compared.filter((_, i) => times[i]! < first);
  const test = plan.compared.filter((_, i) => times[i]! >= first);
  if (train.length < 2 || test.length < 2) return null;
  const { folds: _, ...rest } = plan;
  const split: Plan = { ...rest, parts: [{ train, test }], compared: test };
  const fitted = await crossFit(
    split,
    { choices: [bestSingle, choice], encoder, tune: false, costs: false },
    { ...context, progress: () => {} },
  );
  const design: Design = designOf(split, { draws, seed: context.seed });
  const [best, ours] = sampledOf(
    fitted.map(({ forecasts }) => qualityUnder(shares(forecasts.quality), split)),
    { plan: split, design },
  );
  return { system: choice.name, lift: liftOf(ours!, best!, design) };
}
