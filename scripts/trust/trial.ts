import { shares } from '../../packages/signalbox/src/core/choice.ts';
import type { Encoder } from '../../packages/signalbox/src/core/encoder.ts';
import type { Forecasts } from '../../packages/signalbox/src/core/policy.ts';
import type { Estimate } from '../../packages/signalbox/src/core/results.ts';
import { ceilings } from '../../packages/signalbox/src/feasibility/ceilings.ts';
import { at, type Matrix, selectRows } from '../../packages/signalbox/src/math/matrix.ts';
import { argmax } from '../../packages/signalbox/src/math/order.ts';
import type { Design } from '../../packages/signalbox/src/metrics/design.ts';
import {
  type FreshRows,
  findRouter,
  policyValue,
  populationTruth,
  type TrustTable,
  type TrustWorldName,
  trustWorld,
  trustWorlds,
} from '../../packages/signalbox/src/pipeline/config.ts';
import { makeContext } from '../../packages/signalbox/src/pipeline/context.ts';
import { crossFit } from '../../packages/signalbox/src/pipeline/cross-fit.ts';
import { designOf } from '../../packages/signalbox/src/pipeline/design.ts';
import { choicesAt } from '../../packages/signalbox/src/pipeline/evidence/deferral-family.ts';
import { verdictOf } from '../../packages/signalbox/src/pipeline/evidence/evidence.ts';
import { liftOf, qualityUnder, sampledOf } from '../../packages/signalbox/src/pipeline/evidence/values.ts';
import type { CrossFitted } from '../../packages/signalbox/src/pipeline/fitted.ts';
import { comparedQuality } from '../../packages/signalbox/src/pipeline/forecast.ts';
import { type Plan, plan } from '../../packages/signalbox/src/pipeline/protocol.ts';

/** An interval, and the population value that it was to cover. */
export interface Covered {
  readonly low: number;
  readonly high: number;
  readonly truth: number;
}

/** What one table of a world gave, beside what is true. */
export interface Trial {
  readonly world: TrustWorldName;
  readonly seed: number;
  readonly quality: string;
  readonly cost: string;
  /** Cross-fitted lift of a linear router over best single. */
  readonly lift: Covered;
  /** The ceiling in its band; null with one sample a cell. */
  readonly band: Covered | null;
  /** The certificate that was reported, the loss that it bounds, and the population's; null where none was. */
  readonly certified: { readonly epsilon: number; readonly loss: number } | null;
  readonly seconds: number;
}

const baselines = ['best-single', 'task-table', 'knn', 'clusters'];
/** Fresh rows that the loss of a certified policy is computed on: its neighbours are dear, its standard error below a tenth of a point. */
const certifiedOn = 4000;
/** Draws of each interval: a trial asks for coverage, not for a third digit. */
const draws = 600;

/** One verdict on a table drawn from a world, judged against the population. */
export async function trial(world: TrustWorldName, seed: number, fresh: FreshRows): Promise<Trial> {
  const started = performance.now();
  const drawn = trustWorld(trustWorlds[world]).draw(seed);
  const context = makeContext({ seed });
  const planned = plan(drawn.table, { seed });
  const design = designOf(planned, { draws, seed });
  const encoder = given(drawn, fresh);
  const choices = async (names: readonly string[]): Promise<Parameters<typeof crossFit>[1]['choices']> =>
    Promise.all(names.map((name) => findRouter(name)));
  const tested = fresh.examples.map(({ id, messages, group }) => ({
    id,
    messages,
    ...(group !== undefined && { group }),
  }));
  // In one comparison, so that what they share of a fold (its neighbours) is made once; ridge alone forecasts the fresh rows.
  const [residual, ...others] = await crossFit(
    planned,
    { choices: await choices(['residual', ...baselines]), encoder, tune: true },
    context,
  );
  const linear = await crossFit(
    planned,
    { choices: await choices(['ridge']), encoder, tune: true, fresh: tested },
    context,
  );
  const fitted = [...others, ...linear, residual!];
  const verdict = await verdictOf({ evaluated: { plan: planned, design, fitted, encoder } }, context);
  const { cost } = verdict;
  return {
    world,
    seed,
    quality: verdict.quality.answer,
    cost: cost.answer,
    lift: liftCovered({ planned, design, fitted, fresh }),
    band: bandCovered(planned, design, fresh),
    certified:
      planned.folds && cost.answer === 'yes' && cost.certified && cost.epsilon !== null
        ? {
            epsilon: cost.epsilon,
            loss: populationLoss({
              // Fitted once more, with the fresh rows to forecast: few tables have a certificate.
              residual: await crossFit(
                planned,
                {
                  choices: await choices(['residual']),
                  encoder,
                  tune: false,
                  fresh: tested.slice(0, certifiedOn),
                },
                context,
              ).then(([one]) => one!),
              bestSingle: fitted.find(({ choice }) => choice.name === 'best-single')!,
              fresh,
              planned,
              threshold: cost.certified.parameter,
              incumbent: cost.incumbent ?? '',
            }),
          }
        : null,
    seconds: (performance.now() - started) / 1000,
  };
}

