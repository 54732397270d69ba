import type { Estimate, ResultSet } from '../../../core/results.ts';
import type { CeilingsResult } from '../../../core/results-evidence.ts';
import { bracket, columnDecimals, count, counted, percent } from '../../words/numbers.ts';
import { find, headline, label, primary } from '../../words/reading.ts';
import type { Drawing } from '../chart/drawing.ts';
import { type IntervalRow, intervalChart } from '../chart/intervals.ts';
import { estimateCell, name, numberCell } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

interface Level {
  readonly name: string;
  readonly at: Estimate;
  readonly colour: string;
  readonly look?: Partial<Pick<IntervalRow, 'hollow' | 'hatchedFrom' | 'bold'>>;
}

/** Figure 2: from random to the oracle, with what no router can reach hatched. Null without ceilings. */
export function ceilingsSection(set: ResultSet, drawing: Drawing): Markup | null {
  const { ceilings } = set;
  if (ceilings === undefined) return null;
  const levels = levelsOf(set, ceilings);
  const decimals = columnDecimals(levels.map(({ at }) => at));
  const best = qualityOf(set, 'best-single');
  const band = ceilings.band;
  const rows = levels.map((level) => row(level, decimals));
  if (band) rows.splice(rows.length - chanceRows(ceilings), 0, bandRow(band, decimals));
  return html`<h3>${title(ceilings, best)}</h3>
<p class="subtitle">Quality with its 95 % ${term('interval')}; dashed: ${term('best single')}. Hollow dots need hindsight. ${
    band
      ? html`The ${term('ceiling')} of any router lies in the band, between the lower limit of ${term('split-half')} and the upper limit of ${term('plug-in')}.`
      : html`Where not every answer has two samples there is no band of the true ${term('ceiling')}.`
  } The hatched part of the ${term('one-sample oracle')} is not reachable before generation; the ${term('Rasch null')} shows how much of it ability, difficulty and luck alone would give.</p>
<figure>${intervalChart(rows, { label: 'quality, %', about: 'Ceilings.', ...(best && { reference: { at: 100 * best.value, colour: 'var(--mark-orange)' } }) }, drawing)}</figure>
<details><summary>The numbers of this chart</summary><div class="scroll"><table>
<thead><tr><th>level</th><th>n</th><th>quality, %</th></tr></thead>
<tbody>${levels.map(
    ({
      name: of,
      at,
    }) => html`<tr>${name(of)}${numberCell(at.n, count(at.n))}${estimateCell(at, decimals)}</tr>
`,
  )}</tbody></table></div></details>
${groupTable(ceilings)}`;
}

const qualityOf = (set: ResultSet, system: string): Estimate | undefined => {
  const found = find(set, system);
  return (found && primary(set, found)) ?? undefined;
};

function title({ band, oneSample, raschNull }: CeilingsResult, best: Estimate | undefined): string {
  if (band && best) {
    const [low, high] = [band.low - best.value, band.high - best.value].map((x) =>
      percent(Math.max(0, x), 1),
    );
    return `A perfect router could gain ${low} to ${high} points over the best single model`;
  }
  if (raschNull && raschNull.high >= oneSample.value) {
    return 'Luck and difficulty alone would make the oracle look as high as it does';
  }
  return 'How far there is to go is not known without repeats';
}

const chanceRows = ({ oneSample: _, raschNull, raschNullByGroup }: CeilingsResult): number =>
  1 + (raschNull ? 1 : 0) + (raschNullByGroup ? 1 : 0);

function levelsOf(set: ResultSet, ceilings: CeilingsResult): Level[] {
  const main = headline(set)?.system;
  const best = qualityOf(set, 'best-single');
  const grey = 'var(--context)';
  const levels: (Omit<Level, 'at'> & { readonly at: Estimate | null | undefined })[] = [
    { name: 'random', at: qualityOf(set, 'random'), colour: grey },
    { name: 'cheapest', at: qualityOf(set, 'cheapest'), colour: grey },
    { name: 'best single', at: best, colour: 'var(--mark-orange)' },
    {
      name: 'task table',
      at: ceilings.taskTable ?? qualityOf(set, 'task-table'),
      colour: 'var(--mark-green)',
    },
    ...(main
      ? [{ name: label(main), at: primary(set, main), colour: 'var(--blue)', look: { bold: true } }]
      : []),
    { name: 'split-half', at: ceilings.splitHalf, colour: grey, look: { hollow: true } },
    {
      name: 'split-half, ties by ability',
      at: ceilings.splitHalfByAccuracy,
      colour: grey,
      look: { hollow: true },
    },
    { name: 'extrapolated', at: ceilings.extrapolated, colour: grey, look: { hollow: true } },
    {
      name: 'plug-in',
      at:
        ceilings.plugIn.value === ceilings.oneSample.value && ceilings.splitHalf === null
          ? null
          : ceilings.plugIn,
      colour: grey,
      look: { hollow: true },
    },
    {
      name: 'one-sample oracle',
      at: ceilings.oneSample,
      colour: grey,
      look: { hollow: true, ...(best && { hatchedFrom: 100 * (ceilings.band?.high ?? best.value) }) },
    },
    { name: 'Rasch null', at: ceilings.raschNull, colour: 'var(--loss)', look: { hollow: true } },
    {
      name: 'Rasch null, by group',
      at: ceilings.raschNullByGroup,
      colour: 'var(--loss)',
      look: { hollow: true },
    },
  ];
  return levels.flatMap(({ at, ...level }) => (at ? [{ ...level, at }] : []));
}

function row({ name: of, at, colour, look }: Level, decimals: number): IntervalRow {
  const write = (x: number): string => percent(x, decimals);
  return {
    name: of,
    value: 100 * at.value,
    low: 100 * at.low,
    high: 100 * at.high,
    colour,
    ...look,
    text: write(at.value),
    title: `${of}: ${write(at.value)} % ${bracket(at, write)}, ${counted(at.n, 'query', 'queries')}`,
  };
}

function bandRow(
  { low, high }: { readonly low: number; readonly high: number },
  decimals: number,
): IntervalRow {
  const text = `${percent(low, decimals)}–${percent(high, decimals)}`;
  return {
    name: 'the true ceiling',
    value: null,
    low: 100 * low,
    high: 100 * high,
    colour: 'var(--sky)',
    bold: true,
    text,
    title: `The true ceiling lies in ${text} %`,
  };
}

/** Ceilings of each group, where groups have their own. */
function groupTable({ groups }: CeilingsResult): Markup | null {
  const entries = Object.entries(groups ?? {});
  if (entries.length === 0) return null;
  const decimals = columnDecimals(entries.map(([, at]) => at.oneSample));
  return html`<details><summary>Ceilings of each group</summary><div class="scroll"><table class="sortable">
<thead><tr><th>group</th><th>n</th><th>task table, %</th><th>split-half, %</th><th>plug-in, %</th><th>one-sample, %</th><th>Rasch null, %</th></tr></thead>
<tbody>${entries.map(
    ([group, at]) =>
      html`<tr>${name(group)}${numberCell(at.oneSample.n, count(at.oneSample.n))}${estimateCell(at.taskTable, decimals)}${estimateCell(at.splitHalf, decimals)}${estimateCell(at.plugIn, decimals)}${estimateCell(at.oneSample, decimals)}${estimateCell(at.raschNull, decimals)}</tr>
`,
  )}</tbody></table></div></details>`;
}
