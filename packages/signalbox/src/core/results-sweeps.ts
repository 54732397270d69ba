import { z } from 'zod';
import { estimate, text } from './results-parts.ts';

/** A router along the cost-quality plane by a parameter that its paper gives it, in place of the common policy's. */
export const sweeps = z.array(
  z.strictObject({
    router: text,
    parameter: text,
    aiq: estimate,
    /** AIQ less that of the mix of single models, paired. */
    aiqLift: estimate,
    curve: z.array(
      z.strictObject({ cost: z.number(), quality: z.number(), parameter: z.number().nullable() }),
    ),
  }),
);
export type SweepsResult = z.infer<typeof sweeps>;
