import type { ResultSet, Results } from '../../../core/results.ts';
import { columnDecimals, count } from '../../words/numbers.ts';
import { bestSingleModel, label, primary } from '../../words/reading.ts';
import { isStudy, oracleOf, scenario } from '../../words/scenarios.ts';
import { estimateCell, name, numberCell, versusCell } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

/** The top of a study of several sets: where did routing beat the best single model? Null where it is none. */
export function scenariosSection(results: Results, idOf: (index: number) => string): Markup | null {
  if (results.sets.length < 2 || !results.sets.some(isStudy)) return null;
  const all = results.sets.map(scenario);
  const won = all.filter(({ answer }) => answer.startsWith('yes')).length;
  const values = (of: (one: (typeof all)[number]) => ReturnType<typeof valueIn>): number =>
    columnDecimals(
      all.flatMap((one) => of(one) ?? []),
      2,
    );
  const decimals = values(({ set, best }) => valueIn(set, best));
  const lifts = columnDecimals(
    all.flatMap(({ lift }) => lift ?? []),
    2,
  );
  const picked = all.some(({ chosenFrom }) => chosenFrom > 1);
  return html`<p class="answer">${won === 0 ? 'In no scenario' : `In ${count(won)} of ${count(all.length)} scenarios`} does the best router lie above the best single model beyond noise.</p>
${picked ? html`<p class="context">The router of each line is the highest of those that were run, picked on the rows that judge it: its lift is flattered, and a lift that is barely above zero may be luck.</p>` : null}
<div class="scroll"><table class="scenarios">
<thead><tr><th>scenario</th><th class="word">does routing gain?</th><th>n</th><th class="word">best single model</th><th>${term('quality')}, %</th><th class="word">best router</th><th>quality, %</th><th>${term('lift')}, points</th><th>${term('oracle')}, %</th></tr></thead>
<tbody>${all.map(({ set, best, router, lift, answer }, i) => {
    const at = valueIn(set, best);
    return html`<tr data-set="${set.dataset}">${name(set.dataset, html`<a href="#${idOf(i)}">${set.dataset}</a>`)}<td class="word">${answer}</td>${numberCell(at?.n ?? set.protocol.testRows, count(at?.n ?? set.protocol.testRows))}<td class="word">${bestSingleModel(set) ?? '–'}</td>${estimateCell(at, decimals)}<td class="word">${router ? label(router) : '–'}</td>${estimateCell(valueIn(set, router), decimals)}${versusCell(lift, lifts)}${estimateCell(valueIn(set, oracleOf(set)), decimals)}</tr>
`;
  })}</tbody></table></div>`;
}

const valueIn = (set: ResultSet, system: Parameters<typeof primary>[1] | undefined) =>
  system === undefined ? undefined : primary(set, system);
