import { z } from 'zod';
import { estimate, text } from './results-parts.ts';

/** A router along the cost-quality plane by a parameter that its paper gives it, in place of the common policy's. */
export const sweeps = z.array(
  z.strictObject({
    router: text,
    parameter: text,
    /** What quality is traded for, and AIQ is measured along: cost, time, or equal parts of both. */
    price: z.enum(['cost', 'latency', 'both']),
    aiq: estimate,
    /** AIQ less that of the mix of single models, paired. */
    aiqLift: estimate,
    curve: z.array(
      z.strictObject({
        /** Null where the table records none. */
        cost: z.number().nullable(),
        /** Milliseconds, where the table records them for every call that is compared. */
        latencyMs: z.number().optional(),
        quality: z.number(),
        parameter: z.number().nullable(),
      }),
    ),
  }),
);
export type SweepsResult = z.infer<typeof sweeps>;
