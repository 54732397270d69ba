import type { ZodType } from 'zod';
import type { Matrix } from '../math/matrix.ts';
import type { ModelId } from './model.ts';
import type { Plain } from './plain.ts';

/** Predictions completed for the decision: queries x models, every cell a number. */
export interface Forecasts {
  readonly models: readonly ModelId[];
  readonly quality: Matrix;
  /** In the table's cost unit; absent where costs are unknown. */
  readonly cost?: Matrix;
  /** 1 where the router holds the model capable of the query, else 0; absent where it has no such threshold. */
  readonly capable?: Matrix;
  readonly weak?: number;
  readonly strong?: number;
}

/** What a policy learns from: forecasts of training rows by a fit that had not seen them, and what came of them. */
export interface PolicyTraining {
  readonly forecasts: Forecasts;
  /** Observed quality of the same rows; NaN = not observed. */
  readonly quality: Matrix;
  /** Mean quality of each model over all training rows, by the table's primary average. */
  readonly means: Float64Array;
}

/**
 * Turns forecasts into an order of models. `utility` gives each model a number on each query; the highest
 * is chosen, the next is the fallback. Models of equal utility are tied, and shared code divides a tie evenly.
 */
export interface Policy<P extends object = object, S extends Plain = Plain> {
  readonly name: string;
  readonly summary: string;
  readonly params: ZodType<P>;
  /** For a policy that learns; its state then goes to `utility`. */
  fit?(train: PolicyTraining, params: P): S;
  /**
   * Where `room` is given, a matrix of the forecasts' size that nobody reads any more, the answer may be written there:
   * who sweeps a hundred points needs one matrix.
   * @throws SignalboxError where the policy learns and was given no state
   */
  utility(forecasts: Forecasts, params: P, state?: S, room?: Matrix): Matrix;
  /** The parameters that trace the cost-quality curve, from quality alone to the cheapest; none = a single point. */
  sweep(forecasts: Forecasts, params: P): readonly P[];
  /** The swept parameter as one number, for reports. */
  parameter(params: P): number;
}
