import { shares } from '../../packages/signalbox/src/core/choice.ts';
import { at, column } from '../../packages/signalbox/src/math/matrix.ts';
import { argmax } from '../../packages/signalbox/src/math/order.ts';
import {
  findRouter,
  policyValue,
  type TrustParams,
  trustWorld,
  trustWorlds,
} from '../../packages/signalbox/src/pipeline/config.ts';
import { makeContext } from '../../packages/signalbox/src/pipeline/context.ts';
import { crossFit } from '../../packages/signalbox/src/pipeline/cross-fit.ts';
import { designOf } from '../../packages/signalbox/src/pipeline/design.ts';
import {
  estimateOf,
  liftOf,
  qualityUnder,
  sampledOf,
} from '../../packages/signalbox/src/pipeline/evidence/values.ts';
import { comparedQuality } from '../../packages/signalbox/src/pipeline/forecast.ts';
import { plan } from '../../packages/signalbox/src/pipeline/protocol.ts';
import { freshRows } from './plan.ts';
import { type Covered, given } from './trial.ts';

/** A mean, and the lift of a router over best single, on the test part of one table with a split. */
export interface PlainTrial {
  readonly seed: number;
  readonly mean: Covered;
  readonly lift: Covered;
}

const world: TrustParams = {
  ...trustWorlds.instance,
  name: 'split',
  queries: 900,
  testShare: 0.4,
};

/** Trials of plain intervals: one table with a given split, a linear router, its lift on the test part. */
export async function plainTrials(
  seeds: readonly number[],
  onTrial: (trial: PlainTrial) => void,
): Promise<void> {
  const made = trustWorld(world);
  const fresh = made.fresh(freshRows);
  const queries = fresh.examples.map(({ id, messages, group }) => ({
    id,
    messages,
    ...(group !== undefined && { group }),
  }));
  const choices = await Promise.all(['best-single', 'ridge'].map((name) => findRouter(name)));
  for (const seed of seeds) {
    const drawn = made.draw(seed);
    const planned = plan(drawn.table, { seed });
    const design = designOf(planned, { draws: 1000, seed });
    const [best, ridge] = await crossFit(
      planned,
      { choices, encoder: given(drawn, fresh), tune: false, fresh: queries },
      makeContext({ seed }),
    );
    const single = argmax(best!.forecasts.quality.data.subarray(0, planned.table.models.length));
    const [a, b, first] = sampledOf(
      [
        qualityUnder(shares(ridge!.forecasts.quality), planned),
        qualityUnder(shares(best!.forecasts.quality), planned),
        column(comparedQuality(planned), 0),
      ],
      { plan: planned, design },
    );
    const share = shares(ridge!.fresh[0]!.quality);
    let value = 0;
    for (let i = 0; i < share.rows; i++)
      for (let m = 0; m < share.cols; m++) value += (at(share, i, m) * at(fresh.foreseen, i, m)) / share.rows;
    const mean = estimateOf(first!, design);
    const lift = liftOf(a!, b!, design);
    onTrial({
      seed,
      mean: { low: mean.low, high: mean.high, truth: policyValue(fresh.foreseen, () => 0) },
      lift: {
        low: lift.low,
        high: lift.high,
        truth: value - policyValue(fresh.foreseen, () => single),
      },
    });
  }
}
