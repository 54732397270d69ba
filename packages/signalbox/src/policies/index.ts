import type { Policy } from '../core/policy.ts';
import { argmax } from './argmax.ts';
import { threshold } from './threshold.ts';
import { utility } from './utility.ts';

/** The selection policies, by name. */
export const policies = { argmax, utility, threshold } satisfies Record<string, Policy>;
