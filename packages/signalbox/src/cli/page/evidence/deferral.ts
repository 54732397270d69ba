import type { ResultSet } from '../../../core/results.ts';
import type { DeferralResult } from '../../../core/results-evidence.ts';
import {
  bracket,
  columnDecimals,
  count,
  counted,
  fixed,
  nbsp,
  percent,
  points,
} from '../../words/numbers.ts';
import { label } from '../../words/reading.ts';
import { pointsOf } from '../../words/verdict.ts';
import { deferralChart, greatestDrawn } from '../chart/deferral.ts';
import type { Drawing } from '../chart/drawing.ts';
import { numberCell, withInterval } from '../frame/cells.ts';
import { html, type Markup, raw } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

type Certificate = DeferralResult['certified'][number];

/** Figure 4: what leaving the incumbent loses, and how far that is certified. Null where it was not measured. */
export function deferralSection(set: ResultSet, drawing: Drawing): Markup | null {
  const { deferral } = set;
  if (deferral === undefined || (deferral.points.length === 0 && deferral.certified.length === 0))
    return null;
  const charts = deferralChart(deferral, drawing);
  return html`<h3>${title(deferral)}</h3>
<p class="subtitle">${
    charts.length > 0
      ? html`Quality lost against ${label(deferral.bestSingle)} by ${label(deferral.system)}, as more queries leave it; shaded blue: a ${term('simultaneous')} 95 % band. Green: ${term('certified')} regions, one for each tolerated loss (${term('epsilon')}). ${beyond(deferral)}`
      : html`At no threshold does a query leave ${label(deferral.bestSingle)}, so there is no curve to draw. `
  }n${nbsp}${counted(deferral.calibrationRows, 'calibration row')}.</p>
${charts.length > 0 ? html`<figure>${charts}</figure>` : null}
${certificates(set, deferral)}
${cascadeTable(deferral)}
${curveTable(deferral)}`;
}

/** What the chart leaves out is said. */
function beyond(deferral: DeferralResult): string {
  const most = greatestDrawn(deferral);
  const left = deferral.points.filter(({ loss }) => Math.abs(100 * loss.value) > most).length;
  return left === 0
    ? ''
    : `${counted(left, 'threshold')} with a loss of more than ${fixed(most, 0)} points: in the numbers only. `;
}

const useful = ({ betting, saving }: Certificate): boolean =>
  betting !== null && betting.share > 0 && saving !== null && saving.low > 0;

function title({ certified }: DeferralResult): string {
  const best = certified.filter(useful).at(-1);
  if (best) {
    return `${percent(best.betting!.share, 0)} % of the queries may leave, with at most ${pointsOf(best.epsilon)} lost`;
  }
  return certified.some(({ betting }) => betting !== null && betting.share > 0)
    ? 'Queries may leave, but no saving is shown'
    : 'No query may leave with the loss certified';
}

function certificates(set: ResultSet, { certified }: DeferralResult): Markup | null {
  if (certified.length === 0) return null;
  const delta = set.verdict?.parameters.delta;
  const losses = certified.flatMap(({ worstGroup }) => worstGroup?.loss ?? []);
  const decimals = columnDecimals(losses);
  const share = (at: Certificate['betting']): Markup =>
    at === null
      ? html`<td class="word">nothing passed</td>`
      : html`<td data-value="${at.share}">${percent(at.share, 1)} <small>loss at most ${fixed(100 * at.bound, 2)}</small></td>`;
  return html`<p class="context">What is certified${delta === undefined ? '' : `, each with ${percent(1 - delta, 0)} % confidence`}: the share that may leave, by three tests. Epsilons are tried from the largest down; after the first that fails nothing more is claimed.</p>
<div class="scroll"><table class="certificates">
<thead><tr><th>${term('epsilon')}, points</th><th class="word">${term('incumbent')}</th><th>${term('threshold')}, points</th><th>${term('betting')}: leave, %</th><th>${term('Hoeffding')}: leave, %</th><th>${term('Clopper-Pearson')}: lose, %</th><th>${term('saving')}, %</th><th>loss in the worst group, points</th></tr></thead>
<tbody>${certified.map(
    (at) =>
      html`<tr class="${useful(at) ? 'main' : ''}" data-says="${says(at)}"${at.betting?.share ? raw(' data-region') : null}><th scope="row" data-value="${at.epsilon}">${Number((100 * at.epsilon).toFixed(2))}</th><td class="word">${label(at.incumbent)}</td>${numberCell(at.betting?.parameter, fixed(100 * (at.betting?.parameter ?? 0), 2))}${share(at.betting)}${share(at.hoeffding)}${numberCell(at.clopperPearson, percent(at.clopperPearson ?? 0, 2))}${withInterval(at.saving, (x) => percent(x, 0))}${worst(at, decimals)}</tr>
`,
  )}</tbody></table></div>`;
}

