import type { Estimate, ResultSet } from '../../../core/results.ts';
import type { ShiftResult } from '../../../core/results-evidence.ts';
import { shorter } from '../../words/names.ts';
import {
  bracket,
  columnDecimals,
  count,
  counted,
  fixed,
  percent,
  points,
  pValue,
} from '../../words/numbers.ts';
import { label } from '../../words/reading.ts';
import { saidPoints } from '../../words/verdict.ts';
import type { Drawing } from '../chart/drawing.ts';
import { type IntervalRow, intervalChart } from '../chart/intervals.ts';
import { name, numberCell, withInterval } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

/** Figure 9: does the lift hold on groups, times and traffic that no fit has seen? */
export function robustnessSection(set: ResultSet, drawing: Drawing): Markup | null {
  const { shift } = set;
  if (shift === undefined) return null;
  const { leaveOneGroupOut: groups, timeSplit, paraphrases, live } = shift;
  if (groups === null && timeSplit === null && paraphrases === null && live === null) {
    return html`<h3>Nothing here shows whether the lift would hold elsewhere</h3>
<p>There are no groups to leave out, no times to split by, and no log of live traffic to compare with.</p>`;
  }
  return html`<h3>${title(shift)}</h3>
${groups ? groupsLeftOut(set, groups, drawing) : null}
<ul>${factsOf(shift).map((fact) => html`<li>${fact}</li>`)}</ul>`;
}

function title({ leaveOneGroupOut: groups, timeSplit, live }: ShiftResult): string {
  const lift = groups?.lift ?? timeSplit?.lift ?? live?.lift;
  if (!lift) return 'Whether the lift would hold elsewhere';
  const where = groups ? 'groups that it never saw' : timeSplit ? 'later queries' : 'the live mix';
  if (lift.low > 0) return `The router gains on ${where} too`;
  if (lift.high < 0) return `The router loses on ${where}`;
  return `On ${where} the router cannot be told from the best single model`;
}

const most = 20;

function groupsLeftOut(
  set: ResultSet,
  { system, lift, groups }: NonNullable<ShiftResult['leaveOneGroupOut']>,
  drawing: Drawing,
): Markup {
  const entries = Object.entries(groups).sort((a, b) => b[1].value - a[1].value);
  const decimals = columnDecimals([lift, ...entries.map(([, at]) => at)]);
  const short = shorter(set.groups);
  const write = (x: number): string => fixed(100 * x, decimals);
  const row = (shown: string, at: Estimate, bold = false): IntervalRow => ({
    name: `${shown} (n ${count(at.n)})`,
    value: 100 * at.value,
    low: 100 * at.low,
    high: 100 * at.high,
    colour: bold ? 'var(--blue)' : at.high < 0 ? 'var(--loss)' : 'var(--context)',
    bold,
    text: points(at.value, decimals),
    title: `${shown}: ${points(at.value, decimals)} points ${bracket(at, write)}, ${counted(at.n, 'query', 'queries')}`,
  });
  const rows = [row('all groups', lift, true), ...entries.map(([group, at]) => row(short(group), at))];
  const parts = Math.ceil(rows.length / most);
  const size = Math.ceil(rows.length / parts);
  const charts = Array.from({ length: parts }, (_, i) => rows.slice(i * size, (i + 1) * size)).flatMap(
    (part) =>
      intervalChart(
        part,
        {
          label: 'lift over best single on the group left out, points',
          reference: { at: 0, colour: 'var(--mark-orange)' },
          values: rows.flatMap(({ low, high }) => [low, high]),
          about: 'Lift on each group by a router that was fitted on the others.',
        },
        drawing,
      ),
  );
  return html`<p class="subtitle">${term('leave one group out', 'Leave one group out')}: lift of ${label(system)} over the best single model on each group, fitted on the others alone, with its 95 % interval; few queries make wide ones.</p>
<figure>${charts}</figure>
<details><summary>The numbers of this chart</summary><div class="scroll"><table class="sortable left-out">
<thead><tr><th>group left out</th><th>n</th><th>lift, points</th></tr></thead>
<tbody>${[['all groups', lift] as const, ...entries].map(
    ([group, at]) =>
      html`<tr>${name(group, short(group))}${numberCell(at.n, count(at.n))}${withInterval(at, write, (x) => points(x, decimals))}</tr>
`,
  )}</tbody></table></div></details>`;
}

function wordings({ system, flipRate, clusters }: NonNullable<ShiftResult['paraphrases']>): Markup {
  const write = (x: number): string => percent(x, 0);
  return html`Wording: of two queries of one cluster in other words, ${label(system)} sends ${write(flipRate.value)} % ${bracket(flipRate, write)} to different models (${counted(clusters, 'cluster')}, ${counted(flipRate.n, 'query', 'queries')}).`;
}

function factsOf({ timeSplit, paraphrases, live }: ShiftResult): Markup[] {
  const facts = [
    timeSplit === null
      ? html`Time: no times are recorded, so nothing was tested on later queries.`
      : html`Time: fitted on the earlier queries, ${label(timeSplit.system)} has a lift of ${saidPoints(timeSplit.lift)} on ${counted(timeSplit.lift.n, 'later query', 'later queries')}.`,
    ...(paraphrases === null ? [] : [wordings(paraphrases)]),
  ];
  if (live === null) {
    return [
      ...facts,
      html`Live traffic: no log was given (<code>--live FILE</code>), so nothing says that these queries stand for it.`,
    ];
  }
  const ess = html`${term('effective sample size')} ${count(Math.round(live.effectiveSampleSize))}`;
  if (live.auc) {
    const write = (x: number): string => fixed(x, 2);
    facts.push(
      html`Live traffic: a ${term('two-sample classifier')} tells the ${counted(live.rows, 'live query', 'live queries')} from these with AUC ${write(live.auc.value)} ${bracket(live.auc, write)}; .5 would be alike.`,
    );
  }
  if (live.groupMix) {
    facts.push(
      html`Mix of groups, live against this table: chi-square ${fixed(live.groupMix.chiSquare, 1)}, p ${pValue(live.groupMix.p)}.`,
    );
  }
  if (live.refused) {
    facts.push(html`No value at the ${term('live mix')} is given: ${ess} is too small for one.`);
  } else if (live.lift) {
    facts.push(html`At the ${term('live mix')} the lift would be ${saidPoints(live.lift)} (${ess}).`);
  }
  return facts;
}
