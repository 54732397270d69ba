import type { Markup } from '../frame/markup.ts';
import { type Drawing, domain, halo, type Layout, layouts, shorten, textWidth } from './drawing.ts';
import { endNames } from './end-names.ts';
import { place } from './labels.ts';
import type { LinePoint, Rule } from './lines.ts';

/** A line of a panel, named at its right end where it has a name. */
export interface PanelLine {
  readonly name: string;
  readonly points: readonly LinePoint[];
  readonly colour: string;
  readonly dashed?: boolean;
  readonly strong?: boolean;
  /** A band between low and high. */
  readonly band?: boolean;
  readonly dots?: boolean;
  /** Dots alone. */
  readonly unlined?: boolean;
}

/** One of several charts that stand together, on the same axes where they are given the same domains. */
export interface Panel {
  readonly lines: readonly PanelLine[];
  readonly across?: readonly Rule[];
  /** Points that are written about, the most important first; what would cover another, or one without a word, is left out. */
  readonly told?: readonly { readonly x: number; readonly y: number; readonly text: string }[];
  readonly x: {
    readonly label: string;
    readonly domain: readonly [number, number];
    readonly log?: boolean;
    readonly ticks?: readonly number[];
    readonly write: (x: number) => string;
  };
  readonly y: { readonly label: string; readonly domain: readonly [number, number] };
  /** Read before the points to those who do not see the chart. */
  readonly about: string;
}

/** A chart a third of a page wide; on a narrow one as wide as it. */
export function panel(chart: Panel, drawing: Drawing): Markup[] {
  return layouts.map((layout) => draw(chart, drawing, layout));
}

/** The domain of these lines, with their bands. */
export const heightOf = (lines: readonly PanelLine[], levels: readonly number[] = []): [number, number] =>
  domain(
    [...lines.flatMap(({ points }) => points.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y])), ...levels],
    0.06,
  );

function draw(chart: Panel, drawing: Drawing, layout: Layout): Markup {
  const { Plot } = drawing;
  const { lines, across = [], x, y, about } = chart;
  const narrow = layout === 'narrow';
  const ends = endsOf(chart, narrow ? 13 : 18);
  const frame = {
    width: narrow ? 320 : 384,
    height: narrow ? 240 : 264,
    top: 26,
    right: 12 + Math.max(0, ...ends.map(({ name }) => textWidth(name))),
    bottom: 38,
    left: 44,
  };
  const down = frame.height - frame.top - frame.bottom;
  return drawing.draw(
    {
      width: frame.width,
      height: frame.height,
      marginLeft: frame.left,
      marginRight: frame.right,
      marginTop: frame.top,
      marginBottom: frame.bottom,
      x: {
        type: x.log ? 'log' : 'linear',
        domain: [...x.domain],
        label: x.label,
        labelAnchor: 'left',
        labelArrow: 'none',
        ticks: x.ticks ? [...x.ticks] : 4,
        tickFormat: x.write,
      },
      y: { domain: [...y.domain], label: y.label, labelArrow: 'none', ticks: 5 },
      r: { type: 'identity' },
      marks: [
        Plot.gridY({ ticks: 5, stroke: 'var(--grid)', strokeOpacity: 1 }),
        ...across.map((rule) =>
          Plot.ruleY([rule.at], { stroke: rule.colour, ...(rule.dashed && { strokeDasharray: '4,3' }) }),
        ),
        ...lines.flatMap((line) => marksOf(line, drawing)),
        ...told(chart, frame, drawing),
        ...endNames(ends, { y: y.domain, down }, drawing),
      ],
    },
    {
      label: `${about} ${lines.flatMap(({ points }) => points.flatMap((p) => p.title ?? [])).join('. ')}`,
      classes: layout,
    },
  );
}

function endsOf({ lines, across = [] }: Panel, most: number): Rule[] {
  const named = lines.filter(({ name, points }) => name !== '' && points.length > 0);
  const ends = named.map(({ name, points, colour }) => ({ name, at: points.at(-1)!.y, colour }));
  return [...ends, ...across].map(({ name, at, colour }) => ({
    name: shorten(name, most),
    at,
    // The shade of a mark's colour in which text is readable.
    colour: colour === 'var(--sky)' ? 'var(--ink)' : colour.replace('--mark-', '--'),
  }));
}

function marksOf({ points, colour, dashed, strong, band, dots, unlined }: PanelLine, { Plot }: Drawing) {
  const xy = { x: 'x', y: 'y' } as const;
  const measured = points.filter(({ low }) => low !== undefined);
  return [
    ...(band
      ? [Plot.areaY(measured, { x: 'x', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.18 })]
      : []),
    ...(unlined
      ? []
      : [
          Plot.line(points, {
            ...xy,
            stroke: colour,
            strokeWidth: strong ? 2.5 : 1.5,
            ...(dashed && { strokeDasharray: '5,4' }),
          }),
        ]),
    ...(dots && !band
      ? [
          Plot.ruleX(measured, {
            x: 'x',
            y1: 'low',
            y2: 'high',
            stroke: colour,
            strokeWidth: 2,
            strokeOpacity: 0.5,
          }),
        ]
      : []),
    ...(dots
      ? [
          Plot.dot(
            points.filter(({ title }) => title !== undefined),
            { ...xy, r: strong ? 3 : 2.5, fill: colour, title: 'title' },
          ),
        ]
      : []),
  ];
}

type Frame = Parameters<typeof place>[1]['frame'];

function told({ told: points = [], x, y }: Panel, frame: Frame, { Plot }: Drawing) {
  const dots = points.map(({ text, ...at }) => ({
    ...at,
    name: text,
    low: at.y,
    high: at.y,
    colour: 'var(--context)',
    radius: 3,
    title: text,
    bold: false,
  }));
  const labels = place(dots, { frame, x: x.domain, y: y.domain, log: x.log === true, most: 24 });
  return labels
    .filter(({ text }) => text !== '')
    .map(({ point, text, dx, dy, anchor }) =>
      Plot.text([point], {
        x: 'x',
        y: 'y',
        dx,
        dy,
        text: () => text,
        textAnchor: anchor,
        fill: 'var(--ink)',
        ...halo,
      }),
    );
}
