import type { Results } from '../../core/results.ts';
import { columnDecimals, count, counted, duration, nbsp } from '../words/numbers.ts';
import { primary, type Truths } from '../words/reading.ts';
import { answer, nextSteps, scopeOf } from '../words/sentences.ts';
import { ablationsTable } from './ablations.ts';
import { banditsTable } from './bandits.ts';
import { foldingsTable } from './foldings.ts';
import { groupsTable, sources } from './groups.ts';
import { newcomerTable } from './newcomer.ts';
import { ascii, type Paint, paint } from './paint.ts';
import { reachTable, routerEvalTable } from './routereval.ts';
import { few, leftOut, scenariosTable, whyLine } from './study.ts';
import { summary } from './summary.ts';
import { sweepsTable } from './sweeps.ts';
import { modelsTable, routersTable, systemsTable, truthTable } from './tables.ts';
import type { View } from './view.ts';
import { votesTable } from './votes.ts';
import { clean, fit } from './width.ts';
import { wrap } from './wrap.ts';

export interface TerminalOptions {
  /** Columns; at most 80 are used. */
  readonly width?: number;
  readonly colour: boolean;
  readonly unicode: boolean;
  /** Exact expected values, by the name of a simulated set. */
  readonly truth?: Truths;
}

/** The results as standard output shows them: the answer, the tables behind it, what to know, what to do. */
export function renderTerminal(results: Results, options: TerminalOptions): string {
  const width = Math.min(options.width ?? 80, 80);
  const paints = paint(options.colour);
  // Published figures have two decimals; what is reproduced must be comparable with them.
  const least = results.command.startsWith('reproduce') ? 2 : 0;
  const several = results.sets.length > 1;
  const blocks = results.sets.map((set) => {
    const estimates = set.systems.flatMap((system) => primary(set, system) ?? []);
    const view = { set, width, paint: paints, decimals: columnDecimals(estimates, least) };
    return section(view, { several, command: results.command, truth: options.truth });
  });
  const blank = several ? '\n\n\n' : '\n\n';
  const way = { width, paint: paints };
  const overviews = [scenariosTable(results, way), reachTable(results, way)];
  const text = `${[...overviews, ...blocks, ending(results, width, paints)].filter(Boolean).join(blank)}\n`;
  return options.unicode ? text : ascii(text);
}

interface About {
  readonly several: boolean;
  readonly command: string;
  readonly truth: Truths | undefined;
}

function section(view: View, about: About): string {
  const { set, width, paint: p } = view;
  const said = answer(set);
  const shown = few(view);
  const truth = about.truth && Object.hasOwn(about.truth, set.dataset) ? about.truth[set.dataset] : undefined;
  const paragraph = (text: string, style: (line: string) => string): string =>
    wrap(clean(text), width).map(style).join('\n');
  const parts = [
    heading(view, about, truth !== undefined),
    summary(view),
    [said.quality, said.cost]
      .map((text) => paragraph(text, set.verdict === undefined ? p.bold : (line) => line))
      .join('\n'),
    [...said.asides, whyLine(set)]
      .filter(Boolean)
      .map((text) => paragraph(text, p.dim))
      .join('\n'),
    truth === undefined ? '' : truthTable(view, truth),
    systemsTable(shown.view),
    leftOut(shown.left, p),
    routersTable(shown.view),
    newcomerTable(view),
    votesTable(view),
    banditsTable(view),
    sweepsTable(view),
    ablationsTable(view),
    foldingsTable(view),
    routerEvalTable(view),
    about.several ? '' : groupsTable(view),
    // Where several sets are shown, each has room for its systems only; the page has the rest.
    about.several ? '' : modelsTable(view),
    remarks(view),
    about.several
      ? ''
      : nextSteps(set, about.command)
          .map((step) => paragraph(step, (line) => line))
          .join('\n'),
  ];
  return parts.filter(Boolean).join('\n\n');
}

function heading({ set, width, paint: p }: View, about: About, simulated: boolean): string {
  const { protocol } = set;
  const how =
    protocol.kind === 'cv'
      ? `${counted(protocol.folds ?? 0, 'fold')}`
      : `${count(protocol.trainRows)} training, ${count(protocol.testRows)} test rows`;
  const facts = [
    ...(simulated ? ['simulated'] : []),
    counted(set.rows, 'row'),
    counted(set.models.length, 'model'),
    ...(set.groups.length > 0 ? [counted(set.groups.length, 'group')] : []),
    how,
  ]
    .join(', ')
    .replaceAll(nbsp, ' ');
  const name = fit(clean(set.dataset), Math.max(10, width - facts.length - 2));
  const title = about.several ? p.accent(name) : p.bold(name);
  if (name.length + 2 + facts.length > width) return [title, ...wrap(facts, width).map(p.dim)].join('\n');
  return `${title}  ${p.dim(facts)}`;
}

function remarks({ set, width, paint: p }: View): string {
  const dropped = Object.entries(set.rowsDropped)
    .filter(([, n]) => n > 0)
    .map(([reason, n]) => `${counted(n, 'row')} left out: ${reason}.`);
  const { leaks, duplicates } = set.protocol;
  const lines = [
    ...(set.flags ?? []).map((flag) => [`${flag.code}:`, flag.message] as const),
    ...dropped.map((text) => ['note:', text] as const),
    ...(leaks > 0
      ? [['note:', `${counted(leaks, 'test row')} whose text is also in training.`] as const]
      : []),
    ...(duplicates > 0
      ? [['note:', `${counted(duplicates, 'row')} beyond the first of their text.`] as const]
      : []),
    ...sources(set.references ?? []).map((text) => ['note:', text] as const),
    ...(set.notes ?? []).map((text) => ['note:', text] as const),
  ];
  return lines
    .flatMap(([mark, text], i) => {
      const [first = '', ...more] = wrap(clean(`${mark} ${text}`), width - 2);
      const isFlag = i < (set.flags ?? []).length && first.startsWith(mark);
      const shown = isFlag ? p.bad(mark) + first.slice(mark.length) : p.dim(first);
      return [shown, ...more.map((line) => (isFlag ? `  ${line}` : p.dim(`  ${line}`)))];
    })
    .join('\n');
}

function ending(results: Results, width: number, p: Paint): string {
  const seconds = results.sets.reduce((sum, set) => sum + (set.seconds ?? 0), 0);
  const made = `signalbox ${results.version}, seed ${results.seed}${seconds > 0 ? `, ${duration(seconds)}` : ''}`;
  return [...wrap(scopeOf(results.sets), width), ...wrap(clean(made), width)].map(p.dim).join('\n');
}
