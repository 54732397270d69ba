import { z } from 'zod';
import type { Policy } from '../core/policy.ts';
import { quantile } from '../math/order.ts';
import { between, gainOfStrong, pairOf } from './pair.ts';

const params = z.strictObject({
  /** The predicted gain of the strong model, in [-1, 1], from which on it is called. */
  threshold: z.number().min(-1).max(1).default(0),
});
export type ThresholdParams = z.infer<typeof params>;

/** Weak or strong: the strong model where its predicted gain reaches the threshold, else the weak one (RouteLLM, 2406.18665). Other models follow as fallbacks. */
export const threshold: Policy<ThresholdParams> = {
  name: 'threshold',
  summary: 'the strong model where its predicted gain reaches the threshold, else the weak one',
  params: params as z.ZodType<ThresholdParams>,
  utility: (forecasts, params) => {
    const pair = pairOf(forecasts, 'threshold');
    return between(forecasts, pair, (i) => gainOfStrong(forecasts, pair, i) >= params.threshold);
  },
  sweep: (forecasts) => {
    const pair = pairOf(forecasts, 'threshold');
    const gains = Float64Array.from({ length: forecasts.quality.rows }, (_, i) =>
      gainOfStrong(forecasts, pair, i),
    ).sort();
    return [
      ...new Set(Array.from({ length: 101 }, (_, p) => clamp(quantile(gains, p / 100))).concat([-1, 1])),
    ]
      .sort((a, b) => a - b)
      .map((threshold) => ({ threshold }));
  },
  parameter: (params) => params.threshold,
};

const clamp = (x: number): number => Math.min(1, Math.max(-1, Number.isNaN(x) ? 0 : x));
