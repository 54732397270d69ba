import type { Estimate } from '../core/results.ts';

/** Percentage points in words: .021 is "2.1 points". */
export function points(fraction: number): string {
  const number = hundredths(fraction);
  return `${number} ${number === '1' ? 'point' : 'points'}`;
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

/** A count: 12345 is "12,345". */
export function count(n: number): string {
  return Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Two digits below one point, so that a small lift is not told as none; else one. */
function hundredths(fraction: number): string {
  const value = 100 * fraction;
  const text = value.toFixed(Math.abs(value) < 1 ? 2 : 1);
  return text.replace(/\.?0+$/, '').replace(/^-0$/, '0');
}
