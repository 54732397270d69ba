import { z } from 'zod';
import type { Policy } from '../core/policy.ts';

/** The model of the highest predicted quality, whatever it costs. */
export const argmax: Policy<Record<string, never>> = {
  name: 'argmax',
  summary: 'the highest predicted quality, whatever it costs',
  params: z.strictObject({}) as z.ZodType<Record<string, never>>,
  utility: ({ quality }) => quality,
  sweep: () => [{}],
  parameter: () => 0,
};
