import type { Estimate, ResultSet, System } from '../../../core/results.ts';
import { bracket, columnDecimals, counted, percent } from '../../words/numbers.ts';
import { compared, find, headline, label, primary, singles, unreachable } from '../../words/reading.ts';
import type { Markup } from '../frame/markup.ts';
import { type Drawing, domain, halo, hatch, type Layout, layouts, shorten, textWidth } from './drawing.ts';

interface Row {
  readonly name: string;
  readonly at: Estimate;
  readonly y: number;
  readonly colour: string;
  readonly main: boolean;
  readonly beyond: boolean;
  readonly text: string;
  readonly title: string;
}

const beyondReach = 'not reachable before generation';

/** Every baseline and router as a dot on its interval; what needs hindsight is hollow and the oracle hatched. */
export function systemsChart(set: ResultSet, drawing: Drawing): Markup[] {
  const rows = toRows(set);
  if (rows.length === 0) return [];
  return layouts.map((layout) => draw(set, rows, { drawing, layout }));
}

function toRows(set: ResultSet): Row[] {
  const systems = compared(set).filter((system) => primary(set, system) !== null);
  const decimals = columnDecimals(systems.map((system) => primary(set, system)!));
  const main = headline(set)?.system;
  return systems.map((system, y) => {
    const at = primary(set, system)!;
    const write = (x: number): string => percent(x, decimals);
    return {
      name: label(system),
      at,
      y,
      colour: colourOf(system, main),
      main: system === main,
      beyond: unreachable(system),
      text: write(at.value),
      title: `${label(system)}: ${write(at.value)} % ${bracket(at, write)}, ${counted(at.n, 'query', 'queries')}`,
    };
  });
}

/** Ours, best single and task table have their colours everywhere; the rest is context. */
export function colourOf(system: System, main: System | undefined): string {
  if (system === main) return 'var(--blue)';
  if (system.kind === 'router') return 'var(--sky)';
  if (system.name === 'best-single') return 'var(--mark-orange)';
  if (system.name.startsWith('task-table')) return 'var(--mark-green)';
  return 'var(--context)';
}

interface Way {
  readonly drawing: Drawing;
  readonly layout: Layout;
}

function draw(set: ResultSet, rows: readonly Row[], { drawing, layout }: Way): Markup {
  const { Plot } = drawing;
  const narrow = layout === 'narrow';
  const context = singles(set).flatMap((system) => {
    const at = primary(set, system);
    return at ? [{ x: 100 * at.value, title: `${label(system)}: ${percent(at.value, 1)} %` }] : [];
  });
  const values = rows.flatMap(({ at }) => [at.low, at.high]).map((x) => 100 * x);
  const [width, step, top, left] = narrow ? [340, 40, 34, 4] : [860, 28, 34, 190];
  const best = find(set, 'best-single');
  const reference = best && primary(set, best);
  const base = narrow ? 10 : 0;
  const marks = [
    Plot.gridX({ ticks: narrow ? 4 : 8, stroke: 'var(--grid)', strokeOpacity: 1 }),
    ...(reference
      ? [Plot.ruleX([100 * reference.value], { stroke: 'var(--mark-orange)', strokeDasharray: '3,3' })]
      : []),
    Plot.tickX(context, {
      x: 'x',
      y: () => -1,
      stroke: 'var(--context)',
      title: 'title',
      insetTop: 8 + base,
      insetBottom: 8 - base / 2,
    }),
    ...hatched(
      rows,
      { drawing, layout, room: [left, width] },
      domain([...values, ...context.map((c) => c.x)]),
    ),
    Plot.link(rows, {
      x1: (d: Row) => 100 * d.at.low,
      x2: (d: Row) => 100 * d.at.high,
      y1: 'y',
      y2: 'y',
      dy: base,
      stroke: (d: Row) => d.colour,
      strokeWidth: 2.5,
      strokeOpacity: 0.6,
    }),
    Plot.dot(rows, {
      x: (d: Row) => 100 * d.at.value,
      y: 'y',
      dy: base,
      r: (d: Row) => (d.main ? 5 : 4),
      fill: (d: Row) => (d.beyond ? 'var(--paper)' : d.colour),
      stroke: (d: Row) => d.colour,
      strokeWidth: 1.5,
      title: 'title',
    }),
    Plot.text(rows, {
      x: (d: Row) => 100 * d.at.high,
      y: 'y',
      dy: base,
      dx: 8,
      text: 'text',
      textAnchor: 'start',
      fill: 'var(--ink)',
      ...halo,
    }),
    ...names(rows, context.length > 0, { drawing, layout }),
  ];
  return drawing.draw(
    {
      width,
      height: top + step * (rows.length + 1) + 8,
      marginLeft: left,
      marginRight: 52,
      marginTop: top,
      marginBottom: 8,
      x: {
        domain: domain([...values, ...context.map((c) => c.x)]),
        axis: 'top',
        label: set.primary === 'macro' ? 'mean of the groups, %' : 'quality, %',
        labelArrow: 'none',
        ticks: narrow ? 4 : 8,
      },
      y: { type: 'band', domain: [-1, ...rows.map((row) => row.y)], axis: null, padding: 0 },
      r: { type: 'identity' },
      marks,
    },
    {
      label: `Quality of each system with its 95 % interval. ${rows.map((row) => row.title).join('. ')}`,
      classes: layout,
    },
  );
}

