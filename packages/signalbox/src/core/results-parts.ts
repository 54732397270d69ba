import { z } from 'zod';

/** What results are made of: fractions, never percent. */
export const text = z.string();
export const number = z.number();
export const count = z.int().nonnegative();

/** A value with its 95 % interval and the rows behind it. */
export const estimate = z.strictObject({ value: number, low: number, high: number, n: count });
export type Estimate = z.infer<typeof estimate>;

/**
 * A paired difference on the set's primary average, with its two-sided p; `adjusted` is p corrected for all routers
 * of the set that are compared with the same (Holm).
 */
export const versus = z.strictObject({
  value: number,
  low: number,
  high: number,
  p: number,
  adjusted: number.optional(),
});
export type Versus = z.infer<typeof versus>;