/** The features that a world gives its rows and the fresh ones. */
export function given(drawn: TrustTable, fresh: FreshRows): Encoder {
  const place = new Map<string, { from: Matrix; row: number }>();
  drawn.table.examples.forEach(({ id }, row) => {
    place.set(id, { from: drawn.features, row });
  });
  fresh.examples.forEach(({ id }, row) => {
    place.set(id, { from: fresh.features, row });
  });
  return {
    name: 'features of the world',
    settings: {},
    textless: true,
    fit: async () => null,
    width: () => drawn.features.cols,
    encode: async (queries) => {
      const first = queries[0] && place.get(queries[0].id)!.from;
      if (first === undefined) return { rows: 0, cols: drawn.features.cols, data: new Float32Array(0) };
      return selectRows(
        first,
        queries.map(({ id }) => place.get(id)!.row),
      );
    },
  };
}

/** Of the policies of the folds, on rows that no table holds: what a cross-fitted value estimates. */
function populationValue(forecasts: readonly Forecasts[], fresh: FreshRows): number {
  const values = forecasts.map(({ quality }) => {
    const share = shares(quality);
    let sum = 0;
    for (let i = 0; i < share.rows; i++)
      for (let m = 0; m < share.cols; m++) sum += at(share, i, m) * at(fresh.foreseen, i, m);
    return sum / share.rows;
  });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function liftCovered(of: {
  readonly planned: Plan;
  readonly design: Design;
  readonly fitted: readonly CrossFitted[];
  readonly fresh: FreshRows;
}): Covered {
  const { planned, design, fitted, fresh } = of;
  const named = (name: string): CrossFitted => fitted.find(({ choice }) => choice.name === name)!;
  const values = [named('ridge'), named('best-single')].map(({ forecasts }) =>
    qualityUnder(shares(forecasts.quality), planned),
  );
  const [ridge, best] = sampledOf(values, { plan: planned, design });
  const { low, high }: Estimate = liftOf(ridge!, best!, design);
  const bestValues = bestOfParts(named('best-single'), planned).map((m) =>
    policyValue(fresh.foreseen, () => m),
  );
  const bestValue = bestValues.reduce((sum, value) => sum + value, 0) / bestValues.length;
  return { low, high, truth: populationValue(named('ridge').fresh, fresh) - bestValue };
}

function bandCovered(planned: Plan, design: Design, fresh: FreshRows): Covered | null {
  const { table, compared } = planned;
  const { band } = ceilings(
    {
      quality: comparedQuality(planned),
      k: selectRows(table.k, compared),
      ...(table.samples && { samples: table.samples.map((m) => selectRows(m, compared)) }),
    },
    design,
    table.primary,
  );
  return band && { ...band, truth: populationTruth(fresh).ceiling };
}

/** Mean over the folds of what the certified policy loses against the best single model of that fold. */
function populationLoss(of: {
  readonly residual: CrossFitted;
  readonly bestSingle: CrossFitted;
  readonly fresh: FreshRows;
  readonly planned: Plan;
  readonly threshold: number;
  readonly incumbent: string;
}): number {
  const { residual, bestSingle, fresh, planned, threshold, incumbent } = of;
  const best = bestOfParts(bestSingle, planned);
  const names = planned.table.models.map(({ id }) => id);
  const same = best.some((m) => names[m] === incumbent);
  const losses = residual.fresh.map((forecasts, part) => {
    const stay = same ? best[part]! : names.indexOf(incumbent);
    const chosen = choicesAt(forecasts, new Int32Array(forecasts.quality.rows).fill(stay), threshold);
    let lost = 0;
    chosen.forEach((m, i) => {
      lost += at(fresh.foreseen, i, best[part]!) - at(fresh.foreseen, i, m);
    });
    return lost / chosen.length;
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** Best single of each part: what its test rows were given. */
function bestOfParts({ forecasts }: CrossFitted, { folds, parts }: Plan): number[] {
  const { quality } = forecasts;
  return parts.map((_, part) => {
    const row = folds === undefined ? 0 : Math.max(0, folds.indexOf(part));
    return argmax(quality.data.subarray(row * quality.cols, (row + 1) * quality.cols));
  });
}
