import type { Forecasts } from '../../core/policy.ts';
import { at } from '../../math/matrix.ts';
import { quantile } from '../../math/order.ts';
import type { Tuning } from '../fitted.ts';

/** Quantiles of the predicted losses between never leaving and always. */
const steps = 40;

/**
 * Thresholds t of "leave the incumbent only where the predicted loss of the cheaper choice is at most t", the
 * safest first: -1 (never), then 41 quantiles of the predicted losses of every cheaper model on the tuning rows.
 * They are fixed before any calibration row is looked at.
 */
export function thresholdsOf(tuning: readonly Tuning[], incumbentOf: (part: number) => number): number[] {
  const losses: number[] = [];
  for (const [part, { forecasts }] of tuning.entries()) {
    const stay = incumbentOf(part);
    for (let i = 0; i < forecasts.quality.rows; i++)
      for (let m = 0; m < forecasts.quality.cols; m++)
        if (cheaper(forecasts, { row: i, model: m, than: stay }))
          losses.push(at(forecasts.quality, i, stay) - at(forecasts.quality, i, m));
  }
  if (losses.length === 0) return [never];
  const sorted = Float64Array.from(losses).sort();
  const grid = new Set<number>();
  for (let s = 0; s <= steps; s++) grid.add(quantile(sorted, s / steps));
  return [never, ...[...grid].sort((a, b) => a - b)];
}

/** Below any loss that is predicted in earnest. */
const never = -2;

/** The model of each row at a threshold: the cheapest whose predicted loss is at most t, else the incumbent. */
export function choicesAt(forecasts: Forecasts, stay: Int32Array, threshold: number): Int32Array {
  const { quality, cost } = forecasts;
  const choices = stay.slice();
  if (threshold === never || cost === undefined) return choices;
  for (let i = 0, row = 0; i < stay.length; i++, row += quality.cols) {
    const expected = quality.data[row + stay[i]!]!;
    let chosen = stay[i]!;
    for (let m = 0; m < quality.cols; m++) {
      if (cost.data[row + m]! < cost.data[row + chosen]! && expected - quality.data[row + m]! <= threshold)
        chosen = m;
    }
    choices[i] = chosen;
  }
  return choices;
}

function cheaper(
  { cost }: Forecasts,
  { row, model, than }: { readonly row: number; readonly model: number; readonly than: number },
): boolean {
  return cost !== undefined && at(cost, row, model) < at(cost, row, than);
}
