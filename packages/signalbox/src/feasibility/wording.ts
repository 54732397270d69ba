import { beyondReach } from '../core/label-reach.ts';
import type { Estimate } from '../core/results.ts';

/** Percentage points in words: .021 is "2.1 points". */
export function points(fraction: number): string {
  return named(hundredths(fraction));
}

/** A share in words: .314 is "31 %". */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(0)} %`.replace(/^-0 /, '0 ');
}

/** An interval of points without their name: "1.2 to 3". */
export function pointsRange({ low, high }: Pick<Estimate, 'low' | 'high'>): string {
  return `${hundredths(low)} to ${hundredths(high)}`;
}

/** An interval of shares: "28 to 35 %". */
export function percentRange({ low, high }: Pick<Estimate, 'low' | 'high'>): string {
  return `${(100 * low).toFixed(0)} to ${percent(high)}`.replace(/^-0 /, '0 ');
}

/**
 * A share and the limit that it lies on one side of, with a decimal more where they would read alike; null where they
 * still do.
 */
export function percentsApart(share: number, limit: number): readonly [share: string, limit: string] | null {
  const [one, other] = apart([share, limit], 0) ?? [];
  return one === undefined ? null : [`${one} %`, `${other} %`];
}

/** The same of points: "0.52 points" and "0.5 points". */
export function pointsApart(lift: number, limit: number): readonly [lift: string, limit: string] | null {
  const [one, other] = apart([lift, limit], Math.abs(100 * lift) < 1 ? 2 : 1) ?? [];
  return one === undefined || other === undefined ? null : [named(one), named(other)];
}

function apart([value, limit]: readonly [number, number], least: number): readonly [string, string] | null {
  for (const decimals of [least, least + 1]) {
    const [one, other] = [fixed(value, decimals), fixed(limit, decimals)];
    if (one !== other) return [one, other];
  }
  return null;
}

const fixed = (fraction: number, decimals: number): string => trimmed((100 * fraction).toFixed(decimals));
const named = (number: string): string => `${number} ${number === '1' ? 'point' : 'points'}`;

/** A number of labels that no one will bring, as an aside with what helps instead; else nothing. */
export function outOfReach(labels: number, rows: number, instead: string): string {
  const times = beyondReach(labels, rows);
  return times === null
    ? ''
    : `, which is beyond reach with this table (${count(times)} times its ${count(rows)} rows): ${instead} is more useful`;
}

/** A count: 12345 is "12,345". */
export function count(n: number): string {
  return Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Two digits below one point, so that a small lift is not told as none; else one. */
function hundredths(fraction: number): string {
  return fixed(fraction, Math.abs(100 * fraction) < 1 ? 2 : 1);
}

/** Without decimals that say nothing, nor the sign of what rounds to zero: `10.0` is `10`. */
const trimmed = (number: string): string =>
  (number.includes('.') ? number.replace(/\.?0+$/, '') : number).replace(/^-0$/, '0');
