import type { ResultSet } from '../../core/results.ts';
import { shorter } from '../words/names.ts';
import { columnDecimals, count, points } from '../words/numbers.ts';
import { bestSingleModel, find, headline, label, singles } from '../words/reading.ts';
import type { Drawing } from './chart/drawing.ts';
import { groupCharts } from './chart/groups.ts';
import { contests, own } from './contests.ts';
import { difference, estimateCell, name, numberCell } from './frame/cells.ts';
import { html, type Markup } from './frame/markup.ts';
import { term } from './frame/terms.ts';

export function groupsSection(set: ResultSet, drawing: Drawing): Markup | null {
  const rows = contests(set);
  if (set.groups.length < 2 || rows.length === 0) return null;
  const router = headline(set)?.system;
  const group = shorter(set.groups);
  const wins = rows.filter((c) => c.best && c.router && c.router.value > c.best.value).length;
  const title = router
    ? `The router has the higher mean in ${count(wins)} of ${count(rows.length)} groups`
    : 'The task table beside the best single model in each group';
  return html`<h3>${title}</h3>
<p class="subtitle">Quality in each group with its 95 % interval: <span class="key orange">best single</span>, <span class="key green">task table</span>${router ? html`, <span class="key blue">${label(router)}</span>` : null}. The groups that add most to the gain stand first; few queries make wide intervals.</p>
<figure>${groupCharts(rows, drawing, group)}</figure>
<details><summary>The numbers of this chart</summary><div class="scroll"><table class="sortable">
<thead><tr><th>group</th><th>n</th><th>best single, %</th><th>task table, %</th><th>router, %</th><th>router − best single, points</th></tr></thead>
<tbody>${rows.map((c) => {
    const decimals = columnDecimals([c.best, c.table, c.router].filter((x) => x !== undefined));
    return html`<tr>${name(c.group, group(c.group))}${numberCell(c.n, count(c.n))}${estimateCell(c.best, decimals)}${estimateCell(c.table, decimals)}${estimateCell(c.router, decimals)}${difference(c.router, c.best, decimals)}</tr>
`;
  })}</tbody></table></div></details>`;
}

/** Groups x models: how far each single model lies from the best single model. */
export function heatSection(set: ResultSet): Markup | null {
  const best = find(set, 'best-single');
  const models = singles(set).filter((system) => system.groups !== null);
  if (set.groups.length < 2 || set.models.length < 2 || !best?.groups || models.length === 0) return null;
  const groups = contests(set).map((c) => c.group);
  const gap = (model: number, group: string): number | undefined => {
    const [here, there] = [own(models[model]!.groups, group), own(best.groups, group)];
    return here && there ? here.value - there.value : undefined;
  };
  const cells = groups.map((group) => models.map((_, m) => gap(m, group)));
  const known = cells.flat().filter((x) => x !== undefined);
  const range = Math.max(0.01, ...known.map(Math.abs));
  const shortModel = shorter(set.models);
  const shortGroup = shorter(set.groups);
  const decimals = models.length <= 10 ? 1 : 0;
  const beaten = cells.filter((row) => row.some((x) => x !== undefined && x > 0)).length;
  return html`<h3>In ${count(beaten)} of ${count(groups.length)} groups another model has a higher mean than the best single model</h3>
<p class="subtitle">Difference of each ${term('single model')} to the ${term('best single')}${bestSingleModel(set) ? html` (${bestSingleModel(set)})` : null}, in points: <span class="key blue">blue above</span>, no colour equal, <span class="key loss">vermilion below</span>; full colour at ${(100 * range).toFixed(0)} points. The highest of many means is partly luck, so this map shows where to look, not what routing gains.</p>
<div class="scroll${models.length > 12 ? ' broad' : ''}"><table class="heat">
<thead><tr><th>group</th><th>n</th>${models.map((m) => html`<th class="model" scope="col" title="${label(m)}">${cut(shortModel(label(m)))}</th>`)}</tr></thead>
<tbody>${groups.map(
    (
      group,
      g,
    ) => html`<tr>${name(group, shortGroup(group))}<td class="plain">${count(own(best.groups, group)?.n ?? 0)}</td>${cells[g]!.map((x) => heatCell(x, range, decimals))}</tr>
`,
  )}</tbody></table></div>`;
}

const cut = (text: string): string =>
  [...text].length > 24 ? `${[...text].slice(0, 11).join('')}…${[...text].slice(-12).join('')}` : text;

function heatCell(x: number | undefined, range: number, decimals: number): Markup {
  if (x === undefined) return html`<td class="plain">–</td>`;
  const strength = Math.min(1, Math.abs(x) / range).toFixed(2);
  return html`<td class="${x < 0 ? 'down' : 'up'}" style="--t:${strength}">${points(x, decimals)}</td>`;
}
