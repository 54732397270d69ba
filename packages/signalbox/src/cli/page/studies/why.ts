import type { ResultSet, System } from '../../../core/results.ts';
import type { Why } from '../../../core/results-evidence.ts';
import { shorter } from '../../words/names.ts';
import { bracket, columnDecimals, count, counted, fixed, percent } from '../../words/numbers.ts';
import { find, label } from '../../words/reading.ts';
import type { Drawing } from '../chart/drawing.ts';
import { type LineSeries, lineChart } from '../chart/lines.ts';
import { controlsSection } from '../evidence/ladder.ts';
import { difference, estimateCell, name, numberCell } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';
import { matrixTable } from '../matrix.ts';

/** The founding study's diagnostics: why a scenario came out as it did. */
export function whySection(set: ResultSet, drawing: Drawing): Markup | null {
  const { why } = set;
  if (why === undefined) return null;
  return html`${shares(why)}
${agreement(set, why)}
${learning(set, why, drawing)}
${controlsSection(why.controls)}
${contamination(set, why)}`;
}

function shares({ allRight, noneRight, exactlyOne }: Why): Markup {
  const decimals = columnDecimals([allRight, noneRight, exactlyOne]);
  const rows = [
    ['every model is right', allRight],
    ['exactly one model is right', exactlyOne],
    ['no model is right', noneRight],
  ] as const;
  const open = Math.max(0, 1 - allRight.value - noneRight.value);
  return html`<h3>On ${percent(open, 0)} % of the queries it matters which model answers</h3>
<p class="subtitle">Where every model is right, or none is, a router can neither gain nor lose. Share of the queries, in %, with its 95 % interval.</p>
<div class="scroll"><table class="shares">
<thead><tr><th>queries on which</th><th>share, %</th><th>n</th></tr></thead>
<tbody>${rows.map(
    ([what, at]) =>
      html`<tr>${name(what)}${estimateCell(at, decimals)}${numberCell(at.n, count(at.n))}</tr>
`,
  )}</tbody></table></div>`;
}

function agreement(set: ResultSet, why: Why): Markup | null {
  const cells = why.kappa ?? why.agreement;
  if (cells.length < 2) return null;
  const pairs = cells.flatMap((row, i) => row.slice(0, i));
  const mean = pairs.reduce((sum, x) => sum + x, 0) / pairs.length;
  const about = why.kappa
    ? html`${term('kappa', 'Kappa')}: 1 where two models are right and wrong together, 0 as if independent.`
    : 'Share of the queries on which two models are both right or both wrong.';
  return html`<h3>Two models ${why.kappa ? 'agree beyond chance by' : 'agree on'} ${percent(mean, 0)} % on average</h3>
<p class="subtitle">${about} Vermilion: right and wrong together; blue: they complement each other, so that there is something to choose.</p>
${matrixTable({ names: set.models.map(shorter(set.models)), values: cells, middle: why.kappa ? 0 : 0.5, range: why.kappa ? 1 : 0.5, decimals: 2 })}`;
}

const colours = ['var(--blue)', 'var(--mark-green)', 'var(--sky)', 'var(--loss)', 'var(--context)'];

function learning(set: ResultSet, { learningCurve }: Why, drawing: Drawing): Markup | null {
  if (learningCurve.length === 0) return null;
  const systems = [...new Set(learningCurve.map(({ system }) => system))];
  const others = systems.filter((system) => system !== 'best-single');
  const decimals = columnDecimals(learningCurve.map(({ value }) => value));
  const pointsOf = (system: string) =>
    learningCurve.filter((point) => point.system === system).sort((a, b) => a.rows - b.rows);
  const series = systems.map((system): LineSeries => {
    const colour =
      system === 'best-single' ? 'var(--mark-orange)' : colours[others.indexOf(system) % colours.length]!;
    const points = pointsOf(system).map(({ rows, value }) => ({
      x: rows,
      y: 100 * value.value,
      low: 100 * value.low,
      high: 100 * value.high,
      title: `${label(system)}, ${counted(rows, 'training query', 'training queries')}: ${percent(value.value, decimals)} % ${bracket(value, (x) => percent(x, decimals))}`,
    }));
    return { name: label(system), colour, points, dots: true };
  });
  const best = find(set, 'best-single')?.quality;
  const rows = [...new Set(learningCurve.map((point) => point.rows))].sort((a, b) => a - b);
  return html`<h3>${learningTitle(others.map(pointsOf))}</h3>
<p class="subtitle">Quality on the test rows as training rows grow, with its 95 % interval.</p>
<figure>${lineChart(
    {
      series,
      across:
        best && !systems.includes('best-single')
          ? [{ at: 100 * best.value, name: 'best single', colour: 'var(--mark-orange)' }]
          : [],
      x: { label: 'training queries', log: rows.length > 1 },
      y: { label: 'quality, %' },
      about: 'Quality as training queries grow.',
    },
    drawing,
  )}</figure>
<details><summary>The numbers of this chart</summary><div class="scroll"><table class="learning">
<thead><tr><th>training queries</th>${systems.map((system) => html`<th>${label(system)}, %</th>`)}</tr></thead>
<tbody>${rows.map(
    (at) =>
      html`<tr>${name(count(at))}${systems.map((system) => estimateCell(pointsOf(system).find((point) => point.rows === at)?.value, decimals))}</tr>
`,
  )}</tbody></table></div></details>`;
}

