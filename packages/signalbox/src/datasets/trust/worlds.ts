import { plainTrust, type TrustParams } from './params.ts';

/** Two models with these chances on a middling query: the base and the difference that give them. */
function pair(weak: number, strong: number): Pick<TrustParams, 'models' | 'base' | 'ability'> {
  const logit = (p: number): number => Math.log(p / (1 - p));
  return {
    models: 2,
    base: (logit(weak) + logit(strong)) / 2,
    ability: logit(strong) - logit(weak),
  };
}

/** All queries alike: what is true of the mean is true of each. */
const flat = { difficulty: 0, idiosyncrasy: 0, costSpread: 0 };

/**
 * Worlds by name; each comment says what is true in it. In those called `none` nothing tells the models apart
 * beforehand, and no policy saves a tenth of the cost at any epsilon: both verdicts are no.
 */
export const trustWorlds = named({
  /** Both models are alike, at one price: nothing to gain. */
  'none-2-equal': { models: 2, groups: 4, queries: 600 },
  /** One model is far better, and half as dear again: best single is best everywhere. */
  'none-2-gap': { ...pair(0.45, 0.85), groups: 4, queries: 600, priceRatio: 1.5 },
  /** Seven models close to each other. */
  'none-7': { models: 7, ability: 0.3, queries: 800, priceRatio: 1.5 },
  /** Many models and few rows: the luckiest of thirty looks good. */
  'none-30-small': { models: 30, groups: 6, queries: 250, ability: 0.3 },
  /** Ten samples of each cell, and much that no feature shows: the ceiling is high, and out of reach. */
  'none-repeats': { groups: 4, queries: 400, repeats: 10, ability: 0.2, idiosyncrasy: 1 },
  /** Three rows in ten repeat the text of another. */
  'none-duplicates': { queries: 800, duplicates: 0.3, idiosyncrasy: 1 },
  /** Three rows in ten are of the cluster of another, without a text that shows it. */
  'none-clusters': { queries: 800, duplicates: 0.3, duplicatesShare: 'cluster', idiosyncrasy: 1 },
  /** Three of five models are copies of the fifth: their luck looks like headroom. */
  'none-near-copies': { models: 5, nearCopies: 3, ability: 0.2, queries: 800 },
  /** The models are good at different groups: the table of groups pays, and nothing beyond it. */
  group: { queries: 1500, signal: 'group', strength: 0.5, ability: 0.3, priceRatio: 2 },
  /** The features of a query say which model is better, the group says nothing: a router pays. */
  instance: { queries: 1500, signal: 'instance', strength: 0.6, ability: 0.3, priceRatio: 2 },
  /** As `instance`, with so little to gain that it is below the minimum effect. */
  'instance-weak': { queries: 2000, signal: 'instance', strength: 0.1, ability: 0.3 },
  /** The small model fails on hard queries alone: no quality to gain, most of the cost to save. */
  'cost-pays': { ...pair(0.45, 0.88), groups: 4, queries: 1500, abilityFrom: 0.5, priceRatio: 20 },
  /** The small model is nearly as good everywhere: one should switch to it, and not route. */
  'cost-switch': { ...pair(0.747, 0.75), ...flat, groups: 4, queries: 1500, priceRatio: 20 },
  /**
   * Every query loses .45 with the small model, which costs a tenth. A loss of .05 lets one query in nine go
   * to it, which saves a tenth: at the largest epsilon the saving is the floor exactly, and not above it.
   */
  'cost-at-bound': { ...pair(0.35, 0.8), ...flat, groups: 4, queries: 1000, priceRatio: 10 },
  /** As `group`, with one judgement in five turned round. */
  'label-noise': { queries: 1500, signal: 'group', strength: 0.5, ability: 0.3, labelNoise: 0.2 },
  /** Nothing to gain, and one judgement in five turned round. */
  'none-label-noise': { queries: 800, ability: 0.3, labelNoise: 0.2 },
  /** As `group`, tested where the common groups are rare and the features lie elsewhere. */
  shift: { queries: 1500, signal: 'group', strength: 0.5, ability: 0.3, testShare: 0.3, shift: 0.8 },
  /** As large as tables get here; a router has a little to gain. */
  large: {
    queries: 20_000,
    models: 30,
    groups: 10,
    signal: 'instance',
    strength: 0.4,
    ability: 1,
    priceRatio: 30,
  },
});

export type TrustWorldName = keyof typeof trustWorlds;

/** Each with its name and all that it does not say. */
function named<N extends string>(worlds: Readonly<Record<N, Partial<TrustParams>>>): Record<N, TrustParams> {
  const entries = Object.entries<Partial<TrustParams>>(worlds);
  return Object.fromEntries(
    entries.map(([name, params]) => [name, { ...plainTrust, ...params, name }]),
  ) as Record<N, TrustParams>;
}
