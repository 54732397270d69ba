import { SignalboxError } from '../../core/errors.ts';

/**
 * A world with features in place of text. A model answers a query rightly with probability
 * `labelNoise + (1 - 2 labelNoise) * logistic(base + ability - difficulty + signal + idiosyncrasy)`.
 * Effects are in logits. The law follows from the parameters alone, the rows from a seed.
 */
export interface TrustParams {
  readonly name: string;
  readonly queries: number;
  /** Number of models, 2 to 30, the least able first. */
  readonly models: number;
  /** Number of groups, all equally frequent without a shift; 0 = rows name no group. */
  readonly groups: number;
  /** Samples of each cell, 1 to 10. */
  readonly repeats: number;
  /** Columns of the features, 1 to 32: difficulty, then up to four for the signal, then where the groups lie. */
  readonly features: number;
  /** What tells models apart beforehand: nothing, the group, or the features of a query, linearly. */
  readonly signal: 'none' | 'group' | 'instance';
  /** Standard deviation of the advantage that the signal gives a model; no model gains by it on average. */
  readonly strength: number;
  /** Logits of a middling model on a middling query. */
  readonly base: number;
  /** Difference between the most and the least able model, the others evenly between them. */
  readonly ability: number;
  /** Abilities differ where difficulty, a standard normal, is above this; elsewhere all are as able as the best. */
  readonly abilityFrom: number;
  /** Standard deviation of the effect of difficulty, which the features show and which is alike for all models. */
  readonly difficulty: number;
  /** Standard deviation of what a model makes of a query beyond all that can be seen of it; repeats share it. */
  readonly idiosyncrasy: number;
  /** Probability with which a judgement is turned into its opposite. */
  readonly labelNoise: number;
  /** US dollars of a middling call of the least able model. */
  readonly cheapest: number;
  /** Price of the most able model over that of the least able, the others geometrically between them. */
  readonly priceRatio: number;
  /** Standard deviation of the logarithm of a query's length, to which costs are proportional. */
  readonly costSpread: number;
  /** Share of rows that repeat an earlier row of their part: its features, group, cost and probabilities. */
  readonly duplicates: number;
  /** What repeated rows can be known by: one text, or one `cluster` without text. */
  readonly duplicatesShare: 'text' | 'cluster';
  /** How many models are copies of the most able one. */
  readonly nearCopies: number;
  /** Probability with which a copy's outcome is its original's; otherwise it is drawn anew. */
  readonly copyAgreement: number;
  /** Share of rows in the test part; 0 = no split. */
  readonly testShare: number;
  /** 0 = both parts alike; 1 = groups rise in one and fall in the other, and the signal's features lie 1 higher in the test part. */
  readonly shift: number;
}

export const plainTrust: TrustParams = {
  name: 'world',
  queries: 1000,
  models: 4,
  groups: 5,
  repeats: 1,
  features: 12,
  signal: 'none',
  strength: 0,
  base: 0.7,
  ability: 0,
  abilityFrom: Number.NEGATIVE_INFINITY,
  difficulty: 0.8,
  idiosyncrasy: 0.6,
  labelNoise: 0,
  cheapest: 0.0005,
  priceRatio: 1,
  costSpread: 0.4,
  duplicates: 0,
  duplicatesShare: 'text',
  nearCopies: 0,
  copyAgreement: 0.9,
  testShare: 0,
  shift: 0,
};

/** @throws SignalboxError `usage` for parameters that make no world, naming what is needed */
export function checkTrust(params: TrustParams): void {
  const whole = (value: number, low: number, high: number): boolean =>
    Number.isInteger(value) && value >= low && value <= high;
  const within = (value: number, low: number, high: number): boolean => value >= low && value <= high;
  const { models, groups, signal, features, testShare, shift } = params;
  const spreads = [params.strength, params.difficulty, params.idiosyncrasy, params.costSpread];
  const wrong = [
    [whole(params.queries, 1, 1e7), 'at least one query'],
    [whole(models, 2, 30), '2 to 30 models'],
    [whole(groups, 0, 1000), 'no group, or up to 1000'],
    [whole(params.repeats, 1, 10), '1 to 10 repeats'],
    [whole(features, 1, 32), '1 to 32 features'],
    [signal !== 'group' || groups >= 2, 'two groups for a signal by group'],
    [signal !== 'instance' || features >= 2, 'two features for a signal by instance'],
    [spreads.every((spread) => within(spread, 0, 10)), 'spreads in [0, 10]'],
    [within(params.labelNoise, 0, 0.5), 'label noise in [0, .5]'],
    [within(params.copyAgreement, 0, 1), 'an agreement of copies in [0, 1]'],
    [whole(params.nearCopies, 0, models - 1), 'fewer copies than models'],
    [params.cheapest > 0 && params.priceRatio > 0, 'prices above 0'],
    [params.duplicates >= 0 && params.duplicates < 1, 'a share of duplicates in [0, 1)'],
    [testShare >= 0 && testShare < 1 && within(shift, 0, 1), 'a test share in [0, 1) and a shift in [0, 1]'],
    [shift === 0 || testShare > 0, 'a test part where there is a shift'],
  ] as const;
  const first = wrong.find(([fits]) => !fits);
  if (first) throw new SignalboxError('usage', `The world ${params.name} needs ${first[1]}.`);
}
