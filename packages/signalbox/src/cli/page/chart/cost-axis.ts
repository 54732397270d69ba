import type { ResultSet } from '../../../core/results.ts';
import { count, fixed } from '../../words/numbers.ts';
import { domain } from './drawing.ts';

/** How a set's costs are drawn and written. */
export interface CostAxis {
  readonly scale: number;
  readonly write: (x: number) => string;
  readonly label: string;
}

export const costAxis = (set: ResultSet): CostAxis =>
  set.costUnit === 'usd'
    ? {
        scale: 1000,
        write: (x) => `$${Number(x.toPrecision(3))} per 1,000`,
        label: 'cost, $ per 1,000 queries',
      }
    : {
        scale: 100,
        write: (x) => `${fixed(x, 1)} % strong`,
        label: 'queries that go to the strong model, %',
      };

/** Beyond this ratio of dearest to cheapest a linear axis hides the cheap half. */
export const logBeyond = 30;

/** Ticks of a logarithmic axis too: 0.001, 0.1, 10, 1,000. */
export const tick = (value: number): string =>
  value >= 1000 ? count(value) : String(Number(value.toPrecision(3)));

export function logDomain(values: readonly number[]): [number, number] {
  const [low, high] = domain(values.map(Math.log), 0.06);
  return [Math.exp(low), Math.exp(high)];
}
