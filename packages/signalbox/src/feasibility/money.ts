import type { Estimate } from '../core/results.ts';

export interface MoneyInput {
  /** Requests a month. */
  readonly volume: number;
  /** Dollars a request on best single; null where a price is unknown. */
  readonly now: Estimate | null;
  /** Dollars a request under the policy that the verdict certifies; null without one or where a price is unknown. */
  readonly routed: Estimate | null;
  /** Dollars a month for the router itself: its machine, its encoder. */
  readonly routerCost?: number;
  /** Dollars once, for the labels that the router is trained and certified on. */
  readonly labellingCost?: number;
}

export interface Money {
  readonly volume: number;
  /** Dollars a month, labelling not included. */
  readonly now: Estimate | null;
  /** The router's own cost included. */
  readonly with: Estimate | null;
  readonly routerCost: number;
  readonly labellingCost: number;
  /** Months until what is saved has paid for the labels; null where it is unknown or never does. */
  readonly breakEvenMonths: number | null;
}

/** Dollars a month at a volume. What is unknown stays unknown. */
export function money(input: MoneyInput): Money {
  const { volume, now, routed, routerCost = 0, labellingCost = 0 } = input;
  for (const [name, value] of Object.entries({ volume, routerCost, labellingCost }))
    if (!(value >= 0 && Number.isFinite(value))) throw new RangeError(`${name} is ${value}, not 0 or more`);
  const monthly = (each: Estimate | null, more: number): Estimate | null => {
    if (each === null) return null;
    const { value, low, high, n } = each;
    return { value: volume * value + more, low: volume * low + more, high: volume * high + more, n };
  };
  const [before, after] = [monthly(now, 0), monthly(routed, routerCost)];
  const saved = before === null || after === null ? Number.NaN : before.value - after.value;
  return {
    volume,
    now: before,
    with: after,
    routerCost,
    labellingCost,
    breakEvenMonths: saved > 0 ? labellingCost / saved : null,
  };
}
