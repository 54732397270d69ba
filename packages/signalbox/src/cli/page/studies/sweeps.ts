import type { ResultSet } from '../../../core/results.ts';
import type { SweepsResult } from '../../../core/results-sweeps.ts';
import { count, fixed, percent } from '../../words/numbers.ts';
import { bestSingleModel, find, label, singles } from '../../words/reading.ts';
import { against, sweepsSaid } from '../../words/sweeps.ts';
import { costAxis } from '../chart/cost-axis.ts';
import type { Drawing } from '../chart/drawing.ts';
import type { PanelLine } from '../chart/panels.ts';
import { type Axis, sweepPanels } from '../chart/sweeps.ts';
import { name, numberCell, withInterval } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

/** Routers along the cost-quality plane by a parameter of their own. Null where none were swept. */
export function sweepsSection(set: ResultSet, drawing: Drawing): Markup | null {
  const all = set.sweeps ?? [];
  if (all.length === 0) return null;
  const axes = axesOf(set);
  const timed = all.some(({ curve }) => curve.some(({ latencyMs }) => latencyMs !== undefined));
  return html`<h3>${sweepsSaid(all)}</h3>
<p class="subtitle">Quality against cost${timed ? ' and against latency' : ''} as a router’s own parameter varies, which is written at some of the points; grey lines: the other sweeps${axes[0]!.before.length > 0 ? html`; dashed: the ${term('mix of single models')}; dots: single models, orange the ${term('best single')}` : null}. Each row is answered by a fit that had not seen it.</p>
<div class="panels">${sweepPanels(all, axes, drawing)}</div>
${table(all)}
${pointsTable(set, all)}`;
}

/** Cost and latency, with what is drawn before any sweep. */
function axesOf(set: ResultSet): Axis[] {
  const { scale, write, label: called } = costAxis(set);
  const best = bestSingleModel(set);
  const dots = singles(set).flatMap((system) =>
    system.cost && system.quality
      ? [{ x: scale * system.cost.value, y: 100 * system.quality.value, title: label(system) }]
      : [],
  );
  const of = (own: boolean): PanelLine => ({
    name: '',
    points: dots.filter(({ title }) => (title === best) === own),
    colour: own ? 'var(--mark-orange)' : 'var(--context)',
    strong: true,
    dots: true,
    unlined: true,
  });
  const mix = (find(set, 'zero-router')?.curve ?? [])
    .map(({ cost, quality }) => ({ x: scale * cost, y: 100 * quality }))
    .sort((a, b) => a.x - b.x);
  return [
    {
      label: called,
      write,
      of: ({ cost }) => (cost === null ? undefined : scale * cost),
      before: [
        ...(mix.length > 1 ? [{ name: '', points: mix, colour: 'var(--context)', dashed: true }] : []),
        ...(dots.length > 0 ? [of(false), of(true)] : []),
      ],
    },
    {
      label: 'latency, ms a query',
      write: (x) => `${fixed(x, 0)} ms`,
      of: ({ latencyMs }) => latencyMs,
      before: [],
    },
  ];
}

function table(all: SweepsResult): Markup {
  const digits = (x: number): string => fixed(x, 4);
  return html`<div class="scroll"><table class="sortable sweeps">
<thead><tr><th>router</th><th class="word">swept by</th><th class="word">quality against</th><th>points</th><th>n</th><th>${term('AIQ')}</th><th>${term('AIQ lift', 'over the mix')}</th></tr></thead>
<tbody>${all.map(
    ({
      router,
      parameter,
      price,
      aiq,
      aiqLift,
      curve,
    }) => html`<tr>${name(router)}<td class="word">${parameter}</td><td class="word">${against(price)}</td>${numberCell(curve.length, count(curve.length))}${numberCell(aiq.n, count(aiq.n))}${withInterval(aiq, digits)}${withInterval(aiqLift, digits)}</tr>
`,
  )}</tbody></table></div>`;
}

const parameters = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** Every point of every sweep; too many for paper. */
function pointsTable(set: ResultSet, all: SweepsResult): Markup {
  const priced = all.some(({ curve }) => curve.some(({ cost }) => cost !== null));
  const timed = all.some(({ curve }) => curve.some(({ latencyMs }) => latencyMs !== undefined));
  const head = set.costUnit === 'usd' ? '$ per 1,000' : 'strong share, %';
  const { scale } = costAxis(set);
  return html`<details class="screen"><summary>The numbers of these charts</summary><div class="scroll"><table class="sortable swept">
<thead><tr><th>router</th><th class="word">quality against</th><th>parameter</th>${priced ? html`<th>${head}</th>` : null}${timed ? html`<th>ms a query</th>` : null}<th>quality, %</th></tr></thead>
<tbody>${all.flatMap(({ router, price, curve }) =>
    curve.map(
      ({
        parameter,
        cost,
        latencyMs,
        quality,
      }) => html`<tr>${name(router)}<td class="word">${against(price)}</td>${numberCell(parameter, parameters.format(parameter ?? 0))}${priced ? numberCell(cost, fixed(scale * (cost ?? 0), 4)) : null}${timed ? numberCell(latencyMs, fixed(latencyMs ?? 0, 0)) : null}${numberCell(quality, percent(quality, 2))}</tr>
`,
    ),
  )}</tbody></table></div></details>`;
}
