import type { ResultSet } from '../../../core/results.ts';
import type { AblationsResult } from '../../../core/results-ablations.ts';
import { ablationSaid, lostSaid, partOf } from '../../words/ablations.ts';
import {
  bracket,
  columnDecimals,
  count,
  counted,
  fixed,
  moneyDecimals,
  percent,
  points,
} from '../../words/numbers.ts';
import type { Drawing } from '../chart/drawing.ts';
import { type IntervalRow, intervalChart } from '../chart/intervals.ts';
import { estimateCell, name, withInterval } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

type Ablation = AblationsResult[number];

/** A router without its parts, and with a model lost. Null where neither was tried. */
export function ablationsSection(set: ResultSet, drawing: Drawing): Markup | null {
  const all = set.ablations ?? [];
  if (all.length === 0) return null;
  return html`${all.map(
    (one) => html`${partsOf(one, set, drawing)}
${lostOf(one, set, drawing)}
`,
  )}`;
}

const qualityOf = (set: ResultSet): string => (set.primary === 'macro' ? 'macro quality' : 'quality');

function partsOf(ablation: Ablation, set: ResultSet, drawing: Drawing): Markup {
  const { router, seeds, lines } = ablation;
  const values = columnDecimals(
    lines.map(({ value }) => value),
    2,
  );
  const differences = Math.max(columnDecimals(lines.flatMap(({ difference }) => difference ?? [])), 2);
  const dollars = moneyDecimals(lines.flatMap(({ cost }) => (cost ? [1000 * cost.value] : [])));
  const priced = lines.some(({ cost }) => cost !== null);
  const changed = lines.flatMap(({ system, difference }): IntervalRow[] => {
    if (difference === null) return [];
    const write = (x: number): string => fixed(100 * x, differences);
    return [
      {
        name: partOf(system, router),
        value: 100 * difference.value,
        low: 100 * difference.low,
        high: 100 * difference.high,
        colour: 'var(--blue)',
        text: points(difference.value, differences),
        title: `${partOf(system, router)}: ${points(difference.value, differences)} points ${bracket(difference, write)}`,
      },
    ];
  });
  const axis = {
    label: `${qualityOf(set)}, points against ${router} as it is`,
    about: `${router} without its parts.`,
    reference: { at: 0, colour: 'var(--context)' },
  };
  return html`<h3>${ablationSaid(ablation)}</h3>
<p class="subtitle">${term('ablation', 'Ablations')}: the router with a part left out or changed, less the router as it is (dashed), in points of ${qualityOf(set)}, paired, with 95 % intervals; means over ${counted(seeds, 'seed')}, on ${counted(lines[0]?.value.n ?? 0, 'query', 'queries')}.</p>
${changed.length > 0 ? html`<figure>${intervalChart(changed, axis, drawing)}</figure>` : null}
<div class="scroll"><table class="sortable ablations">
<thead><tr><th>variant</th><th>${qualityOf(set)}, %</th><th>difference, points</th>${priced ? html`<th>$ per 1,000</th>` : null}</tr></thead>
<tbody>${lines.map(
    ({
      system,
      value,
      cost,
      difference,
    }) => html`<tr>${name(partOf(system, router))}${estimateCell(value, values)}${inPoints(difference, differences)}${priced ? withInterval(cost, (x) => fixed(1000 * x, dollars)) : null}</tr>
`,
  )}</tbody></table></div>`;
}

const inPoints = (of: Ablation['lines'][number]['difference'], decimals: number): Markup =>
  withInterval(
    of,
    (x) => fixed(100 * x, decimals),
    (x) => points(x, decimals),
  );

function lostOf(ablation: Ablation, set: ResultSet, drawing: Drawing): Markup | null {
  const { router, lines, lost } = ablation;
  if (lost.length === 0) return null;
  const whole = lines.find(({ system }) => system === router)?.value;
  const decimals = columnDecimals(
    lost.map(({ value }) => value),
    2,
  );
  const lifts = Math.max(columnDecimals(lost.map(({ lift }) => lift)), 2);
  const write = (x: number): string => percent(x, decimals);
  const rows = lost.map(
    ({ model, value, bestSingle }): IntervalRow => ({
      name: model,
      value: 100 * value.value,
      low: 100 * value.low,
      high: 100 * value.high,
      beside: 100 * bestSingle.value,
      colour: 'var(--blue)',
      text: write(value.value),
      title: `without ${model}: ${write(value.value)} % ${bracket(value, write)}, best single of those left ${write(bestSingle.value)} %`,
    }),
  );
  const axis = {
    label: `${qualityOf(set)} without the model, %`,
    about: `${router} with a model lost.`,
    ...(whole && { reference: { at: 100 * whole.value, colour: 'var(--blue)' } }),
  };
  return html`<h3>${lostSaid(ablation)}</h3>
<p class="subtitle">One model at a time cannot be called, and the router’s next best takes its place; nothing is fitted anew. Dots: ${qualityOf(set)} with 95 % intervals${whole ? html`; dashed: with all ${count(lost.length)} models, ${write(whole.value)} %` : null}; orange: the ${term('best single')} model of those left.</p>
<figure>${intervalChart(rows, axis, drawing)}</figure>
<div class="scroll"><table class="sortable lost">
<thead><tr><th>lost model</th><th>${qualityOf(set)}, %</th><th>best single of those left, %</th><th>${term('lift')} over it, points</th></tr></thead>
<tbody>${lost.map(
    ({
      model,
      value,
      bestSingle,
      lift,
    }) => html`<tr>${name(model)}${estimateCell(value, decimals)}${estimateCell(bestSingle, decimals)}${inPoints(lift, lifts)}</tr>
`,
  )}</tbody></table></div>`;
}
