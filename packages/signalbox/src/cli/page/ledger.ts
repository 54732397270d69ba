import type { ResultSet } from '../../core/results.ts';
import type { Ledger } from '../../core/results-evidence.ts';
import { columnDecimals, count, fixed, nbsp, percent, points } from '../words/numbers.ts';
import { label } from '../words/reading.ts';
import { name, numberCell, withInterval } from './frame/cells.ts';
import { html, type Markup } from './frame/markup.ts';
import { term } from './frame/terms.ts';

type Entry = Ledger['won'][number];

/** Figure 10: where the router did better and worse than the incumbent, with what was asked and answered. */
export function ledgerSection({ ledger, costUnit }: ResultSet): Markup | null {
  if (ledger === undefined) return null;
  const { system, wins, losses, ties, won, lost, redacted } = ledger;
  const all = wins + losses + ties;
  const of = (n: number): string => `${count(n)} (${percent(all === 0 ? 0 : n / all, 1)}${nbsp}%)`;
  return html`<h3>The router does better on ${count(wins)} queries and worse on ${count(losses)}</h3>
<p class="subtitle">${term('ledger', 'Ledger')} of ${label(system)} against ${label(ledger.incumbent)}: ${of(wins)} won, ${of(losses)} lost, ${of(ties)} alike. The entries below are drawn at random, none is hand-picked.${redacted ? ' Texts and answers are left out (--redact).' : ''}</p>
${entries('Won', won, { ledger, costUnit })}
${entries('Lost', lost, { ledger, costUnit })}
${regretTable(ledger)}`;
}

function regretTable({ system, incumbent, regret }: Ledger): Markup | null {
  if (regret.length === 0) return null;
  const decimals = columnDecimals(regret.flatMap((at) => [at.system, at.incumbent]));
  const write = (x: number): string => fixed(100 * x, decimals);
  return html`<p class="context">${term('regret', 'Regret')}, in points: quality below the best answer of each query. The best answer is known in hindsight alone, so none can be 0.</p>
<div class="scroll"><table class="sortable regret">
<thead><tr><th>group</th><th>n</th><th>${label(incumbent)}</th><th>${label(system)}</th><th>less by</th></tr></thead>
<tbody>${regret.map(
    (at) =>
      html`<tr>${name(at.group ?? 'all queries')}${numberCell(at.saved.n, count(at.saved.n))}${withInterval(at.incumbent, write)}${withInterval(at.system, write)}${withInterval(at.saved, write, (x) => points(x, decimals))}</tr>
`,
  )}</tbody></table></div>`;
}

interface About {
  readonly ledger: Ledger;
  readonly costUnit: ResultSet['costUnit'];
}

/** Script deals the entries to pages; without it, and in print, all of them are there. */
function entries(title: string, list: readonly Entry[], about: About): Markup | null {
  if (list.length === 0) return null;
  const all = title === 'Won' ? about.ledger.wins : about.ledger.losses;
  return html`<p class="context">${title}: ${list.length === all ? `all ${count(all)}` : `${count(list.length)} of ${count(all)}`}</p>
<div class="ledger" data-page="5">${list.map((entry) => shown(entry, about))}</div>`;
}

function shown(entry: Entry, { ledger, costUnit }: About): Markup {
  const { query, group, text, chosen, quality, incumbentQuality, answer, incumbentAnswer } = entry;
  const price = (cost: number | undefined): string =>
    cost === undefined
      ? ''
      : costUnit === 'strong share'
        ? cost > 0.5
          ? ', strong'
          : ', weak'
        : `, $${fixed(1000 * cost, 3)} per 1,000`;
  const answered = (who: string, value: number, [said, cost]: [string | undefined, number | undefined]) =>
    html`<dt>${who}: ${fixed(value, value % 1 === 0 ? 0 : 2)}${price(cost)}</dt><dd>${said === undefined ? null : long(said)}</dd>`;
  return html`<article class="entry" data-query="${query}"><p><strong>${query}</strong>${group === undefined ? null : html` <span class="context">${group}</span>`}</p>
${text === undefined ? null : long(text)}
<dl>${answered(chosen, quality, [answer, entry.cost])}${answered(`${label(ledger.incumbent)} (incumbent)`, incumbentQuality, [incumbentAnswer, entry.incumbentCost])}</dl></article>
`;
}

const fold = 240;

/** A text as it stands; what is long is folded after its beginning. */
function long(text: string): Markup {
  if ([...text].length <= fold) return html`<p class="said">${text}</p>`;
  const start = [...text].slice(0, fold - 60).join('');
  return html`<details class="said"><summary>${start} …</summary><p class="said">${text}</p></details>`;
}
