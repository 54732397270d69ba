import { z } from 'zod';
import type { Policy } from '../core/policy.ts';
import { matrix } from '../math/matrix.ts';
import { last, masked } from './masked.ts';

const params = z.strictObject({
  /** Predicted quality from which on a model is held capable, where the router has no threshold of its own. */
  threshold: z.number().default(0.5),
});
export type RandomCapableParams = z.infer<typeof params>;

/**
 * Uniform over the models that the router holds capable of the query; where there is none, the highest predicted
 * quality. The tie is shared evenly, so that its value is an exact expectation. A reading of the "Random" policy
 * of 2405.00467, whose released code draws among the three highest confidences where all are at most .60, takes
 * the highest elsewhere, and counts a choice only where the label predicted for it is positive.
 */
export const randomCapable: Policy<RandomCapableParams> = {
  name: 'random-capable',
  summary: 'any of the models held capable, else the highest predicted quality',
  params: params as z.ZodType<RandomCapableParams>,
  utility: ({ quality, capable }, { threshold }) => {
    const out = matrix(quality.rows, quality.cols);
    for (let i = 0; i < quality.rows; i++) {
      const cells = Array.from({ length: quality.cols }, (_, m) => i * quality.cols + m);
      const able = cells.map((cell) => {
        const value = quality.data[cell]!;
        return !masked(value) && (capable === undefined ? value >= threshold : capable.data[cell] === 1);
      });
      const some = able.includes(true);
      for (const [m, cell] of cells.entries()) {
        const value = quality.data[cell]!;
        if (masked(value)) out.data[cell] = last;
        else if (!some) out.data[cell] = value;
        // Those not capable follow as fallbacks, by predicted quality.
        else out.data[cell] = able[m] ? 1 : value - 10;
      }
    }
    return out;
  },
  sweep: (_, params) => [params],
  parameter: () => 0,
};
