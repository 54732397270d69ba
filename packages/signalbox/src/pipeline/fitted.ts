import type { Forecasts } from '../core/policy.ts';
import type { Router } from '../core/router.ts';

/** A router with its name on the report and its parameters, checked. */
export interface RouterChoice {
  readonly name: string;
  readonly router: Router;
  readonly params: object;
  /** Absolute path of the module that it came from, where it is the user's own. */
  readonly module?: string;
}

/** What a router forecast for the compared rows, each by the fit that had not seen it. */
export interface CrossFitted {
  readonly choice: RouterChoice;
  /** Name of the encoder that it saw the queries through. */
  readonly encoder: string;
  readonly forecasts: Forecasts;
  /** Per part: forecasts by a fit on four fifths of its training rows, to fix operating points and policies on. */
  readonly tuning: readonly Tuning[];
  /** Per part: forecasts of the queries beyond the table; none unless they were asked for. */
  readonly fresh: readonly Forecasts[];
  /** Mean over parts. */
  readonly fitSeconds: number;
  readonly predictSecondsPer1000: number;
}

export interface Tuning {
  /** The fifth of the training rows that this fit had not seen; rows of the table. */
  readonly rows: Int32Array;
  readonly forecasts: Forecasts;
  /** Of the compared rows by the same fit; with a given split only, where thresholds are certified for this fit. */
  readonly compared?: Forecasts;
}

/** What came of one router on one part. */
export interface PartFit {
  readonly forecasts: Forecasts;
  /** Of the queries beyond the table. */
  readonly also?: Forecasts;
  readonly tuning?: Tuning;
  /** Seconds. */
  readonly fit: number;
  readonly predict: number;
}
