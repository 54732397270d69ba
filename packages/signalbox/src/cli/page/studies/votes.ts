import type { Estimate, ResultSet } from '../../../core/results.ts';
import { bracket, columnDecimals, fixed, points } from '../../words/numbers.ts';
import { label } from '../../words/reading.ts';
import { budgetOf, sizesOf, type Voted, votesOf, votesSaid } from '../../words/votes.ts';
import type { Drawing } from '../chart/drawing.ts';
import { type IntervalRow, intervalChart } from '../chart/intervals.ts';
import { empty, estimateCell, name, numberCell, versusCell, withInterval } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

/** What asking several and counting their answers is worth, and what it takes. Null where no answers were put to the vote. */
export function votesSection(set: ResultSet, drawing: Drawing): Markup | null {
  const voted = votesOf(set);
  if (set.votes === undefined || voted.length === 0) return null;
  const lifts = Math.max(columnDecimals(voted.flatMap(({ lift }) => lift ?? [])), 2);
  const quality = columnDecimals(voted.flatMap(({ system }) => system.quality ?? []));
  const timed = voted.some(({ vote }) => vote.latency);
  return html`<h3>${votesSaid(set)}</h3>
<p class="subtitle">${term('lift', 'Lift')} over the ${term('best single')} in points, of votes on recorded answers; each interval by itself, not joint over the votes; the sentence above goes by p corrected for all of them (Holm). Members, weights and numbers were chosen on training rows for ${budgetOf(set.votes)}. A vote sees the answers, so that all its calls are paid for; no router is comparable with it at the price of one.</p>
<figure>${intervalChart(voted.flatMap(row(lifts)), { label: 'lift over best single, points', about: 'Votes against the best single model.', reference: { at: 0, colour: 'var(--mark-orange)' } }, drawing)}</figure>
<p class="subtitle">Calls a query: <em>asked</em> without ${term('early stop')}, <em>needed</em> with it, one after the other.${timed ? ' Milliseconds a query: one after the other they add up, all at once the slowest counts; stopped, the rest is not waited for.' : ''}</p>
<div class="scroll"><table class="sortable votes">
<thead><tr><th>vote</th><th class="word">who votes</th><th class="word">weights</th><th>LLMs</th><th>asked</th><th>needed</th>${timed ? html`<th>ms, in turn</th><th>stopped</th><th>ms, at once</th><th>stopped</th>` : null}<th>n</th><th>quality, %</th><th>lift, points</th></tr></thead>
<tbody>${voted.map(({ vote, system, lift }) => {
    const { panel, weights, sizes, asked, needed, latency } = vote;
    const n = asked.n;
    return html`<tr>${name(label(system))}<td class="word">${who[panel]}</td><td class="word">${weights}</td>${numberCell(Math.max(...sizes), sizesOf(vote))}${calls(asked)}${needed ? calls(needed) : empty}${timed ? [latency?.sequential, latency?.sequentialStopped, latency?.parallel, latency?.parallelStopped].map((at) => withInterval(at, (x) => fixed(x, 0))) : null}${numberCell(n, String(n))}${estimateCell(system.quality, quality)}${versusCell(lift, lifts)}</tr>
`;
  })}</tbody></table></div>
${membersOf(voted)}`;
}

const who = { fixed: 'the same for all queries', random: 'random ones', confident: 'by confidence' } as const;

const calls = (of: Estimate): Markup => withInterval(of, (x) => fixed(x, 2));

const row =
  (decimals: number) =>
  ({ vote, system, lift }: Voted): IntervalRow[] => {
    if (lift === null) return [];
    const write = (x: number): string => fixed(100 * x, decimals);
    return [
      {
        name: label(system),
        value: 100 * lift.value,
        low: 100 * lift.low,
        high: 100 * lift.high,
        colour: vote.panel === 'confident' ? 'var(--blue)' : 'var(--context)',
        text: points(lift.value, decimals),
        title: `${label(system)}: ${points(lift.value, decimals)} points ${bracket(lift, write)}, ${fixed(vote.asked.value, 2)} calls asked${vote.needed ? `, ${fixed(vote.needed.value, 2)} needed` : ''}`,
      },
    ];
  };

/** Whom the fixed votes ask, where that is not everyone. */
function membersOf(voted: readonly Voted[]): Markup | null {
  const chosen = voted.filter(({ vote }) => vote.members && !vote.name.startsWith('vote-all'));
  if (chosen.length === 0) return null;
  return html`<details><summary>Who votes where the same LLMs vote on every query</summary><div class="scroll"><table>
<thead><tr><th>vote</th><th>fold</th><th class="word">LLMs, the most accurate first</th></tr></thead>
<tbody>${chosen.flatMap(({ vote, system }) =>
    vote.members!.map(
      (members, fold) =>
        html`<tr>${name(label(system))}${numberCell(fold + 1, String(fold + 1))}<td class="word">${members.join(', ')}</td></tr>
`,
    ),
  )}</tbody></table></div></details>`;
}
