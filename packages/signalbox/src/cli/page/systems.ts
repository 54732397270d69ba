import type { Estimate, Reference, ResultSet, System } from '../../core/results.ts';
import { shorter } from '../words/names.ts';
import {
  columnDecimals,
  count,
  counted,
  duration,
  fixed,
  moneyDecimals,
  nbsp,
  percent,
  pValue,
} from '../words/numbers.ts';
import {
  compared,
  find,
  headline,
  label,
  primary,
  singles,
  type Truth,
  unreachable,
} from '../words/reading.ts';
import type { Drawing } from './chart/drawing.ts';
import { systemsChart } from './chart/systems.ts';
import { empty, estimateCell, name, numberCell, versusCell, withInterval } from './frame/cells.ts';
import { type Child, html, type Markup } from './frame/markup.ts';
import { maybeTerm, term } from './frame/terms.ts';

/** Systems on one scale, then every number there is about them. */
export function systemsSection(set: ResultSet, drawing: Drawing, least: number): Markup {
  const charts = systemsChart(set, drawing);
  const about = html`<p class="subtitle">Dot: ${set.primary === 'macro' ? term('macro', 'mean of the groups') : term('quality', 'mean of all queries')} on ${counted(set.protocol.testRows, 'query', 'queries')}; line: ${term('interval', '95 % interval')}; dashed: ${term('best single')}. Hollow dots need hindsight; the hatched part of the ${term('oracle')} is not reachable before generation.</p>`;
  return html`<h3>${title(set)}</h3>
${
  charts.length > 0
    ? html`${about}
<figure>${charts}</figure>`
    : html`<p>No system has a value on these rows.</p>`
}
${table(set, least)}
${costTable(set)}
${publishedTable(set)}`;
}

const measures: Readonly<Record<Reference['measure'], Child>> = {
  quality: 'quality',
  macro: 'macro',
  apgr: term('APGR'),
  aiq: term('AIQ'),
  cpt50: term('CPT', 'CPT(50)'),
  cpt80: term('CPT', 'CPT(80)'),
};

/** Published figures of a study that is repeated here. */
function publishedTable(set: ResultSet): Markup | null {
  const references = set.references ?? [];
  if (references.length === 0) return null;
  const grouped = references.some(({ group }) => group !== undefined);
  const sources = new Set(references.map(({ source }) => source));
  return html`<h3>What was published</h3>
<div class="scroll"><table>
<thead><tr><th>system</th><th>measure</th>${grouped ? html`<th>group</th>` : null}<th>value</th></tr></thead>
<tbody>${references.map(
    ({ system, measure, group, value }) =>
      html`<tr>${name(system)}<td>${measures[measure]}</td>${grouped ? html`<td>${group ?? ''}</td>` : null}${numberCell(value, measure === 'aiq' || measure === 'apgr' ? fixed(value, 3) : `${percent(value, 2)} %`)}</tr>
`,
  )}</tbody></table></div>
${[...sources].map((source) => html`<p class="subtitle">${source}.</p>`)}`;
}

function title(set: ResultSet): string {
  const main = headline(set)?.system;
  const lift = main?.versus.bestSingle;
  if (main === undefined || !lift) return 'How good each system is';
  if (lift.low > 0) return 'The router lies above the best single model';
  if (lift.high < 0) return 'The router lies below the best single model';
  return 'The router cannot be told from the best single model';
}

interface Column {
  readonly head: Child;
  readonly cell: (system: System) => Markup;
  readonly shown?: boolean;
}