/** Scarce data would show as a curve that still rises at its end. */
function learningTitle(curves: readonly Why['learningCurve'][]): string {
  const rising = curves.filter((points) => {
    const [before, last] = [points.at(-2), points.at(-1)];
    return before && last && last.value.low > before.value.value;
  }).length;
  if (curves.every((points) => points.length < 2)) return 'Quality at these training rows';
  return rising > 0
    ? 'The routers still learn from more training rows'
    : 'More training rows no longer raise the routers beyond noise';
}

function contamination(set: ResultSet, { contamination: { leaks, models } }: Why): Markup | null {
  const entries = Object.entries(models);
  if (entries.length === 0) {
    return leaks === 0
      ? null
      : html`<p>${counted(leaks, 'test row')} have a text that is also in training.</p>`;
  }
  const short = shorter(set.models);
  const decimals = columnDecimals(entries.flatMap(([, { train, test }]) => [train, test]));
  const gaps = entries.map(([model, { train, test }]) => [model, train.value - test.value] as const);
  const [worst, gap] = gaps.reduce((a, b) => (b[1] > a[1] ? b : a));
  return html`<h3>${gap > 0.02 ? `${short(worst)} scores ${fixed(100 * gap, 1)} points higher on the training rows` : 'Training and test rows are as hard as each other'}</h3>
<p class="subtitle">Raw score of each model on training and on test rows. A model that is far better on one part may have seen it: what is learned there misleads. ${counted(leaks, 'test row')} of these texts ${leaks === 1 ? 'is' : 'are'} also in training.</p>
<div class="scroll"><table class="sortable contamination">
<thead><tr><th>model</th><th>training rows, %</th><th>test rows, %</th><th>difference, points</th></tr></thead>
<tbody>${entries.map(
    ([model, { train, test }]) =>
      html`<tr>${name(model, short(model))}${estimateCell(train, decimals)}${estimateCell(test, decimals)}${difference(train, test, decimals)}</tr>
`,
  )}</tbody></table></div>`;
}

/** How well each router foretells each model, once a router: its policies share the predictions. */
export function classifierSection(set: ResultSet): Markup | null {
  const seen = new Set<string>();
  const routers = set.systems.filter((system) => {
    const of = base(system);
    if (system.classifier === undefined || seen.has(of)) return false;
    seen.add(of);
    return true;
  });
  if (routers.length === 0) return null;
  const short = shorter(set.models);
  return html`<h3>How well each router foretells which model is right</h3>
<p class="subtitle">${term('weighted F1', 'Weighted F1')} and ${term('AUC')}: higher is better, AUC .5 is guessing; ${term('Brier')} and ${term('ECE')}: lower is better.</p>
${routers.map((system) => {
  const models = Object.entries(system.classifier!);
  const aucs = models.flatMap(([, of]) => of.auc ?? []);
  const mean = aucs.reduce((sum, x) => sum + x, 0) / aucs.length;
  return html`<details><summary>${base(system)}${aucs.length === 0 ? '' : `: mean AUC ${fixed(mean, 3)}`}</summary><div class="scroll"><table class="sortable classifier" data-router="${base(system)}">
<thead><tr><th>model</th><th>weighted F1</th><th>AUC</th><th>Brier</th><th>ECE</th></tr></thead>
<tbody>${models.map(([model, { weightedF1, auc }]) => {
    const of =
      system.calibration && Object.hasOwn(system.calibration, model) ? system.calibration[model] : undefined;
    return html`<tr>${name(model, short(model))}${numberCell(weightedF1, fixed(weightedF1, 3))}${numberCell(auc, fixed(auc ?? 0, 3))}${numberCell(of?.brier, fixed(of?.brier ?? 0, 3))}${numberCell(of?.ece, fixed(of?.ece ?? 0, 3))}</tr>
`;
  })}</tbody></table></div></details>`;
})}`;
}

const base = (system: System): string => system.name.split('+')[0]!;
