import { z } from 'zod';
import { SignalboxError } from '../core/errors.ts';
import type { Forecasts, Policy } from '../core/policy.ts';
import { at, matrix } from '../math/matrix.ts';
import { quantile } from '../math/order.ts';

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
    const { quality } = forecasts;
    const [weak, strong] = pair(forecasts);
    const out = matrix(quality.rows, quality.cols);
    for (let i = 0; i < quality.rows; i++) {
      const gain = at(quality, i, strong) - at(quality, i, weak);
      // Other models keep the order of their predicted quality, all below the two.
      for (let m = 0; m < quality.cols; m++) out.data[i * quality.cols + m] = at(quality, i, m) - 10;
      out.data[i * quality.cols + weak] = 0;
      out.data[i * quality.cols + strong] = gain >= params.threshold ? 1 : -1;
    }
    return out;
  },
  sweep: (forecasts) => {
    const [weak, strong] = pair(forecasts);
    const gains = Float64Array.from({ length: forecasts.quality.rows }, (_, i) => {
      return at(forecasts.quality, i, strong) - at(forecasts.quality, i, weak);
    }).sort();
    return [
      ...new Set(Array.from({ length: 101 }, (_, p) => clamp(quantile(gains, p / 100))).concat([-1, 1])),
    ]
      .sort((a, b) => a - b)
      .map((threshold) => ({ threshold }));
  },
  parameter: (params) => params.threshold,
};

const clamp = (x: number): number => Math.min(1, Math.max(-1, Number.isNaN(x) ? 0 : x));

function pair({ weak, strong }: Forecasts): [number, number] {
  if (weak === undefined || strong === undefined || weak === strong)
    throw new SignalboxError(
      'usage',
      'The policy "threshold" chooses between a weak and a strong model, and the table names none; give --weak MODEL and --strong MODEL, or use the policy "utility".',
    );
  return [weak, strong];
}