function table(set: ResultSet, least: number): Markup {
  const main = headline(set)?.system;
  const hull = find(set, 'zero-router');
  const systems = [...compared(set), ...(hull ? [hull] : []), ...singles(set)];
  const short = shorter(set.models);
  const columns = columnsOf(set, systems, least).filter((column) => column.shown !== false);
  const group = (system: System): string =>
    system === main ? 'main' : unreachable(system) ? 'beyond' : system.kind;
  return html`<p class="context">All systems. Small: 95 % intervals. Rows with stripes need hindsight.</p>
<div class="scroll broad"><table class="sortable systems">
<thead><tr><th>system</th>${columns.map((column) => html`<th>${column.head}</th>`)}</tr></thead>
<tbody>${systems.map(
    (system) =>
      html`<tr class="${group(system)}" data-system="${system.name}">${name(label(system), maybeTerm(short(label(system))))}${columns.map((column) => column.cell(system))}</tr>
`,
  )}</tbody></table></div>`;
}

function columnsOf(set: ResultSet, systems: readonly System[], least: number): Column[] {
  const quality = columnDecimals(
    systems.flatMap((s) => s.quality ?? []),
    least,
  );
  const macro = columnDecimals(
    systems.flatMap((s) => s.macro ?? []),
    least,
  );
  const lift = Math.max(columnDecimals(systems.flatMap((s) => s.versus.bestSingle ?? [])), least);
  const table = Math.max(columnDecimals(systems.flatMap((s) => s.versus.taskTable ?? [])), least);
  const any = (of: (system: System) => unknown): boolean =>
    systems.some((system) => of(system) !== undefined && of(system) !== null);
  const share = (of: (system: System) => Estimate | undefined, head: Child): Column => ({
    head,
    cell: (s) => withInterval(of(s), (x) => percent(x, 0)),
    shown: any(of),
  });
  const unit = (of: (system: System) => Estimate | undefined, head: Child): Column => ({
    head,
    cell: (s) => withInterval(of(s), (x) => fixed(x, 3)),
    shown: any(of),
  });
  const optional = (of: (system: System) => Estimate | undefined, head: Child): Column => ({
    head,
    cell: (s) => estimateCell(of(s), quality),
    shown: any(of),
  });
  const p = (of: (system: System) => { p: number } | null, shown: boolean): Column => ({
    head: term('p'),
    cell: (s) => numberCell(of(s)?.p, pValue(of(s)?.p ?? 1)),
    shown,
  });
  const [single, tabled] = [any((s) => s.versus.bestSingle), any((s) => s.versus.taskTable)];
  return [
    { head: 'n', cell: (s) => numberCell(primary(set, s)?.n, count(primary(set, s)?.n ?? 0)) },
    { head: html`${term('quality')}, %`, cell: (s) => estimateCell(s.quality, quality) },
    {
      head: html`${term('macro')}, %`,
      cell: (s) => estimateCell(s.macro, macro),
      shown: set.groups.length > 1,
    },
    {
      head: html`vs ${term('best single')}, points`,
      cell: (s) => versusCell(s.versus.bestSingle, lift),
      shown: single,
    },
    p((s) => s.versus.bestSingle, single),
    {
      head: html`vs ${term('task table')}, points`,
      cell: (s) => versusCell(s.versus.taskTable, table),
      shown: tabled,
    },
    p((s) => s.versus.taskTable, tabled),
    costColumn(set, systems),
    latencyColumn(systems),
    optional((s) => s.raw, html`${term('raw')} score, %`),
    optional((s) => s.asReleased, html`${term('as released')}, %`),
    unit((s) => s.aiq, term('AIQ')),
    unit((s) => s.aiqLift, term('AIQ lift')),
    unit((s) => s.apgr, term('APGR')),
    share((s) => s.cpt50, html`${term('CPT', 'CPT(50)')}, %`),
    share((s) => s.cpt80, html`${term('CPT', 'CPT(80)')}, %`),
    {
      head: html`${term('choice entropy', 'entropy')}, bits`,
      cell: (s) => numberCell(s.choiceEntropy, fixed(s.choiceEntropy ?? 0, 2)),
      shown: any((s) => s.choiceEntropy),
    },
    timing('fit', (s) => s.fitSeconds),
    timing('predict 1,000', (s) => s.predictSecondsPer1000),
  ];
}

