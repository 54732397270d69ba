import type { ZodType } from 'zod';
import type { Matrix } from '../math/matrix.ts';
import type { ModelId } from './model.ts';

/** Predictions completed for the decision: queries x models, every cell a number. */
export interface Forecasts {
  readonly models: readonly ModelId[];
  readonly quality: Matrix;
  /** In the table's cost unit; absent where costs are unknown. */
  readonly cost?: Matrix;
  readonly weak?: number;
  readonly strong?: number;
}

/**
 * Turns forecasts into an order of models. `utility` gives each model a number on each query; the highest
 * is chosen, the next is the fallback. Models of equal utility are tied, and shared code divides a tie evenly.
 */
export interface Policy<P extends object = object> {
  readonly name: string;
  readonly summary: string;
  readonly params: ZodType<P>;
  utility(forecasts: Forecasts, params: P): Matrix;
  /** The parameters that trace the cost-quality curve, from quality alone to the cheapest; none = a single point. */
  sweep(forecasts: Forecasts, params: P): readonly P[];
  /** The swept parameter as one number, for reports. */
  parameter(params: P): number;
}
