import { openai } from './openai.ts';
import { replay } from './replay.ts';
import { simulated } from './simulated.ts';

/** Makers of providers, by protocol. */
export const providers = { openai, replay, simulated };
export { openPools, type Pools } from './pools.ts';
export { type VendorName, vendors } from './vendors.ts';
