import type { Policy } from '../core/policy.ts';
import { argmax } from './argmax.ts';
import { conformal } from './conformal.ts';
import { prediction, sortedPrediction } from './prediction.ts';
import { randomCapable } from './random-capable.ts';
import { threshold } from './threshold.ts';
import { utility } from './utility.ts';

/** The selection policies, by name. */
export const policies = {
  argmax,
  utility,
  threshold,
  conformal,
  'random-capable': randomCapable,
  prediction,
  'sorted-prediction': sortedPrediction,
} satisfies Record<string, Policy>;
