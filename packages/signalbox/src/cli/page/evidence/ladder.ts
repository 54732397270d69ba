import type { Estimate, ResultSet } from '../../../core/results.ts';
import type { ControlsResult, RungResult } from '../../../core/results-evidence.ts';
import { bracket, columnDecimals, count, counted, fixed, points, pValue } from '../../words/numbers.ts';
import { find } from '../../words/reading.ts';
import { rungName } from '../../words/verdict.ts';
import type { Drawing } from '../chart/drawing.ts';
import { type IntervalRow, intervalChart } from '../chart/intervals.ts';
import { estimateCell, name, numberCell, withInterval } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

/** Figure 2, second half: what each kind of knowledge adds, jointly over the rungs. Null without a ladder. */
export function ladderSection(set: ResultSet, drawing: Drawing): Markup | null {
  const ladder = set.ladder ?? [];
  if (ladder.length === 0) return null;
  const decimals = columnDecimals(ladder.map(({ lift }) => lift));
  const quality = columnDecimals(ladder.map(({ value }) => value));
  const rows = ladder.filter(({ rung }) => rung !== 'constant').map((rung) => row(rung, decimals));
  return html`<h3>${title(set, ladder)}</h3>
<p class="subtitle">${term('lift', 'Lift')} over the ${term('best single')} in points, each rung fitted on other rows than it is judged by; the intervals of what can be known before generation are ${term('simultaneous')}. Dashed: no lift. Hollow: needs the answers, or hindsight.</p>
${rows.length === 0 ? null : html`<figure>${intervalChart(rows, { label: 'lift over best single, points', about: 'Predictability ladder.', reference: { at: 0, colour: 'var(--mark-orange)' } }, drawing)}</figure>`}
<details><summary>The numbers of this chart</summary><div class="scroll"><table>
<thead><tr><th>rung</th><th class="word">known</th><th>n</th><th>quality, %</th><th>lift, points</th></tr></thead>
<tbody>${ladder.map(
    (rung) =>
      html`<tr>${name(rungName(rung))}<td class="word">${phases[rung.phase]}</td>${numberCell(rung.value.n, count(rung.value.n))}${estimateCell(rung.value, quality)}${liftCell(rung.lift, decimals)}</tr>
`,
  )}</tbody></table></div></details>`;
}

const phases = {
  before: 'before generation',
  after: 'after generation',
  ceiling: 'only in hindsight',
} as const;

const liftCell = (lift: Estimate | null, decimals: number): Markup =>
  withInterval(
    lift,
    (x) => fixed(100 * x, decimals),
    (x) => points(x, decimals),
  );

function title(set: ResultSet, ladder: readonly RungResult[]): string {
  const before = ladder.filter(({ phase, rung }) => phase === 'before' && rung !== 'constant');
  const sure = before.filter(({ lift }) => lift.low > 0);
  if (before.length === 0) return 'What knowledge of a query adds';
  if (sure.length === 0) return 'Nothing known before generation gains beyond noise';
  const best = before.find(({ rung }) => rung === 'best-router');
  const overTable = best?.system === undefined ? undefined : find(set, best.system)?.versus.taskTable;
  if (sure.some(({ rung }) => rung === 'task-table') && overTable && overTable.low <= 0) {
    return 'A table of tasks gains beyond noise; no router is shown to gain more';
  }
  const least = sure.reduce((a, b) => (b.lift.value > a.lift.value ? b : a));
  return `${rungName(least).replace(/^./, (letter) => letter.toUpperCase())} gains most before generation, beyond noise`;
}

const colours: Readonly<Record<string, string>> = {
  'task-table': 'var(--mark-green)',
  'best-router': 'var(--blue)',
};

function row(rung: RungResult, decimals: number): IntervalRow {
  const { lift, phase } = rung;
  const write = (x: number): string => fixed(100 * x, decimals);
  const colour = Object.hasOwn(colours, rung.rung)
    ? colours[rung.rung]!
    : phase === 'before'
      ? 'var(--sky)'
      : 'var(--context)';
  return {
    name: rungName(rung),
    value: 100 * lift.value,
    low: 100 * lift.low,
    high: 100 * lift.high,
    colour,
    hollow: phase !== 'before',
    bold: rung.rung === 'best-router',
    ...(phase === 'ceiling' ? { hatchedFrom: 0 } : {}),
    text: points(lift.value, decimals),
    title: `${rungName(rung)}, ${phases[phase]}: ${points(lift.value, decimals)} points ${bracket(lift, write)}, ${counted(lift.n, 'query', 'queries')}`,
  };
}

/** What a learner gains where there is nothing to learn: it should be nothing. */
export function controlsSection(controls: ControlsResult | undefined): Markup | null {
  if (controls === undefined) return null;
  const { shuffledLabels, randomFeatures, permutationGlobal, permutationWithinGroup } = controls;
  const lifts = [
    ['shuffled labels', shuffledLabels],
    ['random features', randomFeatures],
  ] as const;
  const tests = [
    ['permuted, all', permutationGlobal],
    ['permuted in groups', permutationWithinGroup],
  ] as const;
  const known = [...lifts, ...tests].some(([, at]) => at !== null);
  if (!known) return null;
  const decimals = columnDecimals(lifts.flatMap(([, at]) => at ?? []));
  return html`<h3>${controlTitle(controls)}</h3>
<p class="subtitle">Controls, ${term('shuffled labels')} and ${term('random features')}: the same learner where there is nothing to learn. Its lift should be 0 or less. The ${term('permutation', 'permutation tests')} ask how often permuted outcomes do as well as the real ones; within groups they leave only what goes beyond the task.</p>
<div class="scroll"><table>
<thead><tr><th>control</th><th>n</th><th>lift, points</th><th>${term('p')}</th></tr></thead>
<tbody>${lifts.map(([of, at]) =>
    at === null
      ? null
      : html`<tr>${name(of)}${numberCell(at.n, count(at.n))}${liftCell(at, decimals)}<td></td></tr>
`,
  )}${tests.map(([of, at]) =>
    at === null
      ? null
      : html`<tr>${name(of)}${numberCell(at.permutations, `${count(at.permutations)} permutations`)}<td></td>${numberCell(at.p, pValue(at.p))}</tr>
`,
  )}</tbody></table></div>`;
}

function controlTitle({
  shuffledLabels,
  randomFeatures,
  permutationWithinGroup: within,
}: ControlsResult): string {
  if ([shuffledLabels, randomFeatures].some((at) => at !== null && at.low > 0)) {
    return 'A control gains as well, so the gains above are not to be trusted';
  }
  if (within === null) return 'Where there is nothing to learn, nothing is gained';
  return within.p <= 0.05
    ? 'There is a signal beyond the task of a query'
    : 'No signal beyond the task of a query is seen';
}
