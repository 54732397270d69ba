import type { ResultSet } from '../../../core/results.ts';
import { measuresSaid } from '../../words/growth.ts';
import { columnDecimals, fixed } from '../../words/numbers.ts';
import { label } from '../../words/reading.ts';
import { estimateCell, name, numberCell } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

/** RouterEval's own measures of a set, beside what its authors publish. Null where the set is none of its. */
export function routerEvalSection(set: ResultSet): Markup | null {
  const { routerEval } = set;
  if (routerEval === undefined) return null;
  const { systems, settings, size } = routerEval;
  const decimals = columnDecimals(
    systems.map(({ mu }) => mu),
    2,
  );
  const published = systems.some((one) => one.published !== undefined);
  const referred = systems.some(({ vr }) => vr !== null);
  const some = (x: number | null | undefined, at: number): Markup => numberCell(x, fixed(x ?? 0, at));
  return html`<h3>${measuresSaid(set, routerEval)}</h3>
<p class="subtitle">RouterEval’s measures, the mean over ${settings.join(', ')}. ${term('E_p')} is at most ${fixed(Math.log2(size), 2)} bits here, by each router’s own rule and not to be compared between them.${published ? ' Published: the authors’ V_B, the mean over twelve tasks.' : ''}</p>
<div class="scroll"><table class="sortable measures">
<thead><tr><th>system</th><th>${term('mu', 'mean score')}, %</th>${referred ? html`<th>${term('V_R')}</th>` : null}<th>${term('V_B')}</th>${published ? html`<th>published</th>` : null}<th>${term('E_p')}</th><th>${term('p of r_o')}</th></tr></thead>
<tbody>${systems.map(
    ({
      name: system,
      mu,
      vr,
      vb,
      ep,
      skill,
      published: told,
    }) => html`<tr>${name(label(system))}${estimateCell(mu, decimals)}${referred ? some(vr, 3) : null}${some(vb, 3)}${published ? some(told, 3) : null}${some(ep, 2)}${some(skill, 2)}</tr>
`,
  )}</tbody></table></div>`;
}
