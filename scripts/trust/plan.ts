import type { TrustWorldName } from '../../packages/signalbox/src/pipeline/config.ts';

/** How many tables of each world are drawn: most where the true answer is no, since there a false yes is counted. */
export const seedsOf: Readonly<Record<TrustWorldName, number>> = {
  'none-2-equal': 200,
  'none-2-gap': 200,
  'none-7': 200,
  'none-30-small': 200,
  'none-repeats': 200,
  'none-duplicates': 200,
  'none-clusters': 200,
  'none-near-copies': 200,
  'none-label-noise': 200,
  'instance-weak': 200,
  'cost-switch': 200,
  'cost-at-bound': 200,
  group: 100,
  instance: 100,
  'cost-pays': 100,
  'label-noise': 100,
  shift: 100,
  large: 20,
};

/** Rows that population values are means of. */
export const freshRows = 20_000;
/** Tables of the world on which plain intervals are tried, and their rows. */
export const plainSeeds = 1000;
