import { shares } from '../../core/choice.ts';
import type { Context } from '../../core/context.ts';
import type { Encoder } from '../../core/encoder.ts';
import { noGroup } from '../../core/folds.ts';
import type { Estimate } from '../../core/results.ts';
import { rng, shuffle } from '../../math/rng.ts';
import type { Design } from '../../metrics/design.ts';
import { interval, minus } from '../../metrics/interval.ts';
import { averages } from '../../metrics/means.ts';
import { crossFit } from '../cross-fit.ts';
import type { RouterChoice } from '../fitted.ts';
import { comparedGroups, type Part, type Plan } from '../protocol.ts';
import { liftOf, qualityUnder, sampledOf, sideBySide } from './values.ts';

/** Lift over best single where the group of a query was in no fit: both learn without it. */
export interface LeftOut {
  readonly lift: Estimate;
  readonly groups: Readonly<Record<string, Estimate>>;
}

/** More groups are left out several at a time: in so many parts, and half as many of a large table, where a fit is long and a part has rows enough. */
const mostFits = 10;
const manyRows = 14_500;

/** Leave one group out (or one of ten parts of them, where there are more; five of a large table): the stress test of a router (FEASIBILITY, C11). */
export async function leaveGroupsOut(
  args: {
    readonly plan: Plan;
    readonly design: Design;
    readonly choices: readonly RouterChoice[];
    readonly bestSingle: RouterChoice;
    readonly encoder: Encoder;
  },
  context: Context,
): Promise<Map<string, LeftOut>> {
  const { plan, design, choices, bestSingle, encoder } = args;
  const left: Plan = { ...plan, parts: partsOf(plan, context.seed) };
  const fitted = await crossFit(
    left,
    { choices: [bestSingle, ...choices], encoder, tune: false, keep: false, costs: false },
    { ...context, progress: (_, done, total) => context.progress('leaving groups out', done, total) },
  );
  const values = fitted.map(({ forecasts }) => qualityUnder(shares(forecasts.quality), plan));
  // Not the folds of the plan: each row is tested by the one fit that left its group out.
  const { folds: _, ...rows } = design;
  const measured = averages(rows, sideBySide(values));
  const sampled = sampledOf(values, { plan, design: rows });
  return new Map(
    choices.map(({ name }, c) => [
      name,
      {
        lift: liftOf(sampled[c + 1]!, sampled[0]!, rows),
        groups: Object.fromEntries(
          design.groupNames.map((group, g) => {
            const { p: _p, ...lift } = interval(
              minus(measured[c + 1]!.groups[g]!, measured[0]!.groups[g]!),
              rows,
            );
            return [group, lift];
          }),
        ),
      },
    ]),
  );
}

function partsOf(plan: Plan, seed: number): Part[] {
  const { table, compared, folds, parts } = plan;
  const { names } = comparedGroups(table, compared);
  const order = names.slice();
  shuffle(order, rng(`groups left out/${seed}`));
  const most = compared.length < manyRows ? mostFits : mostFits / 2;
  const bins = Array.from({ length: names.length > mostFits ? most : names.length }, () => new Set<string>());
  order.forEach((name, i) => {
    bins[i % bins.length]!.add(name);
  });
  const learned = folds === undefined ? parts[0]!.train : Int32Array.from(table.examples.keys());
  const within = (row: number, bin: ReadonlySet<string>): boolean =>
    bin.has(table.examples[row]!.group ?? noGroup);
  return bins
    .map((bin) => ({
      train: learned.filter((row) => !within(row, bin)),
      test: compared.filter((row) => within(row, bin)),
    }))
    .filter(({ train, test }) => train.length >= 2 && test.length > 0);
}
