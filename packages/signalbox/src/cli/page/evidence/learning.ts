import type { ResultSet } from '../../../core/results.ts';
import type { LabelsNeeded } from '../../../core/results-evidence.ts';
import { bracket, columnDecimals, count, counted, percent } from '../../words/numbers.ts';
import { rungLabel, settled } from '../../words/verdict.ts';
import type { Drawing } from '../chart/drawing.ts';
import { type LineSeries, lineChart } from '../chart/lines.ts';
import { estimateCell, name, numberCell } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

/** Figure 8: quality as labels grow, where the fitted curves lead, and how many more would settle it. */
export function learningSection(set: ResultSet, drawing: Drawing): Markup | null {
  const needed = set.labelsNeeded;
  if (needed === undefined) return null;
  const series = needed.curves.flatMap((curve) => seriesOf(curve, needed));
  const facts = factsOf(needed);
  if (series.length === 0 && facts.length === 0) return null;
  const effect = set.verdict?.parameters.minimumEffect;
  const chart = lineChart(
    {
      series,
      across: [
        { at: 100 * needed.best, name: 'best single', colour: 'var(--mark-orange)' },
        ...(effect === undefined
          ? []
          : [{ at: 100 * (needed.best + effect), name: 'minimum effect', colour: 'var(--context)' }]),
      ],
      upright: markers(needed),
      x: { label: 'training queries', log: true },
      y: { label: 'quality, %' },
      about: 'Quality as training queries grow.',
    },
    drawing,
  );
  const dots = html`Dots: quality with its 95 % interval after so many training queries; line: the fitted ${term('learning curve')}, dashed beyond what is there.`;
  return html`<h3>${title(set, needed)}</h3>
${series.length > 0 ? html`<p class="subtitle">${dots}</p><figure>${chart}</figure>` : null}
${facts.length > 0 ? html`<ul>${facts.map((fact) => html`<li>${fact}</li>`)}</ul>` : null}
${series.length > 0 ? table(needed) : null}`;
}

const said = ([low, high]: readonly [number, number]): string =>
  low === high ? count(low) : `${count(low)} to ${count(high)}`;

function title(set: ResultSet, { more }: LabelsNeeded): string {
  if (more === null) return 'How quality grows with labels';
  if (more[1] === 0) return 'There are as many labels as are needed';
  return `${said(more)} more labelled queries would ${settled(set)}`;
}

/** The task table and the best router have their colours everywhere. */
const fixedColours: Readonly<Record<string, string>> = {
  'task-table': 'var(--mark-green)',
  'best-router': 'var(--blue)',
};
const others = ['var(--sky)', 'var(--context)', 'var(--loss)'];

function colourOf(rung: string, { curves }: LabelsNeeded): string {
  if (Object.hasOwn(fixedColours, rung)) return fixedColours[rung]!;
  const rest = curves.map((curve) => curve.rung).filter((name) => !Object.hasOwn(fixedColours, name));
  return others[rest.indexOf(rung) % others.length]!;
}

function seriesOf(curve: LabelsNeeded['curves'][number], needed: LabelsNeeded): LineSeries[] {
  const points = curve.points.map(({ rows, value }) => ({
    x: rows,
    y: 100 * value.value,
    low: 100 * value.low,
    high: 100 * value.high,
    title: `${rungLabel(curve.rung)}, ${counted(rows, 'training query', 'training queries')}: ${percent(value.value, 1)} % ${bracket(value, (x) => percent(x, 1))}`,
  }));
  if (points.length === 0) return [];
  const colour = colourOf(curve.rung, needed);
  const shown = { name: rungLabel(curve.rung), colour };
  const { fit } = curve;
  if (fit === null) return [{ ...shown, points, dots: true }];
  const [from, there] = [points[0]!.x, points.at(-1)!.x];
  const to = Math.max(2 * there, there + (needed.more?.[1] ?? 0));
  const along = (start: number, end: number) =>
    Array.from({ length: 33 }, (_, s) => start * (end / start) ** (s / 32)).map((x) => ({
      x,
      y: 100 * (fit.limit - fit.scale * x ** -fit.power),
    }));
  return [
    { name: '', colour, points: along(from, there) },
    { ...shown, dashed: true, points: along(there, to) },
    { name: '', colour, points, dots: true, unlined: true },
  ];
}

function markers({ curves, more }: LabelsNeeded) {
  const there = Math.max(0, ...curves.flatMap(({ points }) => points.map(({ rows }) => rows)));
  if (there === 0 || more === null || more[1] === 0) return [];
  return [
    {
      at: there + Math.max(more[0], 1),
      name: `${said(more)} more`,
      colour: 'var(--loss)',
    },
  ];
}

function factsOf({ discordance, paired, curve, perGroup }: LabelsNeeded): Markup[] {
  const facts: Markup[] = [];
  if (paired) {
    const differ = discordance
      ? html` (the two differ on ${percent(discordance.value, 1)} % ${bracket(discordance, (x) => percent(x, 1))} of the queries, their ${term('discordance')})`
      : null;
    facts.push(
      html`To see a lift of the ${term('minimum effect')} with probability 80 %: ${said(paired)} queries${differ}.`,
    );
  } else if (discordance) {
    facts.push(
      html`Router and best single model differ on ${percent(discordance.value, 1)} % ${bracket(discordance, (x) => percent(x, 1))} of the queries (${term('discordance')}).`,
    );
  }
  if (curve) facts.push(html`The fitted curve reaches the minimum effect at ${said(curve)} queries.`);
  if (perGroup) {
    const short = Object.entries(perGroup.short);
    const shown = short.slice(0, 6).map(([group, rows]) => `${group} (${count(rows)})`);
    const rest = short.length > 6 ? ` and ${count(short.length - 6)} more` : '';
    const fewer = short.length > 0 ? ` Fewer have: ${shown.join(', ')}${rest}.` : ' All groups have as many.';
    facts.push(
      html`A group needs ${counted(perGroup.minimum, 'query', 'queries')} before it may override the best model.${fewer}`,
    );
  }
  return facts;
}

function table({ curves }: LabelsNeeded): Markup {
  const rows = [...new Set(curves.flatMap(({ points }) => points.map((point) => point.rows)))].sort(
    (a, b) => a - b,
  );
  const decimals = columnDecimals(curves.flatMap(({ points }) => points.map(({ value }) => value)));
  return html`<details><summary>The numbers of this chart</summary><div class="scroll"><table class="sortable">
<thead><tr><th>training queries</th>${curves.map(({ rung }) => html`<th>${rungLabel(rung)}, %</th>`)}</tr></thead>
<tbody>${rows.map(
    (at) =>
      html`<tr>${name(count(at))}${curves.map(({ points }) => {
        const point = points.find((one) => one.rows === at);
        return point ? estimateCell(point.value, decimals) : html`<td></td>`;
      })}</tr>
`,
  )}<tr>${name('limit of the fit')}${curves.map(({ fit }) => numberCell(fit?.limit, percent(fit?.limit ?? 0, decimals)))}</tr></tbody></table></div></details>`;
}
