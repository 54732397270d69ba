import type { ResultSet } from '../../../core/results.ts';
import type { FoldingsResult } from '../../../core/results-foldings.ts';
import { foldingName, foldingsSaid, plainFour } from '../../words/foldings.ts';
import { bracket, counted } from '../../words/numbers.ts';
import type { Drawing } from '../chart/drawing.ts';
import { intervalChart } from '../chart/intervals.ts';
import { name, withInterval } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

type Folding = FoldingsResult[number];

/** A router's APGR under several assignments of rows to folds. Null where there was one. */
export function foldingsSection(set: ResultSet, drawing: Drawing): Markup | null {
  const all = set.foldings ?? [];
  const last = all.findLast(({ labels }) => labels === null);
  if (last === undefined) return null;
  return html`<h3>${foldingsSaid(last)}</h3>
<p class="subtitle">${term('APGR')} of the same cross-validation under ${counted(last.values.length, 'assignment')} of rows to folds, on ${counted(last.mean.n, 'query', 'queries')}, with 95 % intervals; those of means rest on the folds of all assignments together. The first assignment is the one of everything else here. Where fewer labels are named, so many training rows of each fit were drawn by chance, and the texts of all are known.</p>
<figure>${intervalChart(all.map(meanRow), { label: 'mean APGR', about: 'APGR by other folds.' }, drawing)}</figure>
<div class="scroll"><table class="sortable foldings">
<thead><tr><th>router</th>${last.values.map(({ seed }) => html`<th>seed ${String(seed)}</th>`)}<th>mean</th></tr></thead>
<tbody>${all.map(
    (line) =>
      html`<tr>${name(foldingName(line))}${last.values.map((_, i) => withInterval(line.values[i]?.value, plainFour))}${withInterval(line.mean, plainFour)}</tr>
`,
  )}</tbody></table></div>`;
}

const meanRow = (line: Folding) => ({
  name: foldingName(line),
  value: line.mean.value,
  low: line.mean.low,
  high: line.mean.high,
  colour: 'var(--blue)',
  text: plainFour(line.mean.value),
  title: `${foldingName(line)}: ${plainFour(line.mean.value)} ${bracket(line.mean, plainFour)}`,
});
