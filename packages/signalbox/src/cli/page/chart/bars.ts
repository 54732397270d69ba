import type { Markup } from '../frame/markup.ts';
import { type Drawing, domain, halo, hatch, type Layout, layouts, shorten } from './drawing.ts';

/** A bar from zero, in the unit of its axis. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly colour: string;
  readonly text: string;
  readonly title: string;
  /** What is expected without any effect, as a line across the bar. */
  readonly expected?: number;
  readonly hatched?: boolean;
}

/** Bars from zero with their names, one a row; wide and narrow. */
export function barChart(
  bars: readonly Bar[],
  axis: { readonly label: string; readonly about: string },
  drawing: Drawing,
): Markup[] {
  return bars.length === 0 ? [] : layouts.map((layout) => draw(bars, axis, { drawing, layout }));
}

interface Way {
  readonly drawing: Drawing;
  readonly layout: Layout;
}

function draw(
  bars: readonly Bar[],
  axis: { readonly label: string; readonly about: string },
  { drawing, layout }: Way,
): Markup {
  const { Plot } = drawing;
  const narrow = layout === 'narrow';
  const [width, step, left] = narrow ? [340, 40, 4] : [860, 26, 230];
  const y = (bar: Bar): number => bars.indexOf(bar);
  const values = bars.flatMap((bar) => [bar.value, bar.expected ?? 0, 0]);
  const [low, high] = domain(values);
  const expected = bars.filter((bar) => bar.expected !== undefined);
  const insets = { insetTop: narrow ? 20 : 5, insetBottom: 5 };
  return drawing.draw(
    {
      width,
      height: 34 + step * bars.length + 8,
      marginLeft: left,
      marginRight: 64,
      marginTop: 34,
      marginBottom: 8,
      // Bars start at zero: a cut axis would make them lie.
      x: {
        domain: [Math.min(...values) < 0 ? low : 0, high],
        axis: 'top',
        label: axis.label,
        labelArrow: 'none',
        ticks: narrow ? 4 : 8,
      },
      y: { type: 'band', domain: bars.map((_, i) => i), axis: null, padding: 0 },
      marks: [
        Plot.gridX({ ticks: narrow ? 4 : 8, stroke: 'var(--grid)', strokeOpacity: 1 }),
        Plot.barX(bars, {
          x1: 0,
          x2: 'value',
          y,
          fill: (bar: Bar) => (bar.hatched ? hatch : bar.colour),
          title: 'title',
          ...insets,
        }),
        Plot.tickX(expected, { x: 'expected', y, stroke: 'var(--loss)', strokeWidth: 3, ...insets }),
        Plot.text(bars, {
          x: (bar: Bar) => Math.max(bar.value, bar.expected ?? 0, 0),
          y,
          dx: 6,
          dy: narrow ? 8 : 0,
          text: 'text',
          textAnchor: 'start',
          fill: 'var(--ink)',
          ...halo,
        }),
        Plot.text(bars, {
          frameAnchor: 'left',
          y,
          ...(narrow ? { dy: -8 } : { dx: -226 }),
          text: (bar: Bar) => shorten(bar.name, narrow ? 46 : 33),
          textAnchor: 'start',
          fill: 'var(--ink)',
          title: 'name',
          ...halo,
        }),
      ],
    },
    { label: `${axis.about} ${bars.map((bar) => bar.title).join('. ')}`, classes: layout },
  );
}