const timing = (head: string, of: (system: System) => number): Column => ({
  head,
  cell: (s) => (s.kind === 'router' ? numberCell(of(s), duration(of(s))) : empty),
});

/** Milliseconds, where the table records them. */
function latencyColumn(systems: readonly System[]): Column {
  return {
    head: 'latency, ms',
    cell: (s) => withInterval(s.latency, (x) => fixed(x, 0)),
    shown: systems.some((s) => s.latency !== undefined),
  };
}

function costColumn(set: ResultSet, systems: readonly System[]): Column {
  if (set.costUnit === 'strong share') {
    return {
      head: html`${term('strong share')}, %`,
      cell: (s) => withInterval(s.cost, (x) => percent(x, 1)),
    };
  }
  const decimals = moneyDecimals(systems.flatMap((s) => (s.cost ? [1000 * s.cost.value] : [])));
  return {
    head: '$ per 1,000',
    cell: (s) => withInterval(s.cost, (x) => fixed(1000 * x, decimals)),
    shown: set.costUnit !== null,
  };
}

const levels = ['99', '98', '95'] as const;

/** What equal quality costs, at operating points fixed beforehand and on the hull. */
function costTable(set: ResultSet): Markup | null {
  const hull = find(set, 'zero-router');
  const systems = [...compared(set), ...(hull ? [hull] : [])].filter((s) => s.costAt ?? s.costAtFixed);
  if (systems.length === 0) return null;
  const main = headline(set)?.system;
  const kept = systems.some((s) => s.qualityAtFixed !== undefined);
  const cells = (read: System['costAt'], decimals = 0): Markup[] =>
    levels.map((level) => {
      if (read === undefined) return empty;
      const share = read[level];
      return share
        ? withInterval(share, (x) => percent(x, decimals))
        : html`<td class="word">not reached</td>`;
    });
  return html`<h3>What equal quality costs</h3>
<p class="subtitle">${term('cost at equal quality', 'Cost at equal quality')} in % of the cost of the ${term('best single')}, to keep 99, 98 and 95${nbsp}% of its quality. “Fixed” holds the operating point set on training rows${kept ? ', and “kept” the share of its quality that was left there' : ''}; “hull” reads it off these rows and is optimistic.</p>
<div class="scroll"><table class="sortable">
<thead><tr><th>system</th>${levels.map((level) => html`<th>fixed, ${level}${nbsp}%</th>`)}${kept ? levels.map((level) => html`<th>kept, ${level}${nbsp}%</th>`) : null}${levels.map((level) => html`<th>hull, ${level}${nbsp}%</th>`)}</tr></thead>
<tbody>${systems.map(
    (s) =>
      html`<tr class="${s === main ? 'main' : s.kind}">${name(label(s), maybeTerm(label(s)))}${cells(s.costAtFixed)}${kept ? cells(s.qualityAtFixed, 1) : null}${cells(s.costAt)}</tr>
`,
  )}</tbody></table></div>`;
}

/** The exact expected values of a simulated world beside what was measured. */
export function truthSection(set: ResultSet, truth: Truth): Markup {
  const decimals = Math.max(1, columnDecimals(set.systems.flatMap((s) => primary(set, s) ?? [])));
  const rows = Object.entries(truth.values).map(([key, value]) => {
    const system = find(set, key);
    const at = system ? primary(set, system) : null;
    const verdict =
      at === null
        ? 'not estimated'
        : value < at.low
          ? 'below the interval'
          : value > at.high
            ? 'above the interval'
            : 'inside';
    return html`<tr>${name(label(key), maybeTerm(label(key)))}${numberCell(value, percent(value, decimals))}${estimateCell(at, decimals)}<td class="word">${verdict}</td></tr>
`;
  });
  return html`<h3>What is true of this simulated world</h3>
<p class="subtitle">${truth.story ? `${truth.story} ` : ''}Exact expected values beside what the report measured without knowing them.</p>
<div class="scroll"><table><thead><tr><th>system</th><th>true, %</th><th>measured, %</th><th class="word">the true value is</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}
