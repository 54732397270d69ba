import type { Estimate, ResultSet } from '../../core/results.ts';
import type { MoneyResult } from '../../core/results-evidence.ts';
import { bracket, count, counted, fixed } from '../words/numbers.ts';
import { label } from '../words/reading.ts';
import { name, numberCell, withInterval } from './frame/cells.ts';
import { html, type Markup } from './frame/markup.ts';
import { term } from './frame/terms.ts';

/** Figure 11: dollars a month at the volume that was entered. */
export function moneySection({ money }: ResultSet): Markup | null {
  if (money === undefined) return null;
  const { volume, now, with: then, policy, routerCost, labellingCost, breakEvenMonths } = money;
  const decimals = decimalsOf(now ?? then);
  const write = (x: number): string => (decimals === 0 ? count(x) : fixed(x, decimals));
  const dollars = (x: number): Markup => numberCell(x, write(x));
  const unknown = html`<td class="word">not known</td>`;
  const cell = (at: Estimate | null): Markup => (at ? withInterval(at, write) : unknown);
  // The router's own cost is in `with` already.
  const saved = now && then ? now.value - then.value : undefined;
  const title =
    saved === undefined
      ? `What ${count(volume)} requests a month cost`
      : saved > 0
        ? `At ${count(volume)} requests a month, routing saves $${write(saved)} of $${write(now!.value)}`
        : `At ${count(volume)} requests a month, routing costs $${write(-saved)} more than it saves`;
  return html`<h3>${title}</h3>
<p class="subtitle">Dollars a month; small: 95 % intervals. ${note(now, then, policy)}</p>
<div class="scroll"><table class="money"${perRequest(money)}>
<thead><tr><th>what</th><th>$ a month</th></tr></thead>
<tbody><tr>${name('now, on the best single model')}${cell(now)}</tr>
<tr>${name(policy === null ? 'with a policy that pays' : `with ${label(policy)}, the router included`)}${cell(then)}</tr>
<tr>${name('of it the router itself')}${dollars(routerCost)}</tr>
${saved === undefined ? null : html`<tr>${name('left over each month')}${dollars(saved)}</tr>`}
<tr>${name('labels, once')}${dollars(labellingCost)}</tr>
</tbody></table></div>
${breakEven(breakEvenMonths, saved)}`;
}

/** For the script: dollars a request, so that another volume can be entered. */
function perRequest({ volume, now, with: then, routerCost }: MoneyResult): Markup | null {
  if (now === null || volume === 0) return null;
  const routed = then === null ? '' : (then.value - routerCost) / volume;
  return html` data-volume="${volume}" data-now="${now.value / volume}" data-with="${routed}" data-router="${routerCost}"`;
}

const decimalsOf = (at: Estimate | null): number => (at === null || at.value < 100 ? 2 : 0);

function note(now: Estimate | null, then: Estimate | null, policy: string | null): string {
  if (now === null) return 'A price is not known, so nothing can be said of this table in dollars.';
  if (policy === null || then === null)
    return 'No policy is shown to save enough, so there is none to compare.';
  const write = (x: number): string => `$${decimalsOf(now) === 0 ? count(x) : fixed(x, 2)}`;
  return `On ${counted(now.n, 'query', 'queries')}: ${write(now.value)} ${bracket(now, write)} now, ${write(then.value)} ${bracket(then, write)} with routing.`;
}

function breakEven(months: number | null, saved: number | undefined): Markup | null {
  if (months !== null) {
    return html`<p>${term('break-even', 'Break-even')}: the savings have paid for the labels after ${fixed(months, 1)} months.</p>`;
  }
  return saved === undefined || saved > 0
    ? null
    : html`<p>Nothing is left over, so the labels are never paid back.</p>`;
}
