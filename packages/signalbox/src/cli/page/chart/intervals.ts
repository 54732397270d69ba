import type { Markup } from '../frame/markup.ts';
import { type Drawing, domain, halo, hatch, type Layout, layouts, shorten } from './drawing.ts';

/** A row of a dot-and-interval chart, in the unit of its axis. */
export interface IntervalRow {
  readonly name: string;
  /** Null for a band, which has no point of its own. */
  readonly value: number | null;
  readonly low: number;
  readonly high: number;
  readonly colour: string;
  /** What needs hindsight is hollow. */
  readonly hollow?: boolean;
  /** Hatched from here to the value: not reachable before generation. */
  readonly hatchedFrom?: number;
  readonly bold?: boolean;
  /** What it is held against, as a tick across the row. */
  readonly beside?: number;
  /** Written right of the interval. */
  readonly text: string;
  readonly title: string;
}

export interface IntervalAxis {
  readonly label: string;
  /** A dashed line, as of the best single model. */
  readonly reference?: { readonly at: number; readonly colour: string };
  /** Values that the scale holds as well, so that charts of one figure share it. */
  readonly values?: readonly number[];
  /** Read before the rows to those who do not see the chart. */
  readonly about: string;
}

/** Dots on their intervals with their names, one a row; wide and narrow. */
export function intervalChart(rows: readonly IntervalRow[], axis: IntervalAxis, drawing: Drawing): Markup[] {
  return rows.length === 0 ? [] : layouts.map((layout) => draw(rows, axis, { drawing, layout }));
}

interface Way {
  readonly drawing: Drawing;
  readonly layout: Layout;
}

function draw(rows: readonly IntervalRow[], axis: IntervalAxis, { drawing, layout }: Way): Markup {
  const { Plot } = drawing;
  const narrow = layout === 'narrow';
  const [width, step, top, left] = narrow ? [340, 40, 34, 4] : [860, 28, 34, 230];
  const dy = narrow ? 10 : 0;
  const ticks = narrow ? 4 : 8;
  const y = (row: IntervalRow): number => rows.indexOf(row);
  const bands = rows.filter((row) => row.value === null);
  const dots = rows.filter((row) => row.value !== null);
  const besides = rows.filter((row) => row.beside !== undefined);
  const hatched = rows.filter((row) => row.hatchedFrom !== undefined && row.value !== null);
  const insets = { insetTop: narrow ? 24 : 6, insetBottom: narrow ? 4 : 6 };
  const values = [
    ...rows.flatMap((row) => [row.low, row.high, row.hatchedFrom ?? row.low, row.beside ?? row.low]),
    ...(axis.values ?? []),
  ];
  const marks = [
    Plot.gridX({ ticks, stroke: 'var(--grid)', strokeOpacity: 1 }),
    ...(axis.reference
      ? [Plot.ruleX([axis.reference.at], { stroke: axis.reference.colour, strokeDasharray: '3,3' })]
      : []),
    Plot.barX(hatched, { x1: 'hatchedFrom', x2: 'value', y, fill: hatch, title: 'title', ...insets }),
    Plot.barX(bands, {
      x1: 'low',
      x2: 'high',
      y,
      fill: (row: IntervalRow) => row.colour,
      fillOpacity: 0.35,
      title: 'title',
      ...insets,
    }),
    Plot.tickX(besides, { x: 'beside', y, stroke: 'var(--mark-orange)', strokeWidth: 3, ...insets }),
    Plot.link(dots, {
      x1: 'low',
      x2: 'high',
      y1: y,
      y2: y,
      dy,
      stroke: (row: IntervalRow) => row.colour,
      strokeWidth: 2.5,
      strokeOpacity: 0.6,
    }),
    Plot.dot(dots, {
      x: 'value',
      y,
      dy,
      r: (row: IntervalRow) => (row.bold ? 5 : 4),
      fill: (row: IntervalRow) => (row.hollow ? 'var(--paper)' : row.colour),
      stroke: (row: IntervalRow) => row.colour,
      strokeWidth: 1.5,
      title: 'title',
    }),
    Plot.text(rows, {
      x: (row: IntervalRow) => Math.max(row.high, row.beside ?? row.high),
      y,
      dy,
      dx: 8,
      text: 'text',
      textAnchor: 'start',
      fill: 'var(--ink)',
      ...halo,
    }),
    ...[false, true].map((bold) =>
      Plot.text(
        rows.filter((row) => (row.bold ?? false) === bold),
        {
          frameAnchor: 'left',
          y,
          ...(narrow ? { dy: -8 } : { dx: -226 }),
          text: (row: IntervalRow) => shorten(row.name, narrow ? 46 : 33),
          textAnchor: 'start',
          fontWeight: bold ? 'bold' : 'normal',
          fill: 'var(--ink)',
          title: 'name',
          ...halo,
        },
      ),
    ),
  ];
  return drawing.draw(
    {
      width,
      height: top + step * rows.length + 8,
      marginLeft: left,
      marginRight: 56,
      marginTop: top,
      marginBottom: 8,
      x: {
        domain: domain([...values, ...(axis.reference ? [axis.reference.at] : [])]),
        axis: 'top',
        label: axis.label,
        labelArrow: 'none',
        ticks,
      },
      y: { type: 'band', domain: rows.map((_, i) => i), axis: null, padding: 0 },
      r: { type: 'identity' },
      marks,
    },
    { label: `${axis.about} ${rows.map((row) => row.title).join('. ')}`, classes: layout },
  );
}
