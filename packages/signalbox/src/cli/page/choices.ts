import type { ResultSet, System } from '../../core/results.ts';
import { shorter } from '../words/names.ts';
import { count, fixed, percent } from '../words/numbers.ts';
import { byValue, compared, find, headline, label, singles } from '../words/reading.ts';
import type { Drawing } from './chart/drawing.ts';
import { type IntervalRow, intervalChart } from './chart/intervals.ts';
import { name, numberCell } from './frame/cells.ts';
import { html, type Markup } from './frame/markup.ts';
import { maybeTerm, term } from './frame/terms.ts';

/** Routers shown beside the main one. */
const others = 3;

/** Models on the chart of calibration. */
const most = 20;

/** Which share of the queries each system sends to each model. */
export function choicesSection(set: ResultSet): Markup | null {
  const main = headline(set)?.system;
  const routers = byValue(
    set,
    set.systems.filter((system) => system.kind === 'router' && system !== main),
  );
  const shown = [find(set, 'task-table'), main, ...routers.slice(0, others), find(set, 'oracle')].filter(
    (system): system is System => system?.choices != null,
  );
  if (shown.length === 0 || set.models.length < 2) return null;
  const short = shorter(set.models);
  const order = singles(set).map(label);
  const models = [...order, ...set.models.filter((model) => !order.includes(model))];
  return html`<h3>${title(main, short)}</h3>
<p class="subtitle">Share of the queries that each system sends to each model, in %; the model with the best mean first.</p>
<div class="scroll"><table class="sortable">
<thead><tr><th>model</th>${shown.map((system) => html`<th class="word">${maybeTerm(label(system))}, %</th>`)}</tr></thead>
<tbody>${models.map(
    (
      model,
    ) => html`<tr>${name(model, short(model))}${shown.map((system) => share(system, model, system === main))}</tr>
`,
  )}</tbody></table></div>`;
}

function title(main: System | undefined, short: (model: string) => string): string {
  const shares = Object.entries(main?.choices ?? {}).sort((a, b) => b[1] - a[1]);
  const [first] = shares;
  if (first === undefined) return 'Where the queries go';
  const model = short(first[0]);
  const used = shares.filter(([, x]) => x >= 0.01).length;
  return used === 1
    ? `The router sends nearly every query to ${model}`
    : `The router sends ${percent(first[1], 0)} % of the queries to ${model}`;
}

function share(system: System, model: string, main: boolean): Markup {
  const of = system.choices!;
  const x = Object.hasOwn(of, model) ? of[model]! : 0;
  const colour = main ? 'blue' : system.name === 'task-table' ? 'green' : '';
  return html`<td data-value="${x}"><span class="bar"><i class="${colour}" style="width:${(80 * x).toFixed(1)}px"></i>${percent(x, x > 0 && x < 0.01 ? 1 : 0)}</span></td>`;
}

/** How far predicted and observed quality lie apart. */
export function calibrationSection(set: ResultSet, drawing: Drawing): Markup | null {
  const main = headline(set)?.system;
  const seen = new Set<string>();
  // Policies of one router share its predictions.
  const routers = compared(set).filter((s) => {
    if (Object.keys(s.calibration ?? {}).length === 0 || seen.has(predictor(s))) return false;
    seen.add(predictor(s));
    return true;
  });
  if (routers.length === 0) return null;
  const own = routers.find((s) => main !== undefined && predictor(s) === predictor(main)) ?? routers[0]!;
  const rows = routers.map((s) => ({ system: s, ...summary(s) }));
  const ours = rows.find((row) => row.system === own)!;
  return html`<h3>The predictions of ${predictor(own)} are ${fixed(100 * ours.ece, 1)} points off on average</h3>
<p class="subtitle">${term('Brier')} and ${term('ECE')} of predicted against observed quality; means over the models, lower is better. Drawn: the ECE of ${predictor(own)} for each model.</p>
<figure>${calibrationChart(set, own, drawing)}</figure>
<div class="scroll"><table class="sortable">
<thead><tr><th>router</th><th>mean Brier</th><th>mean ECE</th><th>worst ECE</th><th class="word">of model</th></tr></thead>
<tbody>${rows.map(
    (r) =>
      html`<tr class="${r.system === own ? 'main' : ''}">${name(predictor(r.system))}${numberCell(r.brier, fixed(r.brier, 3))}${numberCell(r.ece, fixed(r.ece, 3))}${numberCell(r.worst, fixed(r.worst, 3))}<td class="word" data-value="${r.model}">${r.model}</td></tr>
`,
  )}</tbody></table></div>
<details><summary>Each model, predicted by ${predictor(own)}</summary><div class="scroll"><table class="sortable">
<thead><tr><th>model</th><th>Brier</th><th>ECE</th></tr></thead>
<tbody>${Object.entries(own.calibration!).map(
    ([model, c]) =>
      html`<tr>${name(model)}${numberCell(c.brier, fixed(c.brier, 3))}${numberCell(c.ece, fixed(c.ece, 3))}</tr>
`,
  )}</tbody></table></div></details>`;
}

const predictor = (system: System): string => label(system).split('+')[0]!;

function calibrationChart(set: ResultSet, system: System, drawing: Drawing): Markup[] {
  const short = shorter(set.models);
  const entries = Object.entries(system.calibration!).sort((a, b) => a[1].ece - b[1].ece);
  const rows = entries.slice(0, most).map(([model, { ece }]): IntervalRow => {
    const shown = fixed(100 * ece, 1);
    return {
      name: short(model),
      value: 100 * ece,
      low: 0,
      high: 100 * ece,
      colour: 'var(--blue)',
      text: shown,
      title: `${model}: ${shown} points`,
    };
  });
  const about = `ECE of each model${entries.length > most ? `, the ${count(most)} lowest of ${count(entries.length)}` : ''}`;
  return intervalChart(
    rows,
    { label: `${about}, points`, about: `${about}.`, reference: { at: 0, colour: 'var(--context)' } },
    drawing,
  );
}

function summary(system: System): { brier: number; ece: number; worst: number; model: string } {
  const entries = Object.entries(system.calibration!);
  const mean = (of: (c: { brier: number; ece: number }) => number): number =>
    entries.reduce((sum, [, c]) => sum + of(c), 0) / entries.length;
  const [model, worst] = entries.reduce((a, b) => (b[1].ece > a[1].ece ? b : a));
  return { brier: mean((c) => c.brier), ece: mean((c) => c.ece), worst: worst.ece, model };
}
