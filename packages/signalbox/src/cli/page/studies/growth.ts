import type { Estimate, Results } from '../../../core/results.ts';
import { bestRouter, type Grown, grownOf, growthSaid, isRouter, reachKnown } from '../../words/growth.ts';
import { columnDecimals, count, fixed, points } from '../../words/numbers.ts';
import { label } from '../../words/reading.ts';
import type { Drawing } from '../chart/drawing.ts';
import { growthPanels, reachChart } from '../chart/growth.ts';
import { empty, estimateCell, name, numberCell, withInterval } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

/** What becomes of routers and of what they could reach as pools grow, over all sets. Null where there is one size or none. */
export function growthSection(results: Results, drawing: Drawing): Markup | null {
  const tasks = grownOf(results);
  const all = [...tasks.values()].flat();
  if (new Set(all.map(({ of }) => of.size)).size < 2) return null;
  const router = bestRouter(all);
  const known = reachKnown(all);
  return html`<h3>${growthSaid(all)}</h3>
<p class="subtitle">Mean score on the test rows by the models of a pool, in each way of picking pools; bars: 95 % intervals. Blue: ${router ?? 'no router'}, the highest of the routers on average, picked on the rows that judge it; pale: the others; orange: the ${term('best single')} model by training rows; dashed: the ${term('oracle')}; solid grey: a ${term('random')} choice.</p>
${[...tasks].map(
  ([
    task,
    grown,
  ]) => html`${tasks.size > 1 ? html`<p><strong>${task}</strong></p>` : null}<div class="panels">${growthPanels(grown, { router, drawing })}</div>
`,
)}
${
  known
    ? [...tasks.values()].map(
        (
          grown,
        ) => html`<p class="subtitle">Dashed: the oracle of pools as the paper picks them, which is by the oracle’s score on all rows, those of the test among them; of pools picked on training rows alone; and of pools drawn at random. Hatched: what no router reaches, for it is the luck of single outcomes. ${term('reach', 'Reachable')} and best single: by the probabilities behind the outcomes.</p>
<figure>${reachChart(grown, drawing)}</figure>
`,
      )
    : null
}
${known ? reachTable(all) : ratioTable(all)}
${scores(all)}`;
}

const sizeCell = ({ of: { task, size } }: Grown, several: boolean): Markup =>
  several
    ? html`${name(task)}${numberCell(size, count(size))}`
    : html`<th scope="row" data-value="${size}">${count(size)}</th>`;

const heads = (all: readonly Grown[]): { readonly several: boolean; readonly head: Markup } => {
  const several = new Set(all.map(({ of }) => of.task)).size > 1;
  return { several, head: several ? html`<th>task</th><th>models</th>` : html`<th>models</th>` };
};

function reachTable(all: readonly Grown[]): Markup {
  const { several, head } = heads(all);
  const decimals = columnDecimals(
    all.map(({ of }) => of.reach.picked),
    1,
  );
  const lifts = Math.max(columnDecimals(all.flatMap(({ of }) => of.reach.routerLift ?? [])), 1);
  return html`<div class="scroll"><table class="reach">
<thead><tr>${head}<th>oracle, %</th><th>of pools picked on training rows</th><th>of pools at random</th><th>${term('reach', 'reachable')}, %</th><th>best single, %</th><th>best router over it, points</th></tr></thead>
<tbody>${all.map((one) => {
    const { picked, pickedOnTraining, random, probability, bestSingle, routerLift } = one.of.reach;
    return html`<tr>${sizeCell(one, several)}${[picked, pickedOnTraining, random, probability, bestSingle].map((at) => estimateCell(at, decimals))}${lift(routerLift, lifts)}</tr>
`;
  })}</tbody></table></div>`;
}

const lift = (of: Estimate | null, decimals: number): Markup =>
  withInterval(
    of,
    (x) => fixed(100 * x, decimals),
    (x) => points(x, decimals),
  );

/** Of published pools nothing is known but their outcomes: scores over the best single model's. */
function ratioTable(all: readonly Grown[]): Markup {
  const { several, head } = heads(all);
  const names = namesOf(all).filter(
    (system) => system === 'random' || all.some(({ set }) => isRouter(set, system)),
  );
  const decimals = columnDecimals(
    all.map(({ of }) => of.reach.picked),
    1,
  );
  return html`<p class="subtitle">The oracle, and ${term('V_B')} of each router.</p>
<div class="scroll"><table class="reach">
<thead><tr>${head}<th>oracle, %</th>${names.map((system) => html`<th>${label(system)}</th>`)}</tr></thead>
<tbody>${all.map(
    (one) => html`<tr>${sizeCell(one, several)}${estimateCell(one.of.reach.picked, decimals)}${names.map(
      (system) => {
        const vb = one.of.systems.find(({ name }) => name === system)?.vb;
        return numberCell(vb, fixed(vb ?? 0, 3));
      },
    )}</tr>
`,
  )}</tbody></table></div>`;
}

const namesOf = (all: readonly Grown[]): string[] => [
  ...new Set(all.flatMap(({ of }) => of.systems.map(({ name }) => name))),
];

/** Every score that is drawn. */
function scores(all: readonly Grown[]): Markup {
  const { several, head } = heads(all);
  const names = namesOf(all);
  const cells = all.flatMap(({ set }) => set.systems.flatMap(({ groups }) => Object.values(groups ?? {})));
  const decimals = columnDecimals(cells, 1);
  return html`<details><summary>The numbers of these charts</summary><div class="scroll broad"><table class="sortable scores">
<thead><tr>${head}<th class="word">pools</th>${names.map((system) => html`<th>${label(system)}, %</th>`)}</tr></thead>
<tbody>${all.flatMap((one) =>
    one.of.settings.map(
      (setting) => html`<tr>${sizeCell(one, several)}<td class="word">${setting}</td>${names.map((system) => {
        const at = one.set.systems.find(({ name }) => name === system)?.groups?.[setting];
        return at ? estimateCell(at, decimals) : empty;
      })}</tr>
`,
    ),
  )}</tbody></table></div></details>`;
}
