import type { Context } from '../../core/context.ts';
import type { Dataset } from '../../core/dataset.ts';
import type { Encoder } from '../../core/encoder.ts';
import { asQuery, keyOf } from '../../core/query.ts';
import type { Flag } from '../../core/results.ts';
import type { ShiftResult } from '../../core/results-evidence.ts';
import { atLiveMix, compareMix } from '../../feasibility/group-mix.ts';
import { compareFeatures, weightedMean } from '../../feasibility/shift.ts';
import type { Design } from '../../metrics/design.ts';
import { minus } from '../../metrics/interval.ts';
import { averages } from '../../metrics/means.ts';
import type { Plan } from '../protocol.ts';
import type { Picked } from './candidates.ts';
import { qualityUnder, sideBySide } from './values.ts';

type Live = NonNullable<ShiftResult['live']>;

/** Distinguishable beyond this, the table does not stand for the traffic. */
const alike = 0.6;

/**
 * The table against a log of live traffic: can a classifier tell the queries apart, is the mix of groups the same,
 * and what is the lift at the live mix (post-stratified where both name groups, else weighted by the classifier's
 * odds; refused where too few rows speak for live traffic). The live rows need no outcomes (FEASIBILITY, C11).
 */
export async function liveShift(
  args: {
    readonly plan: Plan;
    readonly design: Design;
    readonly live: Dataset;
    readonly encoder: Encoder;
    readonly picked: Picked | undefined;
    readonly best: Float64Array;
  },
  context: Context,
): Promise<{ live: Live; flags: Flag[] }> {
  const { plan, design, live, encoder, picked, best } = args;
  const own = Array.from(plan.compared, (row) => plan.table.examples[row]!);
  const state = await encoder.fit(own.map(asQuery), context);
  const encode = async (examples: Dataset['examples']): ReturnType<Encoder['encode']> =>
    encoder.encode(examples.map(asQuery), state, context);
  const [table, other] = [await encode(own), await encode(live.examples)];
  const compared =
    table.cols === 0
      ? undefined
      : compareFeatures({
          table,
          live: other,
          clusters: numbered(own, live.examples),
          seed: context.seed,
          signal: context.signal,
        });
  const counts = countsOf(live.examples);
  const named = Object.keys(counts).length > 0;
  const ours = picked && qualityUnder(picked.share, plan);
  const lift = ours && liftThere({ ours, best, design, counts, named, compared });
  return {
    live: {
      rows: live.examples.length,
      auc: compared?.auc ?? null,
      groupMix: named ? compareMix(countsOf(own), counts) : null,
      lift: lift ?? null,
      effectiveSampleSize: compared?.effectiveSampleSize ?? 0,
      refused: compared?.refused ?? true,
    },
    flags: flagsOf(compared),
  };
}

function liftThere(args: {
  readonly ours: Float64Array;
  readonly best: Float64Array;
  readonly design: Design;
  readonly counts: Readonly<Record<string, number>>;
  readonly named: boolean;
  readonly compared: ReturnType<typeof compareFeatures> | undefined;
}): Live['lift'] {
  const { ours, best, design, counts, named, compared } = args;
  if (named) {
    const [a, b] = averages(design, sideBySide([ours, best]));
    const groups = Object.fromEntries(
      design.groupNames.map((name, g) => [name, minus(a!.groups[g]!, b!.groups[g]!)]),
    );
    return atLiveMix(groups, counts, design).value;
  }
  if (compared === undefined || compared.refused) return null;
  return weightedMean(
    ours.map((y, i) => y - best[i]!),
    compared.weights,
  );
}

function flagsOf(compared: ReturnType<typeof compareFeatures> | undefined): Flag[] {
  if (compared === undefined || compared.auc.low < alike) return [];
  const { value, low, high } = compared.auc;
  return [
    {
      code: 'shift',
      models: [],
      groups: [],
      message: `Live queries are told from the table's by a simple classifier (AUC ${value.toFixed(2)}, ${low.toFixed(2)} to ${high.toFixed(2)}; .5 would be alike): what holds on the table need not hold there.`,
    },
  ];
}

function countsOf(examples: Dataset['examples']): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { group } of examples) if (group !== undefined) counts[group] = (counts[group] ?? 0) + 1;
  return counts;
}

/** Rows of one text share a number, across both. */
function numbered(
  own: Dataset['examples'],
  live: Dataset['examples'],
): { table: Int32Array; live: Int32Array } {
  const numbers = new Map<string, number>();
  const numberOf = (key: string): number => {
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  };
  return {
    table: Int32Array.from(own, (example) => numberOf(keyOf(example))),
    live: Int32Array.from(live, (example) => numberOf(keyOf(example))),
  };
}
