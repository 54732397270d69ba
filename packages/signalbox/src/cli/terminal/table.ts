import { fit, padEnd, padStart, width } from './width.ts';

export interface Column {
  readonly head: string;
  /** Numbers are aligned right, and so on their decimal point where they have the same decimals. */
  readonly align?: 'left' | 'right';
  /** Gives way where the table is too wide, down to this many columns. */
  readonly least?: number;
  /** Left out where the table is still too wide; the greatest number first. */
  readonly rank?: number;
}

export interface Table {
  readonly columns: readonly Column[];
  /** A row is one cell a column; null = a rule. */
  readonly rows: readonly (readonly string[])[];
}

const gap = 2;

/** A table without boxes: heads, a rule, rows. Lines of at most `most` columns. */
export function table({ columns, rows }: Table, most: number): string[] {
  const kept = fitting(columns, rows, most);
  const widths = shrink(kept, rows, most);
  const line = (cells: (index: number) => string): string =>
    kept
      .map(({ column, index }, place) => {
        const text = fit(cells(index), widths[place]!);
        return column.align === 'left' ? padEnd(text, widths[place]!) : padStart(text, widths[place]!);
      })
      .join(' '.repeat(gap))
      .trimEnd();
  // Where no rank is left to drop, a line is cut rather than broken by the terminal.
  const cut = (text: string): string => fit(text, most);
  const total = widths.reduce((a, b) => a + b, 0) + gap * (widths.length - 1);
  return [
    cut(line((index) => columns[index]!.head)),
    '─'.repeat(Math.max(0, Math.min(total, most))),
    ...rows.map((row) => cut(line((index) => row[index] ?? ''))),
  ];
}

interface Kept {
  readonly column: Column;
  readonly index: number;
}

const natural = ({ column, index }: Kept, rows: Table['rows']): number =>
  Math.max(width(column.head), ...rows.map((row) => width(row[index] ?? '')));

/** Leaves out empty columns, then ranked ones until what is left can shrink to fit. */
function fitting(columns: readonly Column[], rows: Table['rows'], most: number): Kept[] {
  let kept = columns
    .map((column, index) => ({ column, index }))
    .filter(({ index }) => rows.some((row) => (row[index] ?? '') !== ''));
  const least = (): number =>
    kept.reduce((sum, k) => sum + Math.min(natural(k, rows), k.column.least ?? Number.POSITIVE_INFINITY), 0) +
    gap * (kept.length - 1);
  while (least() > most) {
    const ranks = kept.flatMap(({ column }) => column.rank ?? []);
    if (ranks.length === 0) break;
    const worst = Math.max(...ranks);
    kept = kept.filter(({ column }) => column.rank !== worst);
  }
  return kept;
}

function shrink(kept: readonly Kept[], rows: Table['rows'], most: number): number[] {
  const widths = kept.map((k) => natural(k, rows));
  let over = widths.reduce((a, b) => a + b, 0) + gap * (widths.length - 1) - most;
  for (let place = 0; place < widths.length && over > 0; place++) {
    const least = kept[place]!.column.least;
    if (least === undefined) continue;
    const given = Math.min(over, Math.max(0, widths[place]! - least));
    widths[place]! -= given;
    over -= given;
  }
  return widths;
}
