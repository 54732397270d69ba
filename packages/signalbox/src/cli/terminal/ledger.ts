import type { ImportLedger } from '../../pipeline/import.ts';
import { count, counted } from '../words/numbers.ts';
import { table } from './table.ts';
import { bulleted, wrap } from './wrap.ts';

/** Sources shown one by one; beyond, those of one format share a line. */
const mostSources = 20;
const mostRefused = 12;

/** The books of an import: what was read, merged and refused, and why. */
export function ledgerLines(ledger: ImportLedger, width: number): string[] {
  const numbers = { align: 'right' as const };
  const rows = sourceRows(ledger).map((source) => [
    source.path,
    source.format,
    count(source.files),
    count(source.rows),
    count(source.models),
    count(source.calls),
    Object.entries(source.statuses)
      .map(([status, n]) => `${count(n)} ${status}`)
      .join(', '),
  ]);
  const totals = ['together', '', '', count(ledger.rows), count(ledger.models), count(ledger.calls), ''];
  const columns = [
    { head: 'read', align: 'left' as const, least: 16 },
    { head: 'format', align: 'left' as const },
    { head: 'files', ...numbers, rank: 1 },
    { head: 'rows', ...numbers },
    { head: 'models', ...numbers },
    { head: 'calls', ...numbers },
    { head: 'without a score', align: 'left' as const, least: 20 },
  ];
  return [
    ...table({ columns, rows: [...rows, totals] }, width),
    ...'',
    ...remarks(ledger).flatMap((text) => wrap(text, width)),
    ...refusals(ledger, width),
  ];
}

function sourceRows({ sources }: ImportLedger): ImportLedger['sources'] {
  if (sources.length <= mostSources) return sources;
  const formats = [...new Set(sources.map(({ format }) => format))];
  return formats.map((format) => {
    const own = sources.filter((source) => source.format === format);
    const sum = (of: (source: (typeof own)[number]) => number): number => own.reduce((n, s) => n + of(s), 0);
    const statuses: Record<string, number> = {};
    for (const source of own)
      for (const [status, n] of Object.entries(source.statuses))
        statuses[status] = (statuses[status] ?? 0) + n;
    return {
      path: counted(own.length, 'source'),
      format,
      files: sum(({ files }) => files),
      rows: sum((source) => source.rows),
      models: Math.max(...own.map(({ models }) => models)),
      calls: sum(({ calls }) => calls),
      statuses,
      dropped: {},
    };
  });
}

function remarks(ledger: ImportLedger): string[] {
  const { joined, otherGroup, renamedIds, repeats, sources } = ledger;
  const cells = ledger.rows * ledger.models;
  const said = [`Scored: ${count(ledger.observed)} of ${counted(cells, 'cell')}.`];
  if (joined > 0) {
    const groups =
      otherGroup === 0 ? '' : ` ${count(otherGroup)} of them are in another group there; the first holds.`;
    said.push(
      `Merged: ${counted(joined, 'query', 'queries')} had the text of one in an earlier source.${groups}`,
    );
  }
  if (repeats > 0) {
    said.push(
      `Repeats: ${counted(repeats, 'call')} of a query and model that an earlier source has too, kept as further samples.`,
    );
  }
  if (renamedIds > 0) {
    said.push(
      `New ids: ${counted(renamedIds, 'query', 'queries')} had the id of another query; \`#2\` and so on was put behind it.`,
    );
  }
  for (const { path, format, dropped } of sources) {
    const twin = sources.filter((source) => source.path === path).length > 1;
    for (const [reason, n] of Object.entries(dropped)) {
      said.push(`Left out of ${path}${twin ? `, ${format}` : ''}: ${counted(n, 'row')} (${reason}).`);
    }
  }
  return said;
}

function refusals({ refused }: ImportLedger, width: number): string[] {
  if (refused.length === 0) return [];
  const shown = refused.slice(0, mostRefused).flatMap(({ path, why }) => bulleted(`${path}: ${why}`, width));
  const more = refused.length - mostRefused;
  return [
    '',
    ...wrap(`Refused: ${counted(refused.length, 'file')}`, width),
    ...shown,
    ...(more > 0 ? [`- and ${count(more)} more; --json lists them all`] : []),
  ];
}
