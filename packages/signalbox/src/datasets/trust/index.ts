/** Worlds of known truth, on which the statistics of a report are tested (features in place of text). */
export type { TrustParams } from './params.ts';
export { leastCost, type PopulationTruth, policyValue, populationTruth } from './population.ts';
export type { TrueRows } from './rows.ts';
export { type FreshRows, type TrustTable, type TrustWorld, trustWorld } from './world.ts';
export { type TrustWorldName, trustWorlds } from './worlds.ts';
