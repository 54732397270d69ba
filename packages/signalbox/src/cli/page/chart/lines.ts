import type { Markup } from '../frame/markup.ts';
import { type Drawing, domain, halo, hatch, type Layout, layouts, shorten, textWidth } from './drawing.ts';

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
  readonly title?: string;
}

/** A line with its name at its right end. */
export interface LineSeries {
  readonly name: string;
  readonly points: readonly LinePoint[];
  readonly colour: string;
  readonly dashed?: boolean;
  /** Dots, with their intervals where there are some. */
  readonly dots?: boolean;
  readonly bold?: boolean;
  /** Dots alone, where another series draws the line. */
  readonly unlined?: boolean;
}

/** A line across the chart, named where it stands. */
export interface Rule {
  readonly at: number;
  readonly name: string;
  readonly colour: string;
  readonly dashed?: boolean;
}

export interface LineChart {
  readonly series: readonly LineSeries[];
  readonly across?: readonly Rule[];
  readonly upright?: readonly Rule[];
  /** What cannot be reached, hatched between low and high. */
  readonly beyond?: readonly LinePoint[];
  readonly x: { readonly label: string; readonly log?: boolean; readonly whole?: boolean };
  readonly y: { readonly label: string };
  /** Read before the points to those who do not see the chart. */
  readonly about: string;
}

/** Lines with direct labels, wide and narrow. None where there is no point. */
export function lineChart(chart: LineChart, drawing: Drawing): Markup[] {
  const points = chart.series.flatMap((series) => series.points);
  return points.length === 0 ? [] : layouts.map((layout) => draw(chart, drawing, layout));
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function draw(chart: LineChart, drawing: Drawing, layout: Layout): Markup {
  const { Plot } = drawing;
  const narrow = layout === 'narrow';
  const { series, across = [], upright = [], beyond = [] } = chart;
  const most = narrow ? 15 : 30;
  const names = [...series, ...across].map(({ name }) => shorten(name, most));
  const room = Math.max(24, ...names.map(textWidth)) + 12;
  const frame: Frame = {
    width: narrow ? 340 : 860,
    height: narrow ? 280 : 340,
    left: 44,
    right: room,
    top: upright.length > 0 ? 36 : 20,
    bottom: 40,
  };
  const points = series.flatMap((one) => one.points);
  const xs = [...points.map((p) => p.x), ...upright.map((rule) => rule.at)];
  const ys = [...points.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]), ...across.map((rule) => rule.at)];
  const x = chart.x.log ? logDomain(xs) : domain(xs, 0.03);
  const y = domain(ys, 0.06);
  const ticks = narrow ? 3 : 6;
  const whole = chart.x.whole ? [...new Set(points.map((p) => p.x))].sort((a, b) => a - b) : undefined;
  return drawing.draw(
    {
      width: frame.width,
      height: frame.height,
      marginLeft: frame.left,
      marginRight: frame.right,
      marginTop: frame.top,
      marginBottom: frame.bottom,
      x: {
        type: chart.x.log ? 'log' : 'linear',
        domain: x,
        label: chart.x.label,
        labelAnchor: 'left',
        labelArrow: 'none',
        ticks: whole && whole.length <= (narrow ? 12 : 31) ? whole : ticks,
        tickFormat: tick,
      },
      y: { domain: y, label: chart.y.label, labelArrow: 'none', ticks: 5 },
      r: { type: 'identity' },
      marks: [
        Plot.gridY({ ticks: 5, stroke: 'var(--grid)', strokeOpacity: 1 }),
        Plot.areaY(beyond, { x: 'x', y1: 'low', y2: 'high', fill: hatch }),
        ...across.map((rule) =>
          Plot.ruleY([rule.at], {
            stroke: rule.colour,
            ...(rule.dashed === false ? {} : { strokeDasharray: '3,3' }),
          }),
        ),
        ...upright.flatMap((rule) => [
          Plot.ruleX([rule.at], { stroke: rule.colour, strokeDasharray: '5,4' }),
          Plot.text([rule], {
            x: 'at',
            frameAnchor: 'top',
            dy: -12,
            text: (of: Rule) => of.name,
            textAnchor: place(rule.at, x, chart.x.log === true),
            fill: 'var(--ink)',
            ...halo,
          }),
        ]),
        ...series.flatMap((one) => lineMarks(one, drawing)),
        ...endLabels(chart, { frame, y, most, drawing }),
      ],
    },
    {
      label: `${chart.about} ${points.flatMap((p) => p.title ?? []).join('. ')}`,
      classes: layout,
    },
  );
}

