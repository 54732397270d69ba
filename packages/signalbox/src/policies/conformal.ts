import { z } from 'zod';
import { SignalboxError } from '../core/errors.ts';
import type { Forecasts, Policy, PolicyTraining } from '../core/policy.ts';
import { clopperPearsonUpper } from '../math/distributions.ts';
import { at } from '../math/matrix.ts';
import { last, masked } from './masked.ts';
import { between, gainOfStrong, type Pair, pairOf } from './pair.ts';

const params = z.strictObject({
  /** The share of violations that is allowed among the queries that go to the weak model. */
  alpha: z.number().min(0).max(1).default(0.1),
  /** The chance, over the rows that it is calibrated on, with which that share may be exceeded all the same. */
  delta: z.number().positive().max(0.5).default(0.05),
  /**
   * `lost`: the weak model is wrong where the strong one is right; the gate goes by the strong model's predicted gain.
   * `wrong`: the weak model is wrong; the gate goes by its predicted quality, the highest first.
   */
  violation: z.enum(['lost', 'wrong']).default('lost'),
});
export type ConformalParams = z.infer<typeof params>;

/** Strictest first: the risk below which a query goes to the weak model, how many did, and how many were violations. */
type State = {
  readonly thresholds: Float64Array;
  readonly routed: Int32Array;
  readonly violations: Int32Array;
};

/** Thresholds of the sequence, at equal shares of the calibration rows. */
const steps = 20;
/** The strictest lets through a tenth of the rows and no fewer than may pass at alpha .05 and delta .05 with no violation. */
const fewest = { share: 0.1, rows: 59 };
/** An answer is right where its quality is above this. */
const right = 0.5;

/**
 * A gate around any router: the weak model only while a bound on the share of violations *among the queries that go
 * to it* stays within alpha (Uddin and Bauer, Conformal LLM Routing with Distribution-Free Safety Guarantees,
 * ACL-SRW 2026). Thresholds on the predicted risk are tested strictest first, each by Clopper and
 * Pearson's upper bound at level 1 - delta on held-out rows; the last before the first failure is kept, and where
 * the strictest fails everything goes to the strong model.
 *
 * Departures. The gate is whatever router forecasts, not a logistic regression of safety. The sequence is that of
 * Learn-then-Test (2110.01052), which needs no correction for testing many thresholds. Thresholds stand at every
 * twentieth of the calibration rows in the order of predicted risk, from a tenth on: how many they let through is
 * fixed beforehand, where they lie is not, so that the level is exact where violations do not grow rarer as the
 * gate opens, and else nearly so (tests of made worlds say how nearly). RACER (2603.06616) has sets of models and
 * abstention; here there are two models, and the strong one is the abstention. An answer is right above one half.
 * The forecasts that it is calibrated on are those of a fit on four fifths of the training rows.
 */
export const conformal: Policy<ConformalParams, State> = {
  name: 'conformal',
  summary: 'the weak model only while its violations, among what goes to it, are certified to be few',
  params: params as z.ZodType<ConformalParams>,
  fit: (train, { violation }) => {
    const rows = calibration(train, violation);
    const n = rows.length;
    const first = Math.max(Math.ceil(fewest.share * n), fewest.rows);
    const found: { threshold: number; routed: number; violations: number }[] = [];
    for (let step = 1; step <= steps; step++) {
      const threshold = rows[Math.floor((step * n) / steps)]?.risk ?? Number.POSITIVE_INFINITY;
      const below = rows.filter(({ risk }) => risk < threshold);
      const known = found.at(-1)?.routed ?? 0;
      if (below.length <= known || below.length < Math.min(first, n)) continue;
      found.push({
        threshold,
        routed: below.length,
        violations: below.reduce((sum, { violated }) => sum + violated, 0),
      });
    }
    return {
      thresholds: Float64Array.from(found, (one) => one.threshold),
      routed: Int32Array.from(found, (one) => one.routed),
      violations: Int32Array.from(found, (one) => one.violations),
    };
  },
  utility: (forecasts, params, state) => {
    if (state === undefined)
      throw new SignalboxError(
        'usage',
        'The policy "conformal" learns from training rows and was given nothing that it learned; train it with `signalbox train --policy conformal`, or compare it with `signalbox evaluate`.',
      );
    const pair = pairOf(forecasts, 'conformal');
    const { quality } = forecasts;
    const threshold = certified(state, params);
    const out = between(
      forecasts,
      pair,
      (i) =>
        masked(at(quality, i, pair.weak)) ||
        (!masked(at(quality, i, pair.strong)) && riskOf({ forecasts, pair, ...params }, i) >= threshold),
    );
    for (let cell = 0; cell < out.data.length; cell++) if (masked(quality.data[cell]!)) out.data[cell] = last;
    return out;
  },
  // Closer at small shares, where one more violation in a hundred matters most.
  sweep: (_, params) => Array.from({ length: 101 }, (_, i) => ({ ...params, alpha: (i / 100) ** 2 })),
  parameter: ({ alpha }) => alpha,
};

/** The last threshold before the first that fails; below every risk where the strictest does. */
function certified({ thresholds, routed, violations }: State, { alpha, delta }: ConformalParams): number {
  let kept = Number.NEGATIVE_INFINITY;
  for (const [t, threshold] of thresholds.entries()) {
    if (clopperPearsonUpper(violations[t]!, routed[t]!, delta) > alpha) break;
    kept = threshold;
  }
  return kept;
}

interface Row {
  readonly risk: number;
  readonly violated: number;
}

/** Rows on which the gate has a say and what came of them is known, by predicted risk. */
function calibration({ forecasts, quality }: PolicyTraining, violation: ConformalParams['violation']): Row[] {
  const pair = pairOf(forecasts, 'conformal');
  const rows: Row[] = [];
  for (let i = 0; i < quality.rows; i++) {
    if (!free(forecasts, pair, i)) continue;
    const [weak, strong] = [at(quality, i, pair.weak), at(quality, i, pair.strong)];
    if (Number.isNaN(weak) || (violation === 'lost' && Number.isNaN(strong))) continue;
    const violated = weak <= right && (violation === 'wrong' || strong > right) ? 1 : 0;
    rows.push({ risk: riskOf({ forecasts, pair, violation }, i), violated });
  }
  return rows.sort((a, b) => a.risk - b.risk);
}

/** What grows with the chance of a violation. */
function riskOf(
  {
    forecasts,
    pair,
    violation,
  }: {
    readonly forecasts: Forecasts;
    readonly pair: Pair;
    readonly violation: ConformalParams['violation'];
  },
  i: number,
): number {
  return violation === 'lost' ? gainOfStrong(forecasts, pair, i) : -at(forecasts.quality, i, pair.weak);
}

function free({ quality }: Forecasts, { weak, strong }: Pair, i: number): boolean {
  return !masked(at(quality, i, weak)) && !masked(at(quality, i, strong));
}
