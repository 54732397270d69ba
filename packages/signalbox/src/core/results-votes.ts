import { z } from 'zod';
import { count, estimate, number, text } from './results-parts.ts';

/** Milliseconds a query. One after the other they add up; all at once the slowest counts; stopped, the rest is not waited for. */
const waits = z.strictObject({
  sequential: estimate,
  sequentialStopped: estimate,
  parallel: estimate,
  parallelStopped: estimate,
});

/** Votes replayed on recorded answers: what a study of ensembles prints beside the systems. */
export const votes = z.strictObject({
  /** Calls, and milliseconds where they are limited, that a query may take on average; sizes were chosen under it. */
  budget: z.strictObject({ calls: number, latencyMs: number.nullable() }),
  /** Options of a question, which log-odds weights need. */
  options: count,
  systems: z.array(
    z.strictObject({
      name: text,
      /** Whether the same LLMs vote on every query, random ones, or those that a router is confident in. */
      panel: z.enum(['fixed', 'random', 'confident']),
      weights: z.enum(['equal', 'confidence', 'log-odds']),
      /** The most LLMs that vote on a query, in each part; chosen on its training rows. */
      sizes: z.array(count),
      /** The LLMs of a fixed panel, in each part. */
      members: z.array(z.array(text)).optional(),
      /** Calls a query without early stop, and with it: one after the other until the leader cannot be overtaken. */
      asked: estimate,
      needed: estimate.nullable(),
      /** In the table's cost unit, of the calls that early stop needs. */
      costNeeded: estimate.optional(),
      latency: waits.optional(),
    }),
  ),
});
export type VotesResult = z.infer<typeof votes>;
