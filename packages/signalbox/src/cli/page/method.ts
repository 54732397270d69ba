import type { ResultSet, Results } from '../../core/results.ts';
import { newcomerSentences } from '../../pipeline/studies/newcomer-words.ts';
import { count, counted, duration } from '../words/numbers.ts';
import { type Child, html, type Markup } from './frame/markup.ts';
import { term } from './frame/terms.ts';
import { ruleFacts } from './rule.ts';

/** Flags and notes: what the reader must know before believing a number. */
export function flagsSection(set: ResultSet): Markup | null {
  const flags = set.flags ?? [];
  if (flags.length === 0) return null;
  return html`<h3>What stands out in the data</h3>
<ul>${flags.map(
    (
      flag,
    ) => html`<li class="flag"><strong>${flag.code}</strong>: ${flag.message}${named('Models', flag.models)}${named('Groups', flag.groups)}</li>
`,
  )}</ul>`;
}

const named = (what: string, names: readonly string[]): string =>
  names.length === 0
    ? ''
    : ` ${what}: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${count(names.length - 8)} more` : ''}.`;

/** How the numbers came about and how to get them again. */
export function methodSection(results: Results, set: ResultSet): Markup {
  const { protocol } = set;
  const dropped = Object.entries(set.rowsDropped).filter(([, n]) => n > 0);
  const said = newcomerSentences(set.newcomer ?? []);
  // What stands above the charts is not said again.
  const notes = (set.notes ?? []).filter((note) => !said.includes(note));
  const facts: [Child, Child][] = [
    ['Command', html`<code>signalbox ${results.command.replace(/^signalbox /, '')}</code>`],
    [
      'Version and date',
      `signalbox ${results.version}, ${day(results.startedAt)}${set.seconds === undefined ? '' : `, took ${duration(set.seconds)}`}`,
    ],
    [
      'Protocol',
      protocol.kind === 'cv'
        ? html`cross-validation, ${counted(protocol.folds ?? 0, 'fold')}; each query is predicted by a router that never saw its ${term('fold')}`
        : 'the split of the table',
    ],
    ['Seed', String(results.seed)],
    [
      'Rows',
      `${count(set.rows)} in the table; ${count(protocol.trainRows)} training, ${count(protocol.testRows)} test${protocol.calibrationRows > 0 ? `, ${count(protocol.calibrationRows)} calibration` : ''}`,
    ],
    [
      'Rows left out',
      dropped.length === 0 ? 'none' : dropped.map(([reason, n]) => `${count(n)}: ${reason}`).join('; '),
    ],
    [term('leak', 'Leaks'), `${counted(protocol.leaks, 'test row')} whose text is also in training`],
    [
      term('duplicate', 'Duplicates'),
      `${counted(protocol.duplicates, 'row')} beyond the first of their text`,
    ],
    ['Models and groups', `${counted(set.models.length, 'model')}, ${counted(set.groups.length, 'group')}`],
    [
      'Compared on',
      set.primary === 'macro' ? 'macro: each group weighs the same' : 'quality: each query weighs the same',
    ],
    [
      'Cost',
      set.costUnit === null
        ? 'not recorded'
        : set.costUnit === 'usd'
          ? 'US dollars as recorded'
          : 'the share of queries that go to the strong model',
    ],
    ['Encoder', set.encoder ?? 'not named'],
    ['Intervals', intervals(protocol.kind)],
    ...ruleFacts(set),
    ...notes.map((note): [Child, Child] => ['Note', note]),
    ...Object.entries(set.digests ?? {}).map(([file, digest]): [Child, Child] => [
      html`SHA-256`,
      html`<code>${digest}</code> ${file}`,
    ]),
  ];
  return html`<h3>How this was measured</h3>
<dl class="method">${facts.map(
    ([what, how]) => html`<dt>${what}</dt><dd>${how}</dd>
`,
  )}</dl>`;
}

const intervals = (kind: 'split' | 'cv'): string =>
  kind === 'split'
    ? '95 %, paired bootstrap over texts within groups, 2,000 draws'
    : '95 %, of the procedure: the corrected variance of Nadeau and Bengio over folds, or the bootstrap over texts where it is wider';

/** The date as written, to the minute, in universal time; whatever else stands there is shown as it is. */
function day(text: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}).*Z$/.exec(text);
  return match ? `${match[1]} ${match[2]} UTC` : text;
}
