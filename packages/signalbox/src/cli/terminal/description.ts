import type { DescribedModel, TableDescription } from '../../pipeline/describe.ts';
import { count, counted, fixed, nbsp, percent } from '../words/numbers.ts';
import { table } from './table.ts';
import { bulleted, wrap } from './wrap.ts';

const mostModels = 10;
const mostGroups = 8;
const mostNotes = 6;

/** A table in a screen. */
export function descriptionLines(of: TableDescription, width: number): string[] {
  const head = `${of.name}: ${counted(of.rows, 'query', 'queries')} x ${counted(of.models.length, 'model')}, ${of.format}, ${counted(of.files, 'file')}`;
  const facts = factsOf(of);
  const margin = Math.max(...facts.map(([name]) => name.length)) + 2;
  const lines = facts.flatMap(([name, text]) => {
    const [first = '', ...rest] = wrap(text, Math.max(20, width - margin));
    return [name.padEnd(margin) + first, ...rest.map((line) => ' '.repeat(margin) + line)];
  });
  return [...wrap(head, width), '', ...lines, '', ...modelLines(of, width), ...noteLines(of, width)];
}

function share(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${percent(part / whole, part === whole ? 0 : 1)}${nbsp}%`;
}

function factsOf(of: TableDescription): [string, string][] {
  const { coverage, repeats, text, cost, splits, groups } = of;
  const statuses = Object.entries(of.statuses).map(([status, n]) => `${count(n)} ${status}`);
  const dropped = Object.entries(of.dropped).map(([reason, n]) => `${count(n)} ${reason}`);
  const named = groups.filter(({ name }) => name !== '').sort((a, b) => b.rows - a.rows);
  const groupWords = named.slice(0, mostGroups).map(({ name, rows }) => `${name} ${count(rows)}`);
  if (named.length > mostGroups) groupWords.push(`and ${count(named.length - mostGroups)} more`);
  return [
    [
      'coverage',
      `${share(coverage.observed, coverage.cells)} of cells have a score; ${share(coverage.completeRows, of.rows)} of queries have all`,
    ],
    ['groups', named.length === 0 ? 'none named' : `${count(named.length)}: ${groupWords.join(', ')}`],
    ['split', splits.train + splits.test === 0 ? 'none' : splitWords(splits)],
    [
      'repeats',
      repeats.most < 2
        ? 'one sample a cell'
        : `${count(repeats.cells)} cells have several, up to ${count(repeats.most)}; ${repeats.kept ? 'kept one by one' : 'as means'}`,
    ],
    ['score', of.scoreKind ?? 'of several kinds, or not said'],
    ['calls', [`${count(of.calls)}`, ...statuses].join(', ')],
    ['text', text.none === 0 ? 'on every query' : `absent on ${counted(text.none, 'query', 'queries')}`],
    ['duplicates', `${counted(text.duplicates, 'query', 'queries')} beyond the first of their text`],
    ['leaks', `${counted(text.leaks, 'test query', 'test queries')} with the text of a training query`],
    [
      'answers',
      `on ${share(of.answers, coverage.cells)} of cells; references on ${share(of.references, of.rows)} of queries`,
    ],
    [
      'cost',
      `on ${share(cost.known, coverage.observed)} of scored cells; tokens on ${share(cost.tokens, coverage.observed)}`,
    ],
    ...(dropped.length > 0 ? [['left out', dropped.join(', ')] as [string, string]] : []),
  ];
}

function splitWords({ train, test, none }: TableDescription['splits']): string {
  return [
    `${count(train)} train`,
    `${count(test)} test`,
    ...(none > 0 ? [`${count(none)} in neither`] : []),
  ].join(', ');
}

function modelLines({ models, rows }: TableDescription, width: number): string[] {
  const best = [...models].sort((a, b) => (b.quality ?? -1) - (a.quality ?? -1));
  const shown = best.slice(0, mostModels);
  const lines = table(
    {
      columns: [
        { head: 'model', align: 'left', least: 16 },
        { head: 'quality %', align: 'right' },
        { head: 'scored %', align: 'right' },
        { head: '$ a 1000 calls', align: 'right', rank: 1 },
        { head: 'cost known %', align: 'right', rank: 2 },
      ],
      rows: shown.map((model) => modelRow(model, rows)),
    },
    width,
  );
  return models.length > mostModels
    ? [
        ...lines,
        ...wrap(`and ${counted(models.length - mostModels, 'model')} below them; --json lists all`, width),
      ]
    : lines;
}

function modelRow({ id, quality, observed, cost, costKnown }: DescribedModel, rows: number): string[] {
  return [
    id,
    quality === null ? '' : percent(quality, 2),
    percent(observed / rows, 1),
    cost === null ? '' : fixed(1000 * cost, 3),
    cost === null || observed === 0 ? '' : percent(costKnown / observed, 1),
  ];
}

function noteLines({ notes }: TableDescription, width: number): string[] {
  const shown = notes.slice(0, mostNotes).flatMap((note) => bulleted(note, width));
  const more = notes.length - mostNotes;
  return [
    ...(notes.length > 0 ? ['', ...shown] : []),
    ...(more > 0 ? bulleted(`and ${counted(more, 'more note')}; --json lists all`, width) : []),
  ];
}
