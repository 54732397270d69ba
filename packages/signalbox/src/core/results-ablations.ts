import { z } from 'zod';
import { count, estimate, text } from './results-parts.ts';

/** What a paper's parts are worth: a router with and without them, and with models of the pool lost at serving. */
export const ablations = z.array(
  z.strictObject({
    router: text,
    /** Fits of each line, which differ by their seed alone; values are means over them. */
    seeds: count,
    lines: z.array(
      z.strictObject({
        system: text,
        value: estimate,
        /** Mean dollars a query; null without recorded costs. */
        cost: estimate.nullable(),
        /** Less the router as it is, paired; null on its own line. */
        difference: estimate.nullable(),
      }),
    ),
    /** One model each time cannot be called: the router's next best takes its place. Nothing is fitted anew. */
    lost: z.array(
      z.strictObject({
        model: text,
        value: estimate,
        /** The best single model of those that are left, by training rows. */
        bestSingle: estimate,
        /** Less that, paired. */
        lift: estimate,
      }),
    ),
  }),
);
export type AblationsResult = z.infer<typeof ablations>;
