import type { ResultSet } from '../../../core/results.ts';
import type { ComplementarityResult } from '../../../core/results-evidence.ts';
import { shorter } from '../../words/names.ts';
import { columnDecimals, count, counted, fixed, percent, points } from '../../words/numbers.ts';
import { said } from '../../words/verdict.ts';
import { type Bar, barChart } from '../chart/bars.ts';
import type { Drawing } from '../chart/drawing.ts';
import { name, numberCell } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';
import { matrixTable } from '../matrix.ts';

/** Figure 6: who solves what others do not. Null where it was not measured, or with one model. */
export function complementaritySection(set: ResultSet, drawing: Drawing): Markup | null {
  const pool = set.complementarity;
  if (pool === undefined || set.models.length < 2) return null;
  return html`<h3>${title(pool)}</h3>
<p class="subtitle">All models right: ${said(pool.allRight)}; none: ${said(pool.noneRight)}; exactly one: ${said(pool.exactlyOne)}; n ${counted(pool.allRight.n, 'query', 'queries')}. Bars: share of the queries that so many models solve; ${
    pool.solvedByNull
      ? html`vermilion: what the ${term('Rasch null')} gives, models of different ability and queries of different difficulty and nothing else.`
      : 'there is no null beside them.'
  }</p>
<figure>${barChart(solved(pool), { label: 'share of the queries, %', about: 'Queries by how many models solve them.' }, drawing)}</figure>
${modelBars(set, pool, drawing)}
${kappaTable(set, pool)}
${numbers(set, pool)}`;
}

function title({ exactlyOne, solvedBy, solvedByNull }: ComplementarityResult): string {
  const one = `Exactly one model is right on ${percent(exactlyOne.value, 0)} % of the queries`;
  const [seen, chance] = [solvedBy[0], solvedByNull?.[0]];
  if (seen === undefined || chance === undefined) return one;
  // Models with specialities leave fewer queries unsolved than ability and difficulty alone would.
  if (Math.abs(chance - seen) < 0.01) return `${one}, as difficulty and luck alone would have it`;
  return seen < chance
    ? `${one}; fewer stay unsolved than by difficulty and luck`
    : `${one}; more stay unsolved than by difficulty and luck: models fail together`;
}

function solved({ solvedBy, solvedByNull }: ComplementarityResult): Bar[] {
  return solvedBy.map((share, k) => {
    const expected = solvedByNull?.[k];
    const of = `${k} of ${solvedBy.length - 1} models`;
    return {
      name: of,
      value: 100 * share,
      colour: 'var(--sky)',
      text: percent(share, 1),
      title: `${of} right: ${percent(share, 1)} %${expected === undefined ? '' : `, by the null ${percent(expected, 1)} %`}`,
      ...(expected === undefined ? {} : { expected: 100 * expected }),
    };
  });
}

/** Bars shown; of more models the table has the numbers. */
const most = 20;

function modelBars(set: ResultSet, { unique, poolCurve }: ComplementarityResult, drawing: Drawing): Markup {
  const short = shorter(set.models);
  const alone = Object.entries(unique)
    .sort((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([model, share]) => ({
      name: short(model),
      value: 100 * share,
      colour: 'var(--sky)',
      text: percent(share, 1),
      title: `${model} alone is right on ${percent(share, 1)} %`,
    }));
  const grown = poolCurve.slice(0, most).map(({ model, oracle }, i) => ({
    name: `${i === 0 ? '' : '+ '}${short(model)}`,
    value: 100 * oracle,
    colour: 'var(--context)',
    text: percent(oracle, 1),
    title: `pool of ${i + 1} with ${model}: oracle ${percent(oracle, 1)} %`,
  }));
  return html`${
    alone.length === 0
      ? null
      : html`<p class="subtitle">Share of the queries that this model alone solves, in %${more(unique)}.</p>
<figure>${barChart(alone, { label: 'solved by this model alone, %', about: 'Queries that one model alone solves.' }, drawing)}</figure>`
  }${
    grown.length < 2
      ? null
      : html`<p class="subtitle">The ${term('pool curve')}: the ${term('one-sample oracle')} of a pool grown one model at a time on some rows, judged on others; bars that no longer grow are models the pool does not need.</p>
<figure>${barChart(grown, { label: 'oracle of the pool so far, %', about: 'Oracle of a growing pool.' }, drawing)}</figure>`
  }`;
}

const more = (of: Readonly<Record<string, number>>): string =>
  Object.keys(of).length > most ? `; the first ${count(most)} of ${count(Object.keys(of).length)}` : '';

function kappaTable(set: ResultSet, { kappa }: ComplementarityResult): Markup | null {
  if (kappa === null) return null;
  const short = shorter(set.models);
  const table = matrixTable({
    names: set.models.map(short),
    values: kappa,
    middle: 0,
    range: 1,
    decimals: 2,
  });
  return (
    table &&
    html`<p class="subtitle">Agreement of two models beyond chance (${term('kappa', 'Cohen’s kappa')}): <span class="key loss">vermilion</span> they are right on the same queries, no colour unrelated, <span class="key blue">blue</span> they complement each other.</p>
${table}`
  );
}

function numbers(set: ResultSet, { unique, marginal, poolCurve }: ComplementarityResult): Markup | null {
  const known = (of: Readonly<Record<string, number>>, model: string): number | undefined =>
    Object.hasOwn(of, model) ? of[model] : undefined;
  const oracle = new Map(poolCurve.map((step, i) => [step.model, { place: i + 1, at: step.oracle }]));
  const rows = set.models.filter(
    (model) =>
      known(unique, model) !== undefined || known(marginal, model) !== undefined || oracle.has(model),
  );
  if (rows.length === 0) return null;
  const decimals = Math.max(1, columnDecimals([]));
  const short = shorter(set.models);
  return html`<details><summary>The numbers of these charts, model by model</summary><div class="scroll"><table class="sortable">
<thead><tr><th>model</th><th>alone right, %</th><th>oracle without it, points</th><th>place in the pool</th><th>oracle of the pool so far, %</th></tr></thead>
<tbody>${rows.map((model) => {
    const [alone, loss, step] = [known(unique, model), known(marginal, model), oracle.get(model)];
    return html`<tr>${name(model, short(model))}${numberCell(alone, percent(alone ?? 0, decimals))}${numberCell(loss === undefined ? undefined : -loss, points(-(loss ?? 0), decimals))}${numberCell(step?.place, fixed(step?.place ?? 0, 0))}${numberCell(step?.at, percent(step?.at ?? 0, decimals))}</tr>
`;
  })}</tbody></table></div></details>`;
}
