import type { Estimate, Versus } from '../../../core/results.ts';
import { bracket, fixed, percent, points } from '../../words/numbers.ts';
import { html, type Markup } from './markup.ts';

/**
 * Cells of tables. Each carries its exact value as `data-value`: sorting reads it, and so does whoever holds
 * the page against the JSON.
 */
export const empty = html`<td></td>`;

export const name = (text: string, child?: Markup | string): Markup =>
  html`<th scope="row" data-value="${text}"><span class="name" title="${text}">${child ?? text}</span></th>`;

export const numberCell = (value: number | null | undefined, shown: string): Markup =>
  value === null || value === undefined ? empty : html`<td data-value="${value}">${shown}</td>`;

/** A number on its interval, written by the same function. */
export function withInterval(
  estimate: { value: number; low: number; high: number } | null | undefined,
  write: (x: number) => string,
  head: (x: number) => string = write,
): Markup {
  if (!estimate) return empty;
  return html`<td data-value="${estimate.value}" data-low="${estimate.low}" data-high="${estimate.high}">${head(estimate.value)} <small>${bracket(estimate, write)}</small></td>`;
}

/** Percent without the unit, which stands in the head. */
export const estimateCell = (estimate: Estimate | null | undefined, decimals: number): Markup =>
  withInterval(estimate, (x) => percent(x, decimals));

/** A paired difference in points. */
export const versusCell = (versus: Versus | null, decimals: number): Markup =>
  withInterval(
    versus,
    (x) => fixed(100 * x, decimals),
    (x) => points(x, decimals),
  );

/** The difference of two means, not paired and so without an interval. */
export function difference(a: Estimate | undefined, b: Estimate | undefined, decimals: number): Markup {
  if (a === undefined || b === undefined) return empty;
  return html`<td data-value="${a.value - b.value}">${points(a.value - b.value, decimals)}</td>`;
}
