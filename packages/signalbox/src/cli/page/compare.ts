import type { Results } from '../../core/results.ts';
import { type Comparison, compareRuns, judged, type Pair, type SetPair } from '../words/compare.ts';
import { bracket, columnDecimals, count, fixed, percent, points } from '../words/numbers.ts';
import { label } from '../words/reading.ts';
import { rulings } from '../words/verdict.ts';
import { type Drawing, makeDrawing } from './chart/drawing.ts';
import { type IntervalRow, intervalChart } from './chart/intervals.ts';
import { estimateCell, name } from './frame/cells.ts';
import { html, type Markup } from './frame/markup.ts';
import { script } from './frame/script.ts';
import { shell } from './frame/shell.ts';
import { style } from './frame/style.ts';
import { glossaryList, maybeTerm, term } from './frame/terms.ts';

/** Two runs side by side as one HTML file: verdicts, every system that both have, and what one alone has. */
export async function renderComparePage(a: Results, b: Results): Promise<string> {
  const drawing = await makeDrawing();
  const comparison = compareRuns(a, b);
  const title = 'Signalbox: two runs side by side';
  const run = (side: string, { command, version, startedAt, seed }: Results): Markup =>
    html`<dt>${side}</dt><dd><code>signalbox ${command.replace(/^signalbox /, '')}</code>, version ${version}, seed ${String(seed)}, ${startedAt.replace(/T(\d\d:\d\d).*Z$/, ' $1 UTC')}</dd>`;
  return shell({
    title,
    version: b.version,
    style,
    script,
    header: html`<h1>${title}</h1>
<dl class="method">${run('A', a)}${run('B', b)}</dl>
${alone(comparison).map((text) => html`<p>${text}</p>`)}`,
    main: html`${comparison.sets.map((pair, i) => section(pair, { drawing, id: `set-${i + 1}` }))}
${glossaryList()}`,
  });
}

function alone({ sets, only }: Comparison): string[] {
  return [
    ...(sets.length === 0 ? ['The two runs have no set in common.'] : []),
    ...(only.a.length > 0 ? [`Sets in A alone: ${only.a.join(', ')}.`] : []),
    ...(only.b.length > 0 ? [`Sets in B alone: ${only.b.join(', ')}.`] : []),
  ];
}

function section(pair: SetPair, { drawing, id }: { drawing: Drawing; id: string }): Markup {
  const beyond = pair.pairs.filter(({ overlap }) => !overlap).length;
  const decimals = columnDecimals(pair.pairs.flatMap((one) => [one.a, one.b]));
  const shown = pair.pairs.filter((one) => !one.single && judged(one) !== 'equal');
  return html`<section id="${id}">
<h2>${pair.dataset}</h2>
<p class="context">${pair.rows.said}</p>
${verdicts(pair)}
<h3>${beyond === 0 ? 'No system differs beyond its intervals' : `${count(beyond)} of ${count(pair.pairs.length)} systems differ beyond their intervals`}</h3>
<p class="subtitle">${pair.a.primary === 'macro' ? term('macro', 'Mean of the groups') : term('quality', 'Mean of all queries')} with its 95 % interval. The differences are not paired, so they hold less than a lift within one run: where two intervals overlap, a difference may be noise.</p>
${shown.length === 0 ? null : html`<figure>${intervalChart(rowsOf(shown, decimals), { label: 'quality, %: A above, B below', about: 'Quality in both runs.' }, drawing)}</figure>`}
${pair.pairs.length > shown.length && shown.length > 0 ? html`<p class="context">Drawn: what is not equal in both runs; single models are in the table.</p>` : null}
${pair.pairs.length === 0 ? html`<p>No system has a value in both runs.</p>` : table(pair, decimals)}
${only(pair)}
</section>
`;
}

function verdicts({ a, b }: SetPair): Markup | null {
  if (a.verdict === undefined && b.verdict === undefined) return null;
  const [first, second] = [a.verdict && rulings(a.verdict), b.verdict && rulings(b.verdict)];
  return html`<div class="scroll"><table class="ruled">
<thead><tr><th>question</th><th class="word">A</th><th class="word">B</th></tr></thead>
<tbody>${(first ?? second)!.map(
    ({ question }, i) =>
      html`<tr>${name(question)}${[first, second].map((of) => html`<td class="word why">${of ? html`<strong>${of[i]!.word}</strong>. ${of[i]!.why}` : 'no verdict'}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

function rowsOf(pairs: readonly Pair[], decimals: number): IntervalRow[] {
  return pairs.flatMap((pair) =>
    (['a', 'b'] as const).map((side): IntervalRow => {
      const at = pair[side];
      const shown = percent(at.value, decimals);
      return {
        name: side === 'a' ? `${label(pair.name)}, A` : 'B',
        value: 100 * at.value,
        low: 100 * at.low,
        high: 100 * at.high,
        colour: side === 'a' ? 'var(--context)' : 'var(--blue)',
        text: shown,
        title: `${label(pair.name)}, ${side.toUpperCase()}: ${shown} % ${bracket(at, (x) => percent(x, decimals))}, n ${count(at.n)}`,
      };
    }),
  );
}

function table({ pairs }: SetPair, decimals: number): Markup {
  return html`<div class="scroll"><table class="sortable compare">
<thead><tr><th>system</th><th>n in A</th><th>A, %</th><th>n in B</th><th>B, %</th><th>B − A, points</th><th class="word">beyond the intervals?</th></tr></thead>
<tbody>${pairs.map(
    (pair) =>
      html`<tr class="${pair.overlap ? '' : 'main'}" data-system="${pair.name}">${name(label(pair.name), maybeTerm(label(pair.name)))}<td data-value="${pair.a.n}">${count(pair.a.n)}</td>${estimateCell(pair.a, decimals)}<td data-value="${pair.b.n}">${count(pair.b.n)}</td>${estimateCell(pair.b, decimals)}<td data-value="${pair.difference}">${pair.difference === 0 ? fixed(0, decimals) : points(pair.difference, decimals)}</td><td class="word">${judged(pair)}</td></tr>
`,
  )}</tbody></table></div>`;
}

function only({ only: systems, models }: SetPair): Markup | null {
  const lists = (['a', 'b'] as const).flatMap((side) => [
    ...(models[side].length > 0
      ? [`Models in ${side.toUpperCase()} alone: ${models[side].join(', ')}.`]
      : []),
    ...(systems[side].length > 0
      ? [`Systems in ${side.toUpperCase()} alone: ${systems[side].map(label).join(', ')}.`]
      : []),
  ]);
  return lists.length === 0 ? null : html`<ul>${lists.map((text) => html`<li>${text}</li>`)}</ul>`;
}