/** What holds at one tolerated loss, as the slider says it. */
function says({ epsilon, incumbent, betting, saving }: Certificate): string {
  const tolerated = `At most ${pointsOf(epsilon)} lost`;
  if (betting === null || betting.share === 0) return `${tolerated}: no query may leave ${label(incumbent)}.`;
  const saved =
    saving === null
      ? ''
      : `, which saves ${percent(saving.value, 0)} % ${bracket(saving, (x) => percent(x, 0))}`;
  return `${tolerated}: ${percent(betting.share, 0)} % of the queries may leave ${label(incumbent)}${saved}.`;
}

/** Two steps on the answers that are recorded: what could be saved by looking at an answer first. */
function cascadeTable({ certified }: DeferralResult): Markup | null {
  const rows = certified.flatMap((at) => (at.cascade ? [{ ...at, cascade: at.cascade }] : []));
  if (rows.length === 0) return null;
  return html`<p class="context">A ${term('cascade')}, replayed on the recorded answers: cheap models answer first, the incumbent answers as well where their answers look wrong (their length, status and option, whether two agree, and the forecasts); every answer is paid. Certified as above, by betting.</p>
<div class="scroll"><table class="cascades">
<thead><tr><th>${term('epsilon')}, points</th><th class="word">first step</th><th class="word">then</th><th>first answer kept, %</th><th>${term('saving')}, %</th></tr></thead>
<tbody>${rows.map(
    ({ epsilon, incumbent, cascade: { name, betting, saving } }) =>
      html`<tr><th scope="row" data-value="${epsilon}">${Number((100 * epsilon).toFixed(2))}</th><td class="word">${label(name.replace(/^cascade from /u, ''))}</td><td class="word">${label(incumbent)}</td>${
        betting === null
          ? html`<td class="word">nothing passed</td>`
          : html`<td data-value="${betting.share}">${percent(betting.share, 1)} <small>loss at most ${fixed(100 * betting.bound, 2)}</small></td>`
      }${withInterval(saving, (x) => percent(x, 0))}</tr>
`,
  )}</tbody></table></div>`;
}

function worst({ worstGroup }: Certificate, decimals: number): Markup {
  if (worstGroup === null) return html`<td></td>`;
  const { group, loss } = worstGroup;
  const write = (x: number): string => fixed(100 * x, decimals);
  return html`<td data-value="${loss.value}">${points(loss.value, decimals)} <small>[${write(loss.low)}, ${write(loss.high)}], ${group}, n ${count(loss.n)}</small></td>`;
}

function curveTable({ points: curve }: DeferralResult): Markup | null {
  if (curve.length === 0) return null;
  const decimals = columnDecimals(curve.map(({ loss }) => loss));
  return html`<details><summary>The numbers of this chart</summary><div class="scroll"><table class="sortable">
<thead><tr><th>threshold, points</th><th>leave, %</th><th>lost, points</th><th>cost, % of best single</th></tr></thead>
<tbody>${curve.map(
    ({ parameter, share, loss, cost }) =>
      html`<tr><th scope="row" data-value="${parameter}">${fixed(100 * parameter, 2)}</th>${numberCell(share, percent(share, 1))}${withInterval(loss, (x) => fixed(100 * x, decimals))}${numberCell(cost, percent(cost ?? 0, 1))}</tr>
`,
  )}</tbody></table></div></details>`;
}
