import type { ResultSet } from '../../../core/results.ts';
import { type Step, stepsOf } from '../../words/gain.ts';
import { bracket, count, fixed, points } from '../../words/numbers.ts';
import { type Drawing, domain, halo, hatch, type Layout, layouts, shorten } from '../chart/drawing.ts';
import { numberCell } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

const decimals = 1;
const write = (x: number): string => fixed(100 * x, decimals);
const size = (step: Step): number => step.to - step.from;
const sure = (step: Step): boolean => step.low === step.high;

/** Figure 5, second half: what the gap between best single and oracle is made of. Null where it was not measured. */
export function waterfallSection(set: ResultSet, drawing: Drawing): Markup | null {
  const steps = stepsOf(set);
  if (steps.length < 2) return null;
  return html`<h3>${title(steps)}</h3>
<p class="subtitle">From the ${term('best single')} model to the ${term('one-sample oracle')}, step by step, in points of quality. Blue and green: gained, or lost where the bar runs left; grey: not gained; hatched: ${steps.some(({ kind }) => kind === 'luck') ? 'luck, which no router can gain' : 'luck and what is not reached cannot be told apart'}. Lines: 95 % intervals, or the range that the band of the ceiling leaves.</p>
<figure>${layouts.map((layout) => draw(steps, drawing, layout))}</figure>
${tiesSentence(set)}
<details><summary>The numbers of this chart</summary><div class="scroll"><table>
<thead><tr><th>step</th><th>n</th><th>points</th></tr></thead>
<tbody>${steps.map(
    (step) =>
      html`<tr><th scope="row" data-value="${step.name}">${step.name}</th>${numberCell(step.n, count(step.n))}<td data-value="${size(step)}">${points(size(step), decimals)}${sure(step) ? null : html` <small>${bracket(step, write)}</small>`}</td></tr>
`,
  )}</tbody></table></div></details>`;
}

/** What ties are worth: nothing in quality, so no step of the chart, but in cost. */
function tiesSentence({ costTies: ties }: ResultSet): Markup | null {
  if (ties === undefined || ties.rows.value === 0) return null;
  const range = (one: typeof ties.rows): string =>
    `${fixed(100 * one.value, decimals)} % ${bracket(one, write)}`;
  return html`<p>Cost tie-breaks: on ${range(ties.rows)} of ${count(ties.rows.n)} queries a cheaper model does as well as the ${term('best single')} model and none does better. In hindsight the cheapest of the best saves ${range(ties.saving)} of its cost there without loss; it bounds what routing may save so, and no router reaches it.</p>`;
}

function title(steps: readonly Step[]): string {
  const instance = steps.find(({ kind }) => kind === 'instance')!;
  const task = steps.find(({ kind }) => kind === 'task');
  const gained = [task, instance].filter((step) => step !== undefined && step.low > 0);
  const all = steps.at(-1)!.to - steps[0]!.from;
  if (gained.length === 0) return `Of ${write(all)} points up to the oracle, none is shown to be gained`;
  const sum = gained.reduce((total, step) => total + size(step!), 0);
  const by = gained.length === 2 ? 'task and query' : gained[0]!.kind === 'task' ? 'the task' : 'the query';
  return `Of ${write(all)} points up to the oracle, ${write(sum)} are gained by ${by}`;
}

const colours = {
  task: 'var(--mark-green)',
  instance: 'var(--blue)',
  unreached: 'var(--context)',
  luck: hatch,
} as const;

function draw(steps: readonly Step[], { Plot, draw: make }: Drawing, layout: Layout): Markup {
  const narrow = layout === 'narrow';
  const [width, row, left] = narrow ? [340, 44, 4] : [860, 30, 290];
  const luckKnown = steps.some(({ kind }) => kind === 'luck');
  const rows = steps.map((step, y) => ({
    ...step,
    y,
    x1: 100 * step.from,
    x2: 100 * step.to,
    least: 100 * (step.from + step.low),
    most: 100 * (step.from + step.high),
    fill: step.kind === 'unreached' && !luckKnown ? hatch : colours[step.kind],
    text: points(size(step), decimals),
    title: `${step.name}: ${points(size(step), decimals)} points${sure(step) ? '' : ` ${bracket(step, write)}`}`,
  }));
  type Row = (typeof rows)[number];
  const right = (d: Row): number => Math.max(d.x1, d.x2, d.least, d.most);
  return make(
    {
      width,
      height: 34 + row * rows.length + 8,
      marginLeft: left,
      marginRight: 56,
      marginTop: 34,
      marginBottom: 8,
      x: {
        domain: domain(rows.flatMap((d) => [d.x1, d.x2, d.least, d.most])),
        axis: 'top',
        label: 'quality, %',
        labelArrow: 'none',
        ticks: narrow ? 4 : 8,
      },
      y: { type: 'band', domain: rows.map((d) => d.y), axis: null, padding: 0 },
      marks: [
        Plot.gridX({ ticks: narrow ? 4 : 8, stroke: 'var(--grid)', strokeOpacity: 1 }),
        Plot.barX(rows, {
          x1: 'x1',
          x2: 'x2',
          y: 'y',
          fill: 'fill',
          fillOpacity: 0.75,
          insetTop: narrow ? 24 : 6,
          insetBottom: 5,
          title: 'title',
        }),
        Plot.link(rows, {
          x1: 'least',
          x2: 'most',
          y1: 'y',
          y2: 'y',
          dy: narrow ? 10 : 0,
          stroke: 'var(--ink)',
          strokeWidth: 1.5,
        }),
        Plot.text(rows, {
          x: right,
          y: 'y',
          dy: narrow ? 10 : 0,
          dx: 8,
          text: 'text',
          textAnchor: 'start',
          fill: 'var(--ink)',
          ...halo,
        }),
        Plot.text(rows, {
          frameAnchor: 'left',
          y: 'y',
          ...(narrow ? { dy: -10 } : { dx: -286 }),
          text: (d: Row) => shorten(d.name, 46),
          textAnchor: 'start',
          fill: 'var(--ink)',
          title: 'name',
          ...halo,
        }),
      ],
    },
    {
      label: `From the best single model to the oracle. ${rows.map((d) => d.title).join('. ')}`,
      classes: layout,
    },
  );
}
