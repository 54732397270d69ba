import type { Estimate, ResultSet } from '../../../core/results.ts';
import type { BanditsResult } from '../../../core/results-bandits.ts';
import { type Bandit, banditsSaid, priorOf } from '../../words/bandits.ts';
import {
  bracket,
  columnDecimals,
  count,
  counted,
  fixed,
  moneyDecimals,
  percent,
} from '../../words/numbers.ts';
import type { Drawing } from '../chart/drawing.ts';
import { type IntervalRow, intervalChart } from '../chart/intervals.ts';
import type { LinePoint } from '../chart/lines.ts';
import { heightOf, type PanelLine, panel } from '../chart/panels.ts';
import { estimateCell, name, numberCell, withInterval } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

/** Bandits that learn while they answer: what they lose over time, and what they spend. Null where none were replayed. */
export function banditsSection({ bandits: found }: ResultSet, drawing: Drawing): Markup | null {
  if (found === undefined || found.bandits.length === 0) return null;
  return html`<h3>${banditsSaid(found)}</h3>
<p class="subtitle">${term('bandit', 'Bandits')} answer ${counted(found.answers, 'recorded query', 'recorded queries')} one by one and see of each only the outcome of the model that they chose; known beforehand: ${counted(found.priorRows, 'row')}. ${term('bandit regret', 'Regret')}: answers’ worth of quality lost so far against the best ${term('fixed choice')} at equal spend (0; below it the bandit does better). Lines: means over ${counted(found.seeds, 'order')} of the queries, band: 95 % interval of that mean; blue: held to a budget by the ${term('pacer')}; dashed: without one.</p>
<div class="panels">${panelsOf(found, drawing)}</div>
${spending(found, drawing)}
${table(found)}
${course(found)}`;
}

/** One for each bandit, with and without a budget. */
function panelsOf({ bandits, answers }: BanditsResult, drawing: Drawing): Markup[] {
  const byName = Map.groupBy(bandits, nameOf);
  const charts = [...byName].map(([called, some]) => ({ called, lines: some.map(lineOf) }));
  const y = heightOf(
    charts.flatMap(({ lines }) => lines),
    [0],
  );
  const level = { at: 0, name: '', colour: 'var(--mark-orange)' };
  return charts.map(
    ({ called, lines }) => html`<figure><figcaption>${called}</figcaption>${panel(
      {
        lines,
        across: [level],
        x: { label: 'answers', domain: [0, answers], write: count },
        y: { label: 'answers lost', domain: y },
        about: `Regret of ${called} over its answers.`,
      },
      drawing,
    )}</figure>
`,
  );
}

const nameOf = (bandit: Bandit): string => `${bandit.router}, prior: ${priorOf(bandit)}`;

function lineOf(bandit: Bandit): PanelLine {
  const way = bandit.paced ? 'with a budget' : 'without';
  const write = (x: number): string => fixed(x, 1);
  const points = bandit.regret.map(
    ({ answers, total }): LinePoint => ({
      x: answers,
      y: total.value,
      low: total.low,
      high: total.high,
      title: `${way}, after ${count(answers)} answers: ${write(total.value)} lost ${bracket(total, write)}`,
    }),
  );
  return {
    name: bandit.paced ? 'budget' : 'no budget',
    // Before the first answer nothing is lost.
    points: [{ x: 0, y: 0, low: 0, high: 0 }, ...points],
    colour: bandit.paced ? 'var(--blue)' : 'var(--context)',
    dashed: !bandit.paced,
    strong: bandit.paced,
    band: true,
    dots: true,
  };
}

/** What each spent, against the budget. */
function spending({ bandits, budget, seeds }: BanditsResult, drawing: Drawing): Markup {
  const decimals = moneyDecimals([1000 * budget]);
  const write = (x: number): string => fixed(1000 * x, decimals);
  const rows = [...bandits]
    .sort((a, b) => Number(b.paced) - Number(a.paced))
    .map((bandit): IntervalRow => {
      const { cost, paced, greatestCost } = bandit;
      const called = `${bandit.router}, ${priorOf(bandit)}${paced ? ', budget' : ''}`;
      return {
        name: called,
        value: 1000 * cost.value,
        low: 1000 * cost.low,
        high: 1000 * cost.high,
        beside: 1000 * greatestCost,
        colour: paced ? 'var(--blue)' : 'var(--context)',
        text: `${percent(cost.value / budget, 0)} %`,
        title: `${called}: $${write(cost.value)} per 1,000 calls ${bracket(cost, write)}, ${percent(cost.value / budget, 1)} % of the budget, at most $${write(greatestCost)} in any order`,
      };
    });
  const axis = {
    label: '$ per 1,000 calls',
    about: 'What each bandit spends.',
    reference: { at: 1000 * budget, colour: 'var(--loss)' },
    values: [0],
  };
  return html`<p class="subtitle">Spent per 1,000 calls, with the share of the budget; dashed: the budget, $${write(budget)}; orange tick: the most in any of ${counted(seeds, 'order')}.</p>
<figure>${intervalChart(rows, axis, drawing)}</figure>`;
}

function table({ bandits, budget }: BanditsResult): Markup {
  const quality = columnDecimals(
    bandits.map((one) => one.quality),
    2,
  );
  const dollars = moneyDecimals(bandits.map(({ cost }) => 1000 * cost.value));
  return html`<div class="scroll"><table class="sortable bandits">
<thead><tr><th>bandit</th><th class="word">prior</th><th class="word">budget</th><th>quality, %</th><th>${term('fixed choice')} at equal spend, %</th><th>lost in the end, answers</th><th>$ per 1,000</th><th>most in any order</th><th>of the budget, %</th></tr></thead>
<tbody>${bandits.map((bandit) => {
    const { router, paced, cost, greatestCost } = bandit;
    return html`<tr>${name(router)}<td class="word">${priorOf(bandit)}</td><td class="word">${paced ? 'held to' : 'none'}</td>${estimateCell(bandit.quality, quality)}${estimateCell(bandit.fixed, quality)}${lost(bandit.regret.at(-1)?.total)}${withInterval(cost, (x) => fixed(1000 * x, dollars))}${numberCell(greatestCost, fixed(1000 * greatestCost, dollars))}${numberCell(cost.value / budget, percent(cost.value / budget, 1))}</tr>
`;
  })}</tbody></table></div>`;
}

const lost = (of: Estimate | undefined): Markup => withInterval(of, (x) => fixed(x, 1));

/** Regret after each number of answers. */
function course({ bandits }: BanditsResult): Markup {
  const stops = [...new Set(bandits.flatMap(({ regret }) => regret.map(({ answers }) => answers)))].sort(
    (a, b) => a - b,
  );
  return html`<details><summary>The numbers of these charts</summary><div class="scroll"><table class="sortable regret">
<thead><tr><th>bandit</th><th class="word">prior</th><th class="word">budget</th>${stops.map((at) => html`<th>lost after ${count(at)}</th>`)}</tr></thead>
<tbody>${bandits.map(
    (
      bandit,
    ) => html`<tr>${name(bandit.router)}<td class="word">${priorOf(bandit)}</td><td class="word">${bandit.paced ? 'held to' : 'none'}</td>${stops.map((at) => lost(bandit.regret.find(({ answers }) => answers === at)?.total))}</tr>
`,
  )}</tbody></table></div></details>`;
}