function names(rows: readonly Row[], context: boolean, { drawing: { Plot }, layout }: Way) {
  const narrow = layout === 'narrow';
  const place = narrow
    ? { frameAnchor: 'left' as const, dy: -8 }
    : { frameAnchor: 'left' as const, dx: -186, dy: 0 };
  const shown = (row: Row): string => shorten(row.name, narrow ? (row.beyond ? 44 : 46) : 27);
  const named = (bold: boolean) =>
    Plot.text(
      rows.filter((row) => row.main === bold),
      {
        ...place,
        y: 'y',
        text: (row: Row) => (narrow && row.name === 'oracle' ? `oracle, ${beyondReach}` : shown(row)),
        textAnchor: 'start',
        fontWeight: bold ? 'bold' : 'normal',
        fill: 'var(--ink)',
        title: 'name',
        ...halo,
      },
    );
  return [
    named(false),
    named(true),
    ...(context
      ? [
          Plot.text([-1], {
            ...place,
            y: (y: number) => y,
            text: () => 'each single model',
            textAnchor: 'start',
            fill: 'var(--context)',
            ...halo,
          }),
        ]
      : []),
  ];
}

interface Hatching extends Way {
  /** Left edge and right edge of the frame in pixels. */
  readonly room: readonly [number, number];
}

/** The gap between the highest reachable value and the oracle. */
function hatched(rows: readonly Row[], way: Hatching, [low, high]: readonly [number, number]) {
  const { Plot } = way.drawing;
  const oracle = rows.find((row) => row.name === 'oracle');
  const from = Math.max(...rows.filter((row) => !row.beyond).map((row) => 100 * row.at.value));
  if (oracle === undefined || !Number.isFinite(from) || 100 * oracle.at.value <= from) return [];
  const narrow = way.layout === 'narrow';
  const [left, right] = way.room;
  const pixels = ((from - low) / (high - low)) * (right - 52 - left);
  const gap = [{ x1: from, x2: 100 * oracle.at.value, y: oracle.y }];
  const bar = Plot.barX(gap, {
    x1: 'x1',
    x2: 'x2',
    y: 'y',
    fill: hatch,
    insetTop: narrow ? 24 : 6,
    insetBottom: narrow ? 4 : 6,
    title: () => `oracle: ${beyondReach}`,
  });
  if (narrow || pixels < textWidth(beyondReach) + 12) return [bar];
  return [
    bar,
    Plot.text(gap, {
      x: 'x1',
      y: 'y',
      dx: -8,
      text: () => beyondReach,
      textAnchor: 'end',
      fill: 'var(--context)',
      ...halo,
    }),
  ];
}
