import type { ResultSet } from '../../core/results.ts';
import { shorter } from '../words/names.ts';
import { fixed } from '../words/numbers.ts';
import { shorten } from './chart/drawing.ts';
import { html, type Markup } from './markup.ts';

/**
 * Models x models in the order of the set, blue above zero, vermilion below, full colour at 1. Beyond a dozen
 * models a cell holds no more than its colour and two digits.
 */
export function matrixTable(set: ResultSet, cells: readonly (readonly number[])[]): Markup {
  const short = shorter(set.models);
  const many = set.models.length > 12;
  const cell = (x: number, same: boolean): Markup => {
    if (same) return html`<td class="plain">·</td>`;
    const shown = many ? fixed(100 * x, 0) : fixed(x, 2);
    return html`<td class="${x < 0 ? 'down' : 'up'}" data-value="${x}" style="--t:${Math.min(1, Math.abs(x)).toFixed(2)}">${shown}</td>`;
  };
  return html`<div class="scroll${many ? ' broad' : ''}"><table class="heat matrix">
<thead><tr><th>${many ? 'model, hundredths' : 'model'}</th>${set.models.map((model) => html`<th class="model" scope="col" title="${model}">${shorten(short(model), 24)}</th>`)}</tr></thead>
<tbody>${cells.map(
    (row, i) =>
      html`<tr><th scope="row" data-value="${set.models[i] ?? ''}"><span class="name" title="${set.models[i] ?? ''}">${short(set.models[i] ?? '')}</span></th>${row.map((x, j) => cell(x, i === j))}</tr>
`,
  )}</tbody></table></div>`;
}
