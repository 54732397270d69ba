import type { Results } from '../../core/results.ts';
import { type Comparison, compareRuns, judged, type Pair, type SetPair } from '../words/compare.ts';
import { bracket, columnDecimals, percent, points } from '../words/numbers.ts';
import { label } from '../words/reading.ts';
import { rulings } from '../words/verdict.ts';
import { ascii, paint } from './paint.ts';
import { table } from './table.ts';
import type { TerminalOptions } from './terminal.ts';
import { titled } from './view.ts';
import { clean } from './width.ts';
import { wrap } from './wrap.ts';

/** Two runs side by side: verdicts, then every system that both have, then what one alone has. */
export function renderCompareTerminal(a: Results, b: Results, options: TerminalOptions): string {
  const width = Math.min(options.width ?? 80, 80);
  const p = paint(options.colour);
  const comparison = compareRuns(a, b);
  const say = (text: string, style = (line: string): string => line): string =>
    wrap(clean(text), width).map(style).join('\n');
  const blocks = [
    [
      p.bold('Two runs side by side'),
      say(`A: signalbox ${a.command}, version ${a.version}, ${a.startedAt}`, p.dim),
      say(`B: signalbox ${b.command}, version ${b.version}, ${b.startedAt}`, p.dim),
    ].join('\n'),
    ...comparison.sets.map((pair) => block(pair, { width, paint: p, say })),
    alone(comparison)
      .map((text) => say(text))
      .join('\n'),
  ];
  const text = `${blocks.filter(Boolean).join('\n\n')}\n`;
  return options.unicode ? text : ascii(text);
}

interface Way {
  readonly width: number;
  readonly paint: ReturnType<typeof paint>;
  readonly say: (text: string, style?: (line: string) => string) => string;
}

function block(pair: SetPair, { width, paint: p, say }: Way): string {
  const { a, b } = pair;
  const verdicts = (['a', 'b'] as const).flatMap((side) => {
    const { verdict } = pair[side];
    return verdict === undefined
      ? []
      : rulings(verdict).map(({ question, word }) => say(`${side.toUpperCase()}. ${question} ${word}.`));
  });
  const decimals = columnDecimals(pair.pairs.flatMap((one) => [one.a, one.b]));
  const rows = pair.pairs.map((one) => [
    clean(label(one.name)),
    percent(one.a.value, decimals),
    bracket(one.a, (x) => percent(x, decimals)),
    percent(one.b.value, decimals),
    bracket(one.b, (x) => percent(x, decimals)),
    points(one.difference, decimals),
    judged(one),
  ]);
  const columns = [
    { head: 'system', align: 'left' as const, least: 14 },
    { head: 'A %' },
    { head: '95 %', rank: 3 },
    { head: 'B %' },
    { head: '95 %', rank: 3 },
    { head: 'B − A' },
    { head: '', align: 'left' as const, rank: 1 },
  ];
  const view = { set: a, width, paint: p, decimals };
  const mean = a.primary === 'macro' ? 'mean of the groups' : 'mean of all queries';
  const lines = table({ columns, rows }, width);
  const about = `${mean}; B − A in points, not paired: where the intervals overlap it may be noise`;
  return [
    [p.accent(clean(pair.dataset)), say(pair.rows.said, p.dim)].join('\n'),
    verdicts.join('\n'),
    rows.length === 0 ? '' : titled(view, 'Systems', about, bolded(lines, pair.pairs, p.bold)),
    onlyIn(pair)
      .map((text) => say(text, p.dim))
      .join('\n'),
    b.dataset === a.dataset ? '' : say(`The sets have different names: A ${a.dataset}, B ${b.dataset}.`),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** What lies beyond the intervals stands out. */
const bolded = (
  [head = '', rule = '', ...lines]: readonly string[],
  pairs: readonly Pair[],
  bold: (text: string) => string,
): string[] => [head, rule, ...lines.map((line, i) => (pairs[i]!.overlap ? line : bold(line)))];

function onlyIn({ only, models }: SetPair): string[] {
  const list = (what: string, side: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${what} in ${side} alone: ${names.map(label).join(', ')}.`];
  return [
    ...list('Models', 'A', models.a),
    ...list('Models', 'B', models.b),
    ...list('Systems', 'A', withoutModels(only.a, models.a)),
    ...list('Systems', 'B', withoutModels(only.b, models.b)),
  ];
}

const withoutModels = (names: readonly string[], models: readonly string[]): string[] =>
  names.filter((name) => !models.includes(label(name)));

function alone({ sets, only }: Comparison): string[] {
  return [
    ...(sets.length === 0 ? ['The two runs have no set in common.'] : []),
    ...(only.a.length > 0 ? [`Sets in A alone: ${only.a.join(', ')}.`] : []),
    ...(only.b.length > 0 ? [`Sets in B alone: ${only.b.join(', ')}.`] : []),
  ];
}
