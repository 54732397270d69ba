import { z } from 'zod';
import { count, estimate, number, text } from './results-parts.ts';

/**
 * Bandits that answer the recorded queries one by one and see of each only the outcome of the model that they chose.
 * Values are means over orders of the rows; intervals are of that mean, for these rows.
 */
export const bandits = z.strictObject({
  /** Rows of which every model's outcome was known beforehand. */
  priorRows: count,
  /** Queries answered, in each order. */
  answers: count,
  /** Orders of the rows. */
  seeds: count,
  /** US dollars a call that a pacer has to keep to. */
  budget: number,
  bandits: z.array(
    z.strictObject({
      router: text,
      /** What it believed beforehand: `none`, `table` (the outcomes of the prior rows), or the router that taught it. */
      prior: text,
      /** Whether it learned from its answers. */
      learns: z.boolean(),
      paced: z.boolean(),
      quality: estimate,
      /** US dollars a call. */
      cost: estimate,
      /** The greatest mean cost of any order. */
      greatestCost: number,
      /** Quality of the best fixed choice, or mix of two, that spends as much on the same rows. */
      fixed: estimate,
      /** Quality lost to that choice, summed over the answers so far; below zero where the bandit does better. */
      regret: z.array(z.strictObject({ answers: count, total: estimate })),
    }),
  ),
});
export type BanditsResult = z.infer<typeof bandits>;