function lineMarks(series: LineSeries, { Plot }: Drawing) {
  const measured = series.points.filter((point) => point.low !== undefined);
  return [
    ...(series.unlined
      ? []
      : [
          Plot.line(series.points, {
            x: 'x',
            y: 'y',
            stroke: series.colour,
            strokeWidth: series.bold ? 2.5 : 1.5,
            ...(series.dashed ? { strokeDasharray: '5,4' } : {}),
          }),
        ]),
    ...(series.dots
      ? [
          Plot.ruleX(measured, {
            x: 'x',
            y1: 'low',
            y2: 'high',
            stroke: series.colour,
            strokeWidth: 2,
            strokeOpacity: 0.5,
          }),
          Plot.dot(series.points, { x: 'x', y: 'y', r: 3.5, fill: series.colour, title: 'title' }),
        ]
      : []),
  ];
}

interface Labels {
  readonly frame: Frame;
  readonly y: readonly [number, number];
  readonly most: number;
  readonly drawing: Drawing;
}

/** Names right of the frame at the height of the lines' ends, pushed apart where they would cover each other. */
function endLabels({ series, across = [] }: LineChart, { frame, y, most, drawing: { Plot } }: Labels) {
  const down = frame.height - frame.top - frame.bottom;
  const pixel = (value: number): number => (1 - (value - y[0]) / (y[1] - y[0])) * down;
  const ends = [
    ...series.flatMap((one) => {
      const last = one.points.reduce((a, b) => (b.x >= a.x ? b : a), one.points[0]!);
      return one.name === ''
        ? []
        : [{ name: one.name, at: pixel(last.y), colour: one.colour, bold: one.bold }];
    }),
    ...across.map(({ name, at, colour }) => ({ name, at: pixel(at), colour, bold: false })),
  ].sort((a, b) => a.at - b.at);
  const gap = 14;
  const spread: number[] = [];
  for (const end of ends) spread.push(Math.max(end.at, (spread.at(-1) ?? Number.NEGATIVE_INFINITY) + gap));
  const over = (spread.at(-1) ?? 0) - down;
  // What was pushed out at the bottom moves up again, as far as those above leave room.
  if (over > 0) {
    for (let i = spread.length - 1, limit = down; i >= 0; i--, limit = spread[i + 1]! - gap)
      spread[i] = Math.min(spread[i]!, limit);
  }
  return ends.map((end, i) =>
    Plot.text([end], {
      frameAnchor: 'top-right',
      dx: 8,
      dy: spread[i]! - 6,
      text: () => shorten(end.name, most),
      title: () => end.name,
      textAnchor: 'start',
      fill: ink(end.colour),
      fontWeight: end.bold ? 'bold' : 'normal',
      ...halo,
    }),
  );
}

/** The shade of a mark's colour in which text is readable. */
const ink = (colour: string): string =>
  colour === 'var(--sky)' || colour === 'var(--grid)' ? 'var(--ink)' : colour.replace('--mark-', '--');

function place(at: number, [low, high]: readonly [number, number], log: boolean): 'start' | 'middle' | 'end' {
  const f = log ? Math.log : (value: number): number => value;
  const share = (f(at) - f(low)) / (f(high) - f(low));
  return share < 0.25 ? 'start' : share > 0.6 ? 'end' : 'middle';
}

const grouped = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const tick = (value: number): string => grouped.format(value).replace('-', '−');

function logDomain(values: readonly number[]): [number, number] {
  const [low, high] = domain(values.filter((value) => value > 0).map(Math.log), 0.04);
  return [Math.exp(low), Math.exp(high)];
}
