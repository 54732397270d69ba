/** What is fixed before the data are looked at; fractions (one percentage point is .01). */
export interface VerdictParameters {
  /** The least lift worth routing for. */
  readonly minimumEffect: number;
  /** Losses of quality at which a cost saving is tested. */
  readonly epsilons: readonly number[];
  /** Chance with which a certified policy may lose more than epsilon. */
  readonly delta: number;
  /** How much a router may lose on groups that it never saw. */
  readonly qualityEpsilon: number;
  /** The least saving worth routing for, as a share of the incumbent's cost. */
  readonly savingFloor: number;
}

export const verdictParameters: VerdictParameters = {
  minimumEffect: 0.005,
  epsilons: [0.05, 0.02, 0.01, 0.005],
  delta: 0.05,
  qualityEpsilon: 0.01,
  savingFloor: 0.1,
};
