import { z } from 'zod';
import { count, estimate, text } from './results-parts.ts';

/** What a router's figure owes to one assignment of rows to folds: the same cross-validation under several. */
export const foldings = z.array(
  z.strictObject({
    router: text,
    measure: z.literal('apgr'),
    /** Training rows with a label in each fit, drawn by chance; null = all. Texts are all known. */
    labels: count.nullable(),
    /** By the seed of the assignment; the first is that of the whole comparison. */
    values: z.array(z.strictObject({ seed: z.int(), value: estimate })).min(1),
    /** Its interval by the folds of all assignments together (Bouckaert and Frank 2004), or by rows where that is wider. */
    mean: estimate,
  }),
);
export type FoldingsResult = z.infer<typeof foldings>;
