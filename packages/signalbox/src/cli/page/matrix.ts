import { fixed, percent } from '../words/numbers.ts';
import { shorten } from './chart/drawing.ts';
import { html, type Markup } from './frame/markup.ts';

export interface Matrix {
  readonly names: readonly string[];
  readonly values: readonly (readonly number[])[];
  /** The value without colour. */
  readonly middle: number;
  /** So far from the middle, colour is full. */
  readonly range: number;
  readonly decimals: number;
}

/**
 * Models x models: vermilion above the middle (they fail together), blue below. Beyond a dozen models a cell
 * holds its colour and hundredths. Null where there is no pair.
 */
export function matrixTable({ names, values, middle, range, decimals }: Matrix): Markup | null {
  if (values.length < 2) return null;
  const many = names.length > 12;
  const cell = (x: number, same: boolean): Markup => {
    if (same) return html`<td class="plain">·</td>`;
    const strength = Math.min(1, Math.abs(x - middle) / range).toFixed(2);
    return html`<td class="${x > middle ? 'down' : 'up'}" data-value="${x}" style="--t:${strength}">${many ? percent(x, 0) : fixed(x, decimals)}</td>`;
  };
  return html`<div class="scroll${many ? ' broad' : ''}"><table class="heat matrix">
<thead><tr><th>${many ? 'model, hundredths' : 'model'}</th>${names.map((model) => html`<th class="model" scope="col" title="${model}">${shorten(model, 24)}</th>`)}</tr></thead>
<tbody>${values.map(
    (row, i) =>
      html`<tr><th scope="row" data-value="${names[i] ?? ''}"><span class="name" title="${names[i] ?? ''}">${names[i] ?? ''}</span></th>${row.map((x, j) => cell(x, i === j))}</tr>
`,
  )}</tbody></table></div>`;
}
