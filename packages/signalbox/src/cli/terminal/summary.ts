import type { RungResult, VerdictResult } from '../../core/results-evidence.ts';
import { bracket, columnDecimals, fixed, percent, points } from '../words/numbers.ts';
import { ceilingLine, labelsLine, rulings, rungName, savingLine } from '../words/verdict.ts';
import { table } from './table.ts';
import type { View } from './view.ts';
import { clean } from './width.ts';
import { wrap } from './wrap.ts';

/** Lines of a screen, less the heading of the report and the blank line below it. */
const screen = 22;
/** Rungs of the ladder that are always shown. */
const leastRungs = 3;
/** Lines of one paragraph at most, the first that lets all fit; what is longer stands whole on the page. */
const tries = [8, 6, 5, 4, 3] as const;

/** The verdict with its evidence on one screen; nothing where there is no verdict. */
export function summary(view: View): string {
  const { set } = view;
  if (set.verdict === undefined) return '';
  const pick = (most: number): { said: string[]; facts: string[]; room: number } => {
    const said = answersOf(set.verdict!, { view, most });
    const facts = factsOf(view, most);
    // A head, a rule and blank lines around them are what the ladder takes beside its rungs.
    return { said, facts, room: screen - said.length - facts.length - 4 };
  };
  const { said, facts, room } = tries.map(pick).find((one) => one.room >= leastRungs) ?? pick(tries.at(-1)!);
  const ladder = ladderLines(view, Math.max(room, leastRungs));
  return [said, ladder, facts]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function answersOf(verdict: VerdictResult, { view, most }: { view: View; most: number }): string[] {
  const { width, paint } = view;
  return rulings(verdict).flatMap((ruling) => {
    const head = `${ruling.question} ${sentence(ruling.word)}`;
    const text = `${head} ${ruling.why} What would change this: ${ruling.change}`;
    return paragraph(text, { width, most }).map((line, i) =>
      i === 0 ? paint.bold(line.slice(0, head.length)) + line.slice(head.length) : line,
    );
  });
}

const sentence = (words: string): string => `${words[0]!.toUpperCase()}${words.slice(1)}.`;

function paragraph(text: string, { width, most }: { width: number; most: number }): string[] {
  const lines = wrap(clean(text), width);
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  return [...kept.slice(0, -1), `${kept.at(-1)!.slice(0, width - 1)}…`];
}

function factsOf({ set, width, paint }: View, most: number): string[] {
  const facts: [string, string | undefined][] = [
    ['Ceiling:', set.ceilings && ceilingLine(set.ceilings)],
    ['Certified:', set.deferral && savingLine(set.deferral)],
    ['Labels:', set.labelsNeeded && labelsLine(set)],
    ['Flags:', flagCodes(set.flags ?? [])],
  ];
  return facts.flatMap(([name, text]) =>
    text === undefined
      ? []
      : paragraph(`${name} ${text}`, { width, most }).map((line, i) =>
          i === 0 ? paint.dim(name) + line.slice(name.length) : line,
        ),
  );
}

function flagCodes(flags: readonly { readonly code: string }[]): string | undefined {
  const codes = [...new Set(flags.map(({ code }) => code))];
  return codes.length === 0 ? undefined : `${codes.join(', ')}.`;
}

/** Rungs that say most stand when there is no room for all. */
const weight = (rung: RungResult): number =>
  ['constant', 'task-table', 'best-router'].includes(rung.rung) ? 0 : rung.phase === 'ceiling' ? 1 : 2;

function ladderLines(view: View, most: number): string[] {
  const ladder = view.set.ladder ?? [];
  if (ladder.length === 0) return [];
  const kept = new Set([...ladder].sort((a, b) => weight(a) - weight(b)).slice(0, most));
  const shown = ladder.filter((rung) => kept.has(rung));
  const decimals = Math.max(columnDecimals(ladder.map(({ lift }) => lift)), Math.min(view.decimals, 2));
  const missing = ladder.length - shown.length;
  const rows = shown.map((rung) => [
    clean(rungName(rung)),
    percent(rung.value.value, view.decimals),
    rung.rung === 'constant' ? '' : points(rung.lift.value, decimals),
    rung.rung === 'constant' ? '' : bracket(rung.lift, (x) => fixed(100 * x, decimals)),
    rung.phase === 'before' ? '' : rung.phase === 'after' ? 'after generation' : 'not reachable',
  ]);
  const [head = '', rule = '', ...lines] = table(
    {
      columns: [
        {
          head: missing > 0 ? `ladder, ${shown.length} of ${ladder.length} rungs` : 'ladder',
          align: 'left',
          least: 20,
        },
        { head: 'value %' },
        { head: 'lift' },
        { head: 'joint 95 %' },
        { head: '', align: 'left', rank: 1 },
      ],
      rows,
    },
    view.width,
  );
  const dimmed = lines.map((line, i) => (shown[i]!.phase === 'ceiling' ? view.paint.dim(line) : line));
  return [view.paint.dim(head), rule, ...dimmed];
}
