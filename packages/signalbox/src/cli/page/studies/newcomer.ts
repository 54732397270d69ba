import type { Estimate, NewcomerResult, ResultSet } from '../../../core/results.ts';
import { newcomerSentences } from '../../../pipeline/studies/newcomer-words.ts';
import { newcomerSaid } from '../../words/newcomer.ts';
import { bracket, columnDecimals, count, fixed, nbsp, points, unbroken } from '../../words/numbers.ts';
import type { Drawing } from '../chart/drawing.ts';
import type { LinePoint, Rule } from '../chart/lines.ts';
import { commonDomain, smallLines } from '../chart/small-lines.ts';
import { empty, estimateCell, name, numberCell, withInterval } from '../frame/cells.ts';
import { html, type Markup } from '../frame/markup.ts';
import { term } from '../frame/terms.ts';

/** What each router makes of a model that joins, by the number of its answers. Null where none was left out. */
export function newcomerSection(set: ResultSet, drawing: Drawing): Markup | null {
  const all = set.newcomer ?? [];
  const [first] = all;
  if (first === undefined) return null;
  const said = newcomerSentences(all);
  const routers = ranked(all);
  const charts = measures(set).map((measure) => chartsOf(all, { measure, drawing }));
  return html`<h3>${newcomerSaid(all)}</h3>
${said.map(
  (sentence) => html`<p>${unbroken(sentence)}</p>
`,
)}
<p class="subtitle">Each of ${count(first.models)} models was left out in turn and became the ${term('newcomer')}, admitted after so many of its scored answers; tried on ${count(first.brier.n)} rows. Dots: means over these models with 95${nbsp}% intervals, of models and rows together; grey: the other routers. ${term('Brier', 'Brier score')} and ${term('AUC')} are of the newcomer’s predicted quality; quality is that of the router’s choices from the pool with it, beside the pool without it and one trained anew on everything. The least Brier score at the most answers comes first.</p>
${routers.map(
  (
    router,
  ) => html`<figure class="smalls"><figcaption>${router}</figcaption><div>${charts.map((chart) => chart(router))}</div></figure>
`,
)}
${numbers(all, set)}`;
}

/** Routers by their Brier score after the most answers, the least first. */
function ranked(all: readonly NewcomerResult[]): string[] {
  const last = new Map<string, NewcomerResult>();
  for (const one of all) {
    if (one.answers >= (last.get(one.router)?.answers ?? 0)) last.set(one.router, one);
  }
  return [...last.values()].sort((a, b) => a.brier.value - b.brier.value).map(({ router }) => router);
}

interface Measure {
  readonly label: string;
  readonly of: (one: NewcomerResult) => Estimate | null;
  readonly scale: number;
  readonly decimals: number;
  /** Levels beside a router's line. */
  readonly levels: (one: NewcomerResult) => readonly Rule[];
}

function measures(set: ResultSet): Measure[] {
  const plain = { scale: 1, decimals: 3, levels: () => [] };
  return [
    { ...plain, label: 'Brier score', of: ({ brier }) => brier },
    { ...plain, label: 'AUC', of: ({ auc }) => auc },
    {
      label: set.primary === 'macro' ? 'macro quality, %' : 'quality, %',
      of: ({ value }) => value,
      scale: 100,
      decimals: columnDecimals((set.newcomer ?? []).map(({ value }) => value)),
      levels: ({ without, retrained }) => [
        { at: 100 * without.value, name: 'without', colour: 'var(--context)', dashed: true },
        { at: 100 * retrained.value, name: 'anew', colour: 'var(--ink)' },
      ],
    },
  ];
}

/** A measure's chart of each router, all on the same axes. */
function chartsOf(
  all: readonly NewcomerResult[],
  { measure, drawing }: { readonly measure: Measure; readonly drawing: Drawing },
): (router: string) => Markup {
  const { label, of, levels } = measure;
  const xs = [...new Set(all.map(({ answers }) => answers))].sort((a, b) => a - b);
  const lines = new Map<string, LinePoint[]>();
  for (const one of all) {
    const at = of(one);
    if (at) lines.set(one.router, [...(lines.get(one.router) ?? []), pointOf(one, at, measure)]);
  }
  const drawn = [...lines.values()].flat();
  const y = commonDomain(
    drawn,
    all.flatMap((one) => levels(one).map(({ at }) => at)),
  );
  return (router) => {
    const own = lines.get(router);
    if (own === undefined)
      return html`<p class="context">No ${label}: some newcomer is always or never right.</p>`;
    return smallLines(
      {
        points: own,
        others: [...lines.keys()].filter((other) => other !== router).map((other) => lines.get(other)!),
        colour: router === 'task-table' ? 'var(--mark-green)' : 'var(--blue)',
        across: levels(all.find((one) => one.router === router)!),
        xs,
        y,
        labels: { x: 'answers', y: label },
        about: `${label} of ${router} by answers of the newcomer.`,
      },
      drawing,
    );
  };
}

function pointOf(
  { router, answers }: NewcomerResult,
  at: Estimate,
  { label, scale, decimals }: Measure,
): LinePoint {
  const write = (x: number): string => fixed(scale * x, decimals);
  return {
    x: answers,
    y: scale * at.value,
    low: scale * at.low,
    high: scale * at.high,
    title: `${router} after ${answers} answers: ${label} ${write(at.value)} ${bracket(at, write)}`,
  };
}

function numbers(all: readonly NewcomerResult[], set: ResultSet): Markup {
  const decimals = Math.max(columnDecimals(all.map(({ value }) => value)), 1);
  const differences = Math.max(columnDecimals(all.flatMap(({ gain, short }) => [gain, short])), 1);
  const three = (of: Estimate | null): Markup => withInterval(of, (x) => fixed(x, 3));
  const quality = set.primary === 'macro' ? 'macro quality' : 'quality';
  return html`<details><summary>The numbers of these charts</summary><div class="scroll broad"><table class="sortable newcomer">
<thead><tr><th>router</th><th>answers</th><th>Brier score</th><th>AUC</th><th class="word">to trust</th><th>${quality} with it, %</th><th>without, %</th><th>anew, %</th><th>gain over without, points</th><th>anew over with it, points</th></tr></thead>
<tbody>${all.map(
    (
      one,
    ) => html`<tr>${name(one.router)}${numberCell(one.answers, count(one.answers))}${three(one.brier)}${one.auc ? three(one.auc) : empty}<td class="word">${one.trusted ? 'yes' : ''}</td>${[one.value, one.without, one.retrained].map((at) => estimateCell(at, decimals))}${[one.gain, one.short].map((at) => gained(at, differences))}</tr>
`,
  )}</tbody></table></div></details>`;
}

const gained = (of: Estimate, decimals: number): Markup =>
  withInterval(
    of,
    (x) => fixed(100 * x, decimals),
    (x) => points(x, decimals),
  );
